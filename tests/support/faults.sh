#!/usr/bin/env bash
# What must survive: programs killed at random moments, simulated power cuts, file system calls that fail, answers that
# are cut off, disks that are full. The tests below a module `faults` run here and print what they counted;
# CABINET_COUNTS=full raises their counts, CABINET_SEED runs a failure again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh
echo "counts: ${CABINET_COUNTS:-small}"
tests/support/servers.sh cargo nextest run --workspace --locked --all-targets --profile faults
