#!/usr/bin/env bash
# Stands before rustc for the packages of this workspace (RUSTC_WORKSPACE_WRAPPER): each crate is compiled by clippy's driver,
# which is rustc with clippy's lints in the same pass, and held against rustdoc beside it, with the metadata that the build
# has anyway. `cargo clippy` and `cargo doc` would check six hundred dependencies a second time for metadata of their own
# kind, and compile each of our crates as far as its types once more. Any warning ends the build. What ships is never made
# here: releases, and the optimised programs of benchmarks and full counts, are rustc's alone.
#   rustc.sh RUSTC ARGUMENT...
set -euo pipefail
rustc=$1
shift
[[ " $* " == *" --emit="* ]] || exec "$rustc" "$@"

# The crate's own arguments without what is made, where it goes, and what cargo waits to be told of.
doc=() folder='' documented=1
arguments=("$@")
for ((n = 0; n < ${#arguments[@]}; n++)); do
    argument=${arguments[n]} value=${arguments[n + 1]-}
    case $argument in
    --emit=* | --json=*) ;;
    --out-dir) folder=$value && n=$((n + 1)) ;;
    -C) n=$((n + 1)) ;;
    --test) documented='' ;;
    *)
        doc+=("$argument")
        # Documentation of build scripts is nobody's.
        [ "$value" != build_script_build ] || documented=''
        ;;
    esac
done

said=$(mktemp)
trap 'rm -f "$said"' EXIT
looking=''
if [ -n "$documented" ]; then
    mkdir -p "$folder/held"
    # Beside the compiler: the last crates of a build would leave a core idle. What is said waits, since cargo reads lines.
    "${rustc%/*}/rustdoc" "${doc[@]}" -D warnings --json=diagnostic-rendered-ansi --out-dir "$folder/held/doc" 2>"$said" &
    looking=$!
fi
code=0
"${rustc%/*}/clippy-driver" "$rustc" "$@" -D warnings || code=$?
if [ "$code" -ne 0 ]; then
    [ -z "$looking" ] || kill "$looking" 2>/dev/null || true
    exit "$code"
fi
[ -z "$looking" ] || wait "$looking" || code=$?
cat "$said" >&2
exit "$code"
