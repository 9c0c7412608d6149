#!/usr/bin/env bash
# Ends the server in a folder and removes the folder.
#   stop.sh FOLDER
set -euo pipefail
folder="${1:?folder of the server, as start.sh printed it}"
[ -d "$folder/data" ] || { echo "postgres: no server in $folder" >&2; exit 3; }
if [ -f "$folder/data/postmaster.pid" ]; then
    pid="$(head -n 1 "$folder/data/postmaster.pid")"
    ours() { tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$folder/data"; }
    if ours; then
        # Fast shutdown: connections are cut, what is in memory is written.
        kill -INT "$pid" 2>/dev/null || true
        deadline=$((SECONDS + 20))
        while ours; do
            if [ "$SECONDS" -ge "$deadline" ]; then
                kill -QUIT "$pid" 2>/dev/null || true
                break
            fi
            sleep 0.05
        done
    fi
fi
rm -rf "$folder"
