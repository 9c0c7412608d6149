#!/usr/bin/env bash
# Stands before rustc for the packages of this workspace (RUSTC_WORKSPACE_WRAPPER): compiles a crate, then holds it against
# clippy and rustdoc with the metadata that the build has anyway. `cargo clippy` and `cargo doc` would check six hundred
# dependencies a second time for metadata of their own kind, a quarter of a cold run. Any warning ends the build.
#   rustc.sh RUSTC ARGUMENT...
set -euo pipefail
rustc=$1
shift
[[ " $* " == *" --emit="* ]] || exec "$rustc" "$@"

# The crate's own arguments without what is made, where it goes, and what cargo waits to be told of.
lint=() doc=() folder='' documented=1
arguments=("$@")
for ((n = 0; n < ${#arguments[@]}; n++)); do
    argument=${arguments[n]} value=${arguments[n + 1]-}
    case $argument in
    --emit=* | --json=*) ;;
    --out-dir) folder=$value && n=$((n + 1)) ;;
    -C)
        n=$((n + 1))
        # Incremental files of two compilers do not share a folder.
        [[ $value != incremental=* ]] || value=$value/clippy
        lint+=(-C "$value")
        ;;
    --test) documented='' && lint+=("$argument") ;;
    *)
        lint+=("$argument") doc+=("$argument")
        # Documentation of build scripts is nobody's.
        [ "$value" != build_script_build ] || documented=''
        ;;
    esac
done

held=$folder/held
mkdir -p "$held"
said=$(mktemp)
trap 'rm -f "$said"' EXIT
look() {
    "${rustc%/*}/clippy-driver" "$rustc" "${lint[@]}" -D warnings --json=diagnostic-rendered-ansi --emit=metadata --out-dir "$held"
    [ -z "$documented" ] || "${rustc%/*}/rustdoc" "${doc[@]}" -D warnings --json=diagnostic-rendered-ansi --out-dir "$held/doc"
}
# Beside the compiler: the last crates of a build would leave a core idle. What is said waits, since cargo reads lines.
(set -e; look) 2>"$said" &
looking=$!
# rustc's own warnings come from the second look, as errors.
code=0
"$rustc" "$@" --cap-lints allow || code=$?
if [ "$code" -ne 0 ]; then
    kill "$looking" 2>/dev/null || true
    exit "$code"
fi
wait "$looking" || code=$?
cat "$said" >&2
exit "$code"
