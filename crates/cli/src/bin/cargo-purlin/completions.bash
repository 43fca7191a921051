
# `cargo purlin`: as `cargo-purlin`; everything else goes to the completion that cargo had before.
_cargo_before_purlin=$(complete -p cargo 2>/dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
[[ $_cargo_before_purlin == _cargo_or_purlin ]] && _cargo_before_purlin=
_cargo_or_purlin() {
    if (( COMP_CWORD > 1 )) && [[ ${COMP_WORDS[1]} == purlin ]]; then
        local previous=$3
        (( COMP_CWORD == 2 )) && previous=cargo-purlin
        COMP_WORDS=(cargo-purlin "${COMP_WORDS[@]:2}")
        (( COMP_CWORD-- ))
        _cargo__purlin cargo-purlin "$2" "$previous"
    elif [[ -n $_cargo_before_purlin ]]; then
        "$_cargo_before_purlin" "$@"
    elif (( COMP_CWORD == 1 )); then
        COMPREPLY=($(compgen -W "purlin $(cargo --list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$2"))
    fi
}
complete -F _cargo_or_purlin -o bashdefault -o default cargo
