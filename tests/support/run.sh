#!/usr/bin/env bash
# Builds Cabinet and opens its window on the sample board. Where there is no display it goes through the same
# journey in the terminal and ends with the path of sealed minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh
unset RUSTC_WORKSPACE_WRAPPER
tests/support/install.sh build
tests/support/ui.sh built
cargo build --workspace --locked --bins

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec target/debug/cabinet --sample
fi
out=.artifacts/demo/$(date +%Y%m%d-%H%M%S)
mkdir -p "${out%/*}"
echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): the journey runs in the terminal."
target/debug/cab demo --out "$out"
echo
echo "Sealed minutes: $PWD/$out/minutes.pdf"
echo "Check them:     target/debug/cab minutes verify $out/minutes.pdf --root $out/root.pem"
