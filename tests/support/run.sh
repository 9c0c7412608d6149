#!/usr/bin/env bash
# Builds Cabinet and opens its window on the sample board. Where there is no display it goes through the same
# journey in the terminal and ends with the path of sealed minutes.
#   run.sh [FOLDER]     FOLDER: where the minutes go without a display (default: a new one in .artifacts/demo)
# CABINET_BUILT=yes: what it needs was built just now (make test), nothing is looked at or built again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh
if [ "${CABINET_BUILT:-}" != yes ]; then
    unset RUSTC_WORKSPACE_WRAPPER
    tests/support/install.sh build
    tests/support/ui.sh built
    cargo build --workspace --locked --bins
fi

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$CABINET_PROGRAMS/cabinet" --sample
fi
out=$(realpath -m "${1:-.artifacts/demo/$(date +%Y%m%d-%H%M%S)}")
mkdir -p "${out%/*}"
echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): the journey runs in the terminal."
"$CABINET_PROGRAMS/cab" demo --out "$out"
echo
echo "Sealed minutes: $out/minutes.pdf"
echo "Check them:     $CABINET_PROGRAMS/cab minutes verify $out/minutes.pdf --root $out/root.pem"
