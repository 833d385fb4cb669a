#compdef PROGRAM
# Completes PROGRAM in zsh: the program itself is asked.

_PROGRAM() {
    local -a lines candidates options
    local line name begun=${words[CURRENT]}
    lines=("${(@f)$(${(Q)words[1]} REQUEST "${(@Q)words[2,CURRENT - 1]}" "$begun" 2>/dev/null)}")
    local directive=${lines[-1]#:}
    (( directive & 1 )) && return 1
    [[ $begun == -*=* ]] && compset -P '*='
    for line in "${(@)lines[1,-2]}"; do
        if [[ $line == _activeHelp_* ]]; then
            compadd -x "${line#_activeHelp_ }"
            continue
        fi
        name=${line%%$'\t'*}
        # A colon ends a name.
        candidates+=("${name//:/\\:}${${line#$name}/$'\t'/:}")
    done
    (( directive & 2 )) && options=(-S '')
    if (( $#candidates )); then
        _describe -V candidates candidates "${(@)options}"
    elif (( ! (directive & 4) )); then
        _files
    fi
}

# Sourced, or found by its name in a folder of functions.
if [[ $funcstack[1] == _PROGRAM ]]; then
    _PROGRAM
else
    compdef _PROGRAM PROGRAM
fi
