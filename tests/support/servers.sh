#!/usr/bin/env bash
# Runs a command with the real servers that tests share around it: one start for all of them, since nextest gives
# each test a process of its own. A test finds Redmine through CABINET_REDMINE, the JSON that its start script prints.
#   servers.sh cargo nextest run …
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

stop() {
    [ -z "${CABINET_REDMINE:-}" ] || "$here/redmine/stop.sh" "$CABINET_REDMINE" || true
}
trap stop EXIT
began=$SECONDS
CABINET_REDMINE=$("$here/redmine/start.sh")
export CABINET_REDMINE
echo "redmine: started in $((SECONDS - began)) s"
"$@"
