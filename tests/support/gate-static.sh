#!/usr/bin/env bash
# The pipeline's gate as one static program: only its last link differs from any other build, so that what it is made of is
# compiled once. Shows that no library is asked for, and judges an approval with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh

unset RUSTC_WORKSPACE_WRAPPER
cargo rustc --quiet --locked --package gate --bin cab-gate -- -C target-feature=+crt-static
program=${CARGO_TARGET_DIR:-target}/debug/cab-gate

file --brief "$program"
file --brief "$program" | grep -Eq 'statically linked|static-pie linked'
# `ldd` ends with 1 where there is nothing to load.
libraries=$(ldd "$program" 2>&1 || true)
echo "$libraries"
grep -Eq 'not a dynamic executable|statically linked' <<<"$libraries"

fixtures=src-tauri/crates/gate/fixtures
judge() {
    # An empty environment: it takes nothing from the machine.
    env -i "$program" CHG-17 --approval "$fixtures/approval.json" --roster-root "$(cat "$fixtures/roster-root.txt")" \
        --artifact "sha256:$(printf 'a%.0s' {1..64})" --at 2026-11-21T20:30:00Z "$@"
}
judge --environment prod-eu
code=0
judge --environment test || code=$?
[ "$code" -eq 1 ] || { echo "another environment ended with $code, not with 1" >&2; exit 1; }
code=0
judge --environment test --warn || code=$?
[ "$code" -eq 0 ] || { echo "--warn ended with $code" >&2; exit 1; }
echo "static, and it says no where it should: $(stat -c %s "$program") bytes"
