#!/bin/sh
# Issues a certificate for the edge, renews it, and copies it to the folder of the edge, which notices (start.sh). It needs no
# privileges, only its folders.
#
# EDGE_NAMES       the host names, separated by spaces; the first names the certificate
# EDGE_MAIL        the contact for the certificate authority
# CERTBOT_OPTIONS  more options for certbot, such as `--server URL` or `--staging`
# EDGE_ONCE        if set: issue only, do not renew
# EDGE_TLS, EDGE_ACME    the edge's folders, if they differ from those of compose.yaml
set -eu

tls=${EDGE_TLS:-/etc/edge/tls}

# certbot runs this as its deploy hook. Both files are written before either replaces the old one.
if [ -n "${RENEWED_LINEAGE:-}" ]; then
    umask 022
    for file in fullchain.pem privkey.pem; do
        cat "$RENEWED_LINEAGE/$file" > "$tls/$file.new"
    done
    for file in fullchain.pem privkey.pem; do
        mv -f "$tls/$file.new" "$tls/$file"
    done
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

# The user has no other folder to write to.
folders="--work-dir /tmp/certbot --logs-dir /tmp/certbot/log"

# Word splitting is intended.
# shellcheck disable=SC2086
certbot certonly --non-interactive --agree-tos --email "$EDGE_MAIL" --webroot --webroot-path "${EDGE_ACME:-/var/www/acme}" \
    --key-type ecdsa --keep-until-expiring --expand --deploy-hook "sh $0" $domains $folders ${CERTBOT_OPTIONS:-}

[ -z "${EDGE_ONCE:-}" ] || exit 0
trap 'exit 0' TERM INT
while :; do
    sleep 43200 &
    wait $!
    # A failed renewal is retried after twelve hours; certificates are renewed a month before they expire.
    # shellcheck disable=SC2086
    certbot renew --non-interactive --quiet $folders ${CERTBOT_OPTIONS:-} || echo "certbot.sh: not renewed" >&2
done
