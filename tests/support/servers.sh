#!/usr/bin/env bash
# Runs a command with the real servers that tests share around it: one start for all of them, since nextest gives
# each test a process of its own. A test finds Redmine through CABINET_REDMINE, the JSON that its start script prints.
#   servers.sh cargo nextest run …
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

folder=
stop() { [ -z "$folder" ] || "$here/redmine/stop.sh" "$folder" || true; }
trap stop EXIT
CABINET_REDMINE=$("$here/redmine/start.sh")
export CABINET_REDMINE
folder=$(jq -re .dir <<<"$CABINET_REDMINE")
"$@"
