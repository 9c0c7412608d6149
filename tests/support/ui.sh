#!/usr/bin/env bash
# The screens' packages and build, each only when something changed since the last time:
#   ui.sh deps     node_modules is exactly the lock file's
#   ui.sh built    ui/dist is newer than every source of it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../ui"

deps() {
    cmp -s package-lock.json node_modules/.cabinet-lock.json && return 0
    # `npm ci` wants every platform's packages in the lock file, and not every registry mirror carries those for
    # other platforms. This installs what the lock file names, by its digests, and changes neither file; that the
    # two agree is asked first, as `npm ci` would.
    # shellcheck disable=SC2016 # the dollars are JavaScript's
    node -e '
        const asked = require("./package.json");
        const locked = require("./package-lock.json").packages[""];
        for (const kind of ["dependencies", "devDependencies"]) {
            if (JSON.stringify(asked[kind] ?? {}) !== JSON.stringify(locked[kind] ?? {})) {
                console.error(`ui: ${kind} of package.json and package-lock.json differ; run npm install in ui/`);
                process.exit(1);
            }
        }'
    # No package may run a script of its own while it is installed.
    npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
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
