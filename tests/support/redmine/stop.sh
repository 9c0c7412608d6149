#!/usr/bin/env bash
# Ends the instance in a folder and removes the folder.
#   stop.sh FOLDER [--keep]      --keep: leave the folder, start.sh --dir FOLDER continues with it
set -euo pipefail
folder="${1:?folder of the instance, as start.sh printed it}"
[ -f "$folder/puma.pid" ] || { echo "redmine: no instance in $folder" >&2; exit 3; }
pid="$(cat "$folder/puma.pid")"

ours() { tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q puma; }

if ours; then
    # What a run of tests owes to the server, not to us.
    awk -v hertz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); printf "redmine: had %d s of processor\n", ($12 + $13) / hertz }' \
        "/proc/$pid/stat" >&2 || true
    kill "$pid" 2>/dev/null || true
    deadline=$((SECONDS + 20))
    while ours; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            kill -KILL "$pid" 2>/dev/null || true
            break
        fi
        sleep 0.05
    done
fi
rm -f "$folder/puma.pid"
[ "${2:-}" = "--keep" ] || rm -rf "$folder"
