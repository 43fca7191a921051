#!/bin/sh
# Starts nginx, and reloads it when its certificate has changed. This process becomes nginx: signals reach it directly.
#
# EDGE_TLS        the folder of fullchain.pem and privkey.pem, if it differs from that of compose.yaml
# EDGE_INTERVAL   seconds between two checks, 10 by default
set -eu

state() {
    cat "${EDGE_TLS:-/etc/edge/tls}"/*.pem 2>/dev/null | cksum
}

# The files are replaced one after the other: a change counts when it is seen twice. nginx keeps the previous certificate if
# the new one is invalid.
reload_on_change() {
    used=$(state)
    seen=$used
    while sleep "${EDGE_INTERVAL:-10}" && kill -0 $$ 2>/dev/null; do
        now=$(state)
        if [ "$now" != "$used" ] && [ "$now" = "$seen" ]; then
            kill -HUP $$
            used=$now
        fi
        seen=$now
    done
}

reload_on_change &
exec nginx -e stderr -g 'daemon off;' "$@"
