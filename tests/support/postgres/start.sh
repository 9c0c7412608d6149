#!/usr/bin/env bash
# Starts a PostgreSQL of its own, on a socket and on a free port of loopback, with TLS, and waits until it answers.
#   start.sh [--dir FOLDER]
# FOLDER: where the cluster lives (default: a new one under $TMPDIR). The server refuses to run as root: then it runs as
# the user postgres. Anybody on this machine may connect as anybody (trust): it holds nothing but tests.
# Prints one line of JSON on stdout: socket, port, host, authority (of its certificate, PEM), superuser, pid, dir.
# End it with stop.sh.
set -euo pipefail

folder=""
while [ $# -gt 0 ]; do
    case "$1" in
    --dir) folder="$2" && shift 2 ;;
    *) echo "postgres: unknown argument '$1'; see the head of $0" >&2 && exit 2 ;;
    esac
done

fail() {
    echo "postgres: $1" >&2
    [ ! -f "$folder/server.log" ] || tail -20 "$folder/server.log" >&2
    exit 1
}

bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/postgres" ] || fail "not installed; run tests/support/postgres/install.sh"
began=$SECONDS
[ -n "$folder" ] || folder="$(mktemp -d "${TMPDIR:-/tmp}/cabinet-postgres.XXXXXX")"
folder="$(realpath -m "$folder")"
mkdir -p "$folder"

as=()
superuser=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
    superuser=postgres
    as=(runuser -u postgres --)
    chown postgres: "$folder"
fi
# The tests reach the socket in it.
chmod 755 "$folder"

# An authority and a certificate for the name localhost, for the tests of TLS.
tls="$folder/tls"
"${as[@]}" mkdir -p "$tls"
openssl_as() { (cd "$tls" && "${as[@]}" openssl "$@" 2>>"$folder/openssl.log") || fail "openssl $1 failed"; }
touch "$folder/openssl.log" "$folder/server.log"
[ ${#as[@]} -eq 0 ] || chown postgres: "$folder/openssl.log" "$folder/server.log"
curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl_as req -x509 "${curve[@]}" -days 30 -subj "/CN=Cabinet test authority" -keyout ca.key -out ca.pem
openssl_as req "${curve[@]}" -subj "/CN=localhost" -keyout server.key -out server.csr
printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' | "${as[@]}" tee "$tls/server.ext" >/dev/null
openssl_as x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.pem
"${as[@]}" chmod 600 "$tls/server.key"

data="$folder/data"
(cd "$folder" && "${as[@]}" "$bin/initdb" --pgdata "$data" --username "$superuser" --auth trust --encoding UTF8 \
    --locale C --no-sync >"$folder/initdb.log") || fail "initdb failed"

# A free port, and another if somebody takes it in between.
port=""
for _ in 1 2 3 4 5; do
    try=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    # No vacuum of its own accord: its transactions would make rows come again that a test counts once.
    # A session of its own: Ctrl-C at the terminal reaches the tests, which end it in order.
    (cd "$folder" && exec setsid "${as[@]}" "$bin/postgres" -D "$data" -k "$folder" -h 127.0.0.1 -p "$try" \
        -c ssl=on -c ssl_cert_file="$tls/server.pem" -c ssl_key_file="$tls/server.key" \
        -c max_connections=60 -c shared_buffers=32MB -c timezone=UTC -c autovacuum=off) </dev/null >>"$folder/server.log" 2>&1 &
    # Bounded polling: 60 s.
    deadline=$((SECONDS + 60))
    until "$bin/pg_isready" -q -h "$folder" -p "$try" -U "$superuser"; do
        kill -0 $! 2>/dev/null || break
        [ "$SECONDS" -lt "$deadline" ] || fail "no answer within 60 s"
        sleep 0.1
    done
    if "$bin/pg_isready" -q -h "$folder" -p "$try" -U "$superuser"; then
        port=$try
        break
    fi
done
[ -n "$port" ] || fail "the server ended while starting"
pid=$(head -n 1 "$data/postmaster.pid")
echo "postgres: answers on port $port after $((SECONDS - began)) s" >&2
printf '{"socket":"%s","port":%d,"host":"localhost","authority":"%s","superuser":"%s","pid":%d,"dir":"%s"}\n' \
    "$folder" "$port" "$tls/ca.pem" "$superuser" "$pid" "$folder"
