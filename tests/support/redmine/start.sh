#!/usr/bin/env bash
# Starts a Redmine of its own on loopback and waits until it answers.
#   start.sh [--changes N] [--dir FOLDER] [--port PORT]
# FOLDER: where the instance lives (default: a new one under $TMPDIR); one that holds an instance is started again
# as it is. PORT: default a free one. $PUMA_THREADS (default 1:1): more than one thread on SQLite gives real
# "database is locked" answers. Prints one line of JSON on stdout: url, pid, dir, project, keys …
# End it with stop.sh.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=lib.sh
. "$here/lib.sh"

changes=500 folder="" port=0
while [ $# -gt 0 ]; do
    case "$1" in
    --changes) changes="$2" && shift 2 ;;
    --dir) folder="$2" && shift 2 ;;
    --port) port="$2" && shift 2 ;;
    *) echo "redmine: unknown argument '$1'; see the head of $0" >&2 && exit 2 ;;
    esac
done
require_redmine

began=$SECONDS
[ -n "$folder" ] || folder="$(mktemp -d "${TMPDIR:-/tmp}/cabinet-redmine.XXXXXX")"
folder="$(realpath -m "$folder")"
if [ ! -f "$folder/redmine.sqlite3" ]; then
    template="$("$here/template.sh" "$changes")"
    copy_instance "$template" "$folder"
fi

log="$folder/log/puma.log"
: >"$log"
(
    enter_redmine "$folder"
    # A session of its own: Ctrl-C at the terminal reaches the tests, which end it in order.
    exec setsid puma --environment production --threads "${PUMA_THREADS:-1:1}" \
        --bind "tcp://127.0.0.1:$port" --dir "$redmine_home" config.ru
) </dev/null >>"$log" 2>&1 9>&- &
pid=$!
echo "$pid" >"$folder/puma.pid"

fail() {
    echo "redmine: $1" >&2
    tail -20 "$log" >&2
    kill "$pid" 2>/dev/null || true
    exit 1
}
# puma says which port it got, so no other process can take it in between. Bounded polling: 120 s.
deadline=$((SECONDS + 120)) url=""
until [ -n "$url" ]; do
    kill -0 "$pid" 2>/dev/null || fail "puma ended before it listened"
    [ "$SECONDS" -lt "$deadline" ] || fail "puma did not listen within 120 s"
    url="$(sed -n 's|.*Listening on \(http://127\.0\.0\.1:[0-9]*\).*|\1|p;T;q' "$log")"
    [ -n "$url" ] || sleep 0.1
done
admin="$(printf 'a%.0s' {1..40})" svc="$(printf 'b%.0s' {1..40})" alice="$(printf 'c%.0s' {1..40})" reader="$(printf 'd%.0s' {1..40})"
until curl -fsS -m 30 -o /dev/null -H "X-Redmine-API-Key: $svc" "$url/issues.json?limit=1" 2>/dev/null; do
    kill -0 "$pid" 2>/dev/null || fail "puma ended while starting"
    [ "$SECONDS" -lt "$deadline" ] || fail "no answer within 120 s"
    sleep 0.1
done
took=$((SECONDS - began))
echo "redmine: answers at $url after $took s" >&2
# Its template is made first where there is none; only one of many changes may take longer.
if [ "$took" -gt 180 ] && [ "$changes" -le 500 ]; then fail "it took $took s to answer, more than 180"; fi
printf '{"url":"%s","pid":%d,"dir":"%s","project":"change-mgmt","archive":"change-archive","empty":"change-empty","small":"change-small","work":"delivery","changes":%d,"keys":{"admin":"%s","svc":"%s","alice":"%s","reader":"%s"}}\n' \
    "$url" "$pid" "$folder" "$changes" "$admin" "$svc" "$alice" "$reader"
