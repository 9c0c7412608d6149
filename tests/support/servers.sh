#!/usr/bin/env bash
# Runs a command with the real servers that tests share around it: one start for all of them, since nextest gives
# each test a process of its own. A test finds Redmine through CABINET_REDMINE and PostgreSQL through CABINET_POSTGRES,
# each the JSON that its start script prints.
#   servers.sh cargo nextest run …
#   servers.sh --conformance cargo nextest run …   with a second Redmine for the conformance cases of the adapter, so that
#                                                  they and the journeys do not wait for one another
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

redmine='' postgres='' conformance=''
stop() {
    [ -z "$conformance" ] || "$here/redmine/stop.sh" "$conformance" || true
    [ -z "$redmine" ] || "$here/redmine/stop.sh" "$redmine" || true
    [ -z "$postgres" ] || "$here/postgres/stop.sh" "$postgres" || true
}
trap stop EXIT
CABINET_POSTGRES=$("$here/postgres/start.sh")
export CABINET_POSTGRES
postgres=$(jq -re .dir <<<"$CABINET_POSTGRES")
CABINET_REDMINE=$("$here/redmine/start.sh")
export CABINET_REDMINE
redmine=$(jq -re .dir <<<"$CABINET_REDMINE")
if [ "$1" = --conformance ]; then
    shift
    CABINET_REDMINE_CONFORMANCE=$("$here/redmine/start.sh")
    export CABINET_REDMINE_CONFORMANCE
    conformance=$(jq -re .dir <<<"$CABINET_REDMINE_CONFORMANCE")
fi
"$@"
