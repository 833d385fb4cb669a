# Completes PROGRAM in bash: the program itself is asked.

_PROGRAM_complete() {
    local words=() word last=$' \t' i
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        # bash cuts words at = and :, too.
        if ((${#words[@]})) && [[ $word == [=:]* || $last == *[=:] ]] && [[ -n $word || $COMP_LINE != *' ' ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        last=$word
    done

    local lines candidates=() about=() line
    mapfile -t lines < <("${COMP_WORDS[0]/#\~/$HOME}" REQUEST "${words[@]}" 2>/dev/null)
    ((${#lines[@]})) || return
    local directive=${lines[${#lines[@]} - 1]#:} begun=${words[${#words[@]} - 1]}
    ((directive & 1)) && return
    [[ $begun == -*=* ]] && begun=${begun#*=}
    # What stands before the last = or : is on the line already, and stays.
    local kept=${begun%"${begun##*[=:]}"} width=0
    for line in "${lines[@]:0:${#lines[@]} - 1}"; do
        word=${line%%$'\t'*}
        [[ $line == _activeHelp_* || $word != "$begun"* ]] && continue
        candidates+=("${word#"$kept"}")
        about+=("${line:${#word}}")
        ((${#word} > width)) && width=${#word}
    done

    ((directive & 2)) && compopt -o nospace 2>/dev/null
    ((directive & 4)) && compopt +o default 2>/dev/null
    # Descriptions are shown where a list is, and must never be put into the line.
    if ((${#candidates[@]} > 1)) && [[ $COMP_TYPE != 37 && $COMP_TYPE != 42 ]]; then
        for i in "${!candidates[@]}"; do
            line=${about[i]#$'\t'}
            [[ -n $line ]] && printf -v "candidates[$i]" '%-*s  (%s)' "$width" "${candidates[i]}" "${line:0:100}"
        done
    fi
    COMPREPLY=("${candidates[@]}")
}

complete -o default -F _PROGRAM_complete PROGRAM
