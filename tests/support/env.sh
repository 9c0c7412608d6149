# shellcheck shell=bash
# Sourced by the scripts beside it: where tools are found, and one set of build settings for every caller.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PATH="$PATH:$root/.cache/tools/bin:$root/.cache/tools/venv/bin"
# Incremental files and tables of lines are of no use to a machine that builds once, and cost time and disk.
[ -z "${CI:-}" ] || export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0
export CARGO_TERM_PROGRESS_WHEN=never
# What is compiled for a debugger is held against clippy and rustdoc in the same go; who only wants programs unsets this.
export RUSTC_WORKSPACE_WRAPPER=$root/tests/support/rustc.sh
# Where cargo leaves the programs.
export CABINET_PROGRAMS=${CARGO_TARGET_DIR:-target}/debug

# A test drives a whole board from one thread, and unoptimised futures hold all that they await: the stack of a program's main
# thread, which `cab` has, and not the quarter of it that threads of tests get.
export RUST_MIN_STACK=8388608
