#!/bin/sh
# Gets the edge a certificate, keeps it renewed, and hands it over: the edge's own folder, then SIGHUP.
#
# EDGE_NAMES       the names it is for, with spaces between; the first names it
# EDGE_MAIL        whom the authority may write to
# CERTBOT_OPTIONS  more for certbot, such as `--server URL` or `--staging`
# EDGE_ONCE        if set: issue, and leave renewal to somebody else
# EDGE_TLS, EDGE_ACME, EDGE_PID    the edge's folders and process, where they are not those of compose.yaml
set -eu

tls=${EDGE_TLS:-/etc/edge/tls}

# certbot calls it so when there is a new certificate. Both files are there before either takes its place, and nginx reads
# neither before it is told to.
if [ -n "${RENEWED_LINEAGE:-}" ]; then
    umask 022
    for file in fullchain.pem privkey.pem; do
        cat "$RENEWED_LINEAGE/$file" > "$tls/$file.new"
    done
    for file in fullchain.pem privkey.pem; do
        mv -f "$tls/$file.new" "$tls/$file"
    done
    kill -HUP "${EDGE_PID:-1}"
    exit
fi

if [ -z "${EDGE_NAMES:-}" ] || [ -z "${EDGE_MAIL:-}" ]; then
    echo "certbot.sh: set EDGE_NAMES and EDGE_MAIL" >&2
    exit 2
fi
domains=
for name in $EDGE_NAMES; do
    domains="$domains -d $name"
done

# What is split into words is meant to be.
# shellcheck disable=SC2086
certbot certonly --non-interactive --agree-tos --email "$EDGE_MAIL" --webroot --webroot-path "${EDGE_ACME:-/var/www/acme}" \
    --key-type ecdsa --keep-until-expiring --expand --deploy-hook "sh $0" $domains ${CERTBOT_OPTIONS:-}

[ -z "${EDGE_ONCE:-}" ] || exit 0
trap 'exit 0' TERM INT
while :; do
    sleep 43200 &
    wait $!
    # One that fails is tried again in twelve hours; a certificate is renewed a month before its end.
    # shellcheck disable=SC2086
    certbot renew --non-interactive --quiet ${CERTBOT_OPTIONS:-} || echo "certbot.sh: not renewed" >&2
done
