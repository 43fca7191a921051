
# `cargo purlin`: as `cargo-purlin`.
function __fish_complete_cargo_purlin
    set -l tokens (commandline -opc) (commandline -ct)
    complete -C "cargo-purlin "(string join " " -- $tokens[3..])
end
complete -c cargo -n "__fish_seen_subcommand_from purlin" -f -a "(__fish_complete_cargo_purlin)"
complete -c cargo -n "not __fish_seen_subcommand_from purlin" -a purlin -d "What a service built on Purlin needs"
