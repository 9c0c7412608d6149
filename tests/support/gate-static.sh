#!/usr/bin/env bash
# The pipeline's gate as one static program: builds it in a target folder of its own, shows that no library is asked
# for, and judges an approval with it. Cheap: three of our crates, without the window.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh

target=x86_64-unknown-linux-gnu
folder=${CARGO_TARGET_DIR:-target}/gate-static
flags='-C target-feature=+crt-static'
RUSTFLAGS=$flags cargo build --quiet --locked --package gate --bin cab-gate --target "$target" --target-dir "$folder"
program=$folder/$target/debug/cab-gate

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
