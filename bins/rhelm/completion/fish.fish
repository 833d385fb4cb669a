# Completes PROGRAM in fish: the program itself is asked.

function __PROGRAM_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l begun (commandline --current-token --cut-at-cursor)
    set -l lines ($words[1] REQUEST $words[2..] "$begun" 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l directive (string replace : '' -- $lines[-1])
    set -e lines[-1]
    set lines (string match --invert --regex '^_activeHelp_' -- $lines)
    test (math "bitand($directive, 1)") = 1; and return
    if test (count $lines) -eq 0
        test (math "bitand($directive, 4)") = 0; and __fish_complete_path "$begun"
        return
    end
    # fish wants what stands before the = as well.
    set -l kept (string match --regex -- '^-[^=]*=' "$begun")
    for line in $lines
        echo "$kept$line"
    end
end

complete --command PROGRAM --erase
complete --command PROGRAM --no-files --keep-order --arguments '(__PROGRAM_complete)'
