#!/usr/bin/env bash
# How fast, against what people use today: sync against python-redmine and curl on a real Redmine, signed PDF against
# ReportLab and pyHanko, the record against bare signatures and bare SQLite, the calendar's conflicts against a naive search,
# the window against an empty Tauri window, the first page of a document in it against pdftoppm.
# The tables are printed and kept in .artifacts/bench/report.txt.
#   run.sh                       all of it
#   run.sh sync windows          parts: sync, documents, record, calendar, windows, preview
# BENCH_FULL_ROUNDS=3 and the like (bench.py) change the number of runs. BENCH_PROFILE=dev takes the programs that
# `make test` built: for work on these scripts, not for figures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh
exec </dev/null
unset RUSTC_WORKSPACE_WRAPPER DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR

[ $# -gt 0 ] || set -- documents record calendar windows preview sync
profile=${BENCH_PROFILE:-optimised}
programs=target/$profile
[ "$profile" != dev ] || programs=target/debug
began=$SECONDS
# Of the workspace, what the parts run: the window and its toolkit are most of a release build.
packages=(--package cli)
[[ " $* " != *" documents "* && " $* " != *" record "* && " $* " != *" calendar "* ]] || packages+=(--package journeys)
if [[ " $* " == *" windows "* || " $* " == *" preview "* ]]; then
    tests/support/ui.sh built
    packages=(--workspace)
fi
cargo build "${packages[@]}" --locked --bins --quiet --profile "$profile"
if [[ " $* " == *" windows "* ]]; then
    # Its own workspace with its own lock file; the same folder for what is built.
    cargo build --locked --quiet --profile "$profile" --manifest-path tests/bench/empty-window/Cargo.toml --target-dir target
fi
echo "built in $((SECONDS - began)) s" >&2

redmine=
stop() { [ -z "$redmine" ] || tests/support/redmine/stop.sh "$redmine" || true; }
trap stop EXIT
if [[ " $* " == *" sync "* ]]; then
    CABINET_REDMINE=$(tests/support/redmine/start.sh --changes "${BENCH_CHANGES:-2000}")
    export CABINET_REDMINE
    redmine=$(jq -re .dir <<<"$CABINET_REDMINE")
fi
tauri=$(cargo metadata --locked --offline --format-version 1 | jq -re '.packages[] | select(.name == "tauri").version')
rustc=$(rustc --version | cut -d ' ' -f 2)
mkdir -p .artifacts/bench
# A failed measurement is a failed run: tee must not hide it.
tests/support/keyring/with-keyring.sh python3 -B tests/bench/bench.py \
    "$PWD/$programs" "$PWD/.cache/bench/venv/bin/python" "$tauri $rustc" "$@" |
    tee .artifacts/bench/report.txt
