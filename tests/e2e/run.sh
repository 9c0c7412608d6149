#!/usr/bin/env bash
# The real window: the program's own binary on a display of its own, driven by tauri-driver and WebKitWebDriver, with
# a real gnome-keyring in a D-Bus session of its own and, for the journey, the real Redmine of CABINET_REDMINE.
#   tests/support/servers.sh tests/e2e/run.sh [FILE…]      FILE: one of the tests beside this script
# Pictures of every step stay in .artifacts/window.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh

tests/support/ui.sh built
cargo build --workspace --locked --all-targets --quiet
[ $# -gt 0 ] || set -- tests/e2e/*.test.mjs
# One window at a time: two cores draw one without a graphics card.
exec tests/support/keyring/with-keyring.sh node --test --test-concurrency=1 --test-reporter=spec "$@"
