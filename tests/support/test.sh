#!/usr/bin/env bash
# Everything that must hold, in stages: each is timed, the first that fails ends the run and is named.
#   test.sh                 all stages, in order
#   test.sh fmt build       those alone (the ones before them must have run once)
#   test.sh screens+faults  those two side by side: what the second says is printed when both have ended
#   test.sh window/verifier the second behind the first: it takes what the first leaves idle, and never its turn
#   test.sh a/b+c           b and c behind a
# CABINET_COUNTS=full raises the counts of the tests that repeat, and runs them and what they need alone (make gauntlet).
# No display, no session bus and no personal folder of the caller reaches a test: each makes its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh
exec </dev/null
unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR

# One build: the same packages, targets and profile for every cargo call, so that nothing is compiled twice.
whole=(--workspace --locked --all-targets)

stage_packages() { tests/support/install.sh packages; }
# No line of Rust waits for these, and most of their time is spent on disk and network: the build goes on beside them.
stage_tools() {
    tests/support/install.sh test
    tests/support/redmine/template.sh
}
stage_ui() {
    tests/support/ui.sh deps
    # Types are looked at in `units`, once.
    (cd ui && node_modules/.bin/vite build --logLevel warn)
}
stage_units() {
    npm --prefix ui run --silent check
    npm --prefix ui test --silent
}
stage_fmt() {
    cargo fmt --all --check
    git ls-files -z -- '*.sh' .ci/run | xargs -0 shellcheck --external-sources --source-path SCRIPTDIR
}
stage_deny() {
    cargo deny --locked check bans licenses sources
    node docs/third-party.mjs --check
    # The database of advisories lives on a host that many build machines cannot reach; that is said, not hidden.
    local log=.artifacts/advisories.log
    if timeout 120 cargo deny --locked check advisories >"$log" 2>&1; then
        tail -n 1 "$log"
    elif grep -q 'failed to fetch advisory database' "$log" || [ ! -s "$log" ]; then
        echo 'advisories: the database is not reachable from here, nothing was compared'
    else
        cat "$log"
        return 1
    fi
}
# With clippy's and rustdoc's verdict on each of our crates (rustc.sh).
stage_build() { cargo build "${whole[@]}" --quiet; }
# One more than there are cores: many a test waits for a server, or for a wait that a server asked for.
stage_tests() {
    tests/support/servers.sh --conformance \
        cargo nextest run "${whole[@]}" --test-threads $(($(nproc) + 1))
}
# Those that count, with full counts. The pure crates optimised, which halves what goes on for minutes; what waits for
# servers and for other programs as `make test` built it.
stage_counts() {
    env -u RUSTC_WORKSPACE_WRAPPER tests/support/servers.sh cargo nextest run --locked --cargo-profile optimised --profile counts \
        --package domain --package gate --package record --package relay --package minutes
    tests/support/servers.sh cargo nextest run "${whole[@]}" --profile counts --filterset 'package(journeys)'
}
# Every screen in a browser, without accessibility faults.
stage_screens() { npm --prefix ui run --silent test:e2e; }
# The pipeline's gate as a static program, on an approval of its own.
stage_static() { tests/support/gate-static.sh; }
stage_journey() { tests/support/journey.sh; }
# What the journey left, checked by whoever cares to: the vectors, a second verifier, openssl and jq.
stage_verifier() { tests/support/verifier.sh; }
# Real keystrokes into a real window can be lost on a busy machine. A second try is made and said, never a third.
stage_window() {
    tests/support/servers.sh tests/e2e/run.sh && return 0
    echo 'window: failed once, trying once more'
    tests/support/servers.sh tests/e2e/run.sh
}
stage_faults() { tests/support/faults.sh; }

# The window waits for a screen to be drawn half of its time, and must not be kept waiting for it: what stands behind it
# waits as long as it takes. What has clocks of its own stands beside what needs one core.
all=(packages ui fmt build/tools deny tests journey+static screens+units window/verifier+faults)
[ "${CABINET_COUNTS:-}" != full ] || all=(packages ui build/tools counts journey verifier faults)

mkdir -p .artifacts
if [ "${1:-}" = --one ]; then
    "stage_$2"
    exit
fi

[ $# -gt 0 ] || set -- "${all[@]}"
for name in $(tr +/ '  ' <<<"$*"); do
    declare -F "stage_$name" >/dev/null || { echo "there is no stage $name; there are: ${all[*]}" >&2; exit 2; }
done

private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
export XDG_DATA_HOME=$private/data XDG_STATE_HOME=$private/state XDG_CONFIG_HOME=$private/config

times=() failed=()
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }
# How many cores were busy on the average, the whole machine's: what could be done beside a stage.
ticks() { awk '/^cpu / { print $2 + $4 + $7 + $8; exit }' /proc/stat 2>/dev/null || echo 0; }
busy() { awk -v ticks="$1" -v seconds="$2" -v hertz="$(getconf CLK_TCK)" \
    'BEGIN { printf "%.1f", (seconds > 0 ? ticks / hertz / seconds : 0) }'; }
table() {
    printf '\n%-22s %7s %7s\n' stage time cores
    printf '%s\n' "${times[@]}"
    printf '%-22s %7s\n' total "$(clock $SECONDS)"
}
# A process of its own, so that `set -e` holds inside the stage. Its code and its time are left in a file.
#   run NAME [NICE…]
run() {
    local began=$SECONDS code=0
    "${@:2}" "$BASH" tests/support/test.sh --one "$1" || code=$?
    echo "$code $(clock $((SECONDS - began)))" >"$private/$1.ended"
}
for group in "$@"; do
    printf '\n=== %s\n' "$group"
    began=$SECONDS ran=$(ticks)
    last=(nice -n 19)
    [[ $group == */* ]] || last=()
    read -ra beside <<<"${group//[+\/]/ }"
    for name in "${beside[@]:1}"; do run "$name" "${last[@]}" >"$private/$name.said" 2>&1 & done
    run "${beside[0]}"
    wait
    times+=("$(printf '%-22s %7s %7s' "$group" "$(clock $((SECONDS - began)))" "$(busy $(($(ticks) - ran)) $((SECONDS - began)))")")
    for name in "${beside[@]}"; do
        if [ -f "$private/$name.said" ]; then
            printf '\n=== %s\n' "$name"
            cat "$private/$name.said"
        fi
        read -r code took <"$private/$name.ended"
        printf -- '--- %s: %s\n' "$name" "$took"
        [ "${#beside[@]}" -eq 1 ] || times+=("$(printf '  %-20s %7s' "$name" "$took")")
        [ "$code" -eq 0 ] || failed+=("$name (exit $code) after $took")
    done
    [ ${#failed[@]} -eq 0 ] || break
done
table
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFAILED in stage %s\n' "${failed[@]}"
    exit 1
fi
printf '\nall %d stages passed\n' "$#"
