cargos_own() {
    COMPREPLY=(from-cargo)
}
complete -F cargos_own cargo
complete_line() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(( $# - 1 ))
    _cargo_or_purlin cargo "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
}
