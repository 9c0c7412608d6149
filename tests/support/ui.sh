#!/usr/bin/env bash
# The screens' packages and build, each only when something changed since the last time:
#   ui.sh deps     node_modules is exactly the lock file's
#   ui.sh built    ui/dist is newer than every source of it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../ui"

deps() {
    cmp -s package-lock.json node_modules/.cabinet-lock.json && return 0
    # No package may run a script of its own while it is installed.
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.cabinet-lock.json
}

case ${1:-} in
    deps) deps ;;
    built)
        if [ ! -f dist/index.html ] ||
            [ -n "$(find . \( -name node_modules -o -name dist \) -prune -o -type f -newer dist/index.html -print -quit)" ]; then
            deps
            npm run --silent build
        fi
        ;;
    *) echo "usage: ui.sh deps|built" >&2; exit 2 ;;
esac
