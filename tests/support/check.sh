#!/usr/bin/env bash
# The inner loop: formatting, lints and tests of everything but the window, which needs no webkit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh
core=(--workspace --exclude cabinet --locked --all-targets)

cargo fmt --all --check
# Lints come with the build (rustc.sh). The tests that need a server or a keyring say so by their group, and run in `make test`.
if command -v cargo-nextest >/dev/null; then
    cargo nextest run "${core[@]}" --profile core
else
    cargo test "${core[@]}" --quiet -- --skip redmine --skip keyring --skip postgres
fi
