#!/usr/bin/env bash
# The whole journey in the terminal as `make run` goes through it without a display, judged by other people's tools: it
# leaves sealed minutes, poppler, pyHanko and `cab` accept them, and all three refuse them once one byte is changed.
#   journey.sh [FOLDER]     FOLDER: where the minutes stay (default .artifacts/journey)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh
out=${1:-.artifacts/journey}
cab=$CABINET_PROGRAMS/cab
pyhanko=.cache/pdf/venv/bin/pyhanko

fail() { printf 'journey: %s\n' "$*" >&2; exit 1; }

rm -rf "$out"
mkdir -p "${out%/*}"
# The programs are there: the stage before built them.
most=30 # seconds, from the first line to sealed minutes
began=$SECONDS
env -u DISPLAY -u WAYLAND_DISPLAY CABINET_BUILT=yes tests/support/run.sh "$out" >"$out.said" ||
    { cat "$out.said"; fail "make run failed"; }
took=$((SECONDS - began))
echo "make run, without a display and built: $took s"
[ "$took" -le "$most" ] || fail "it took $took s to sealed minutes, more than $most"
said=$(sed -n 's/^Sealed minutes: *//p' "$out.said")
[ -f "$said" ] || { cat "$out.said"; fail "make run names no sealed minutes that are there: '$said'"; }
[ "$said" -ef "$out/minutes.pdf" ] || fail "make run names $said, and not $out/minutes.pdf"
for file in minutes.pdf root.pem evidence.json data; do
    [ -e "$out/$file" ] || fail "cab demo left no $file"
done
"$cab" --data-dir "$out/data" change list --json | jq -e '.ok == true' >/dev/null || fail "cab does not open $out/data"

# The calendar of the sample board, in two parsers of other people's.
span=(--from "$(date -u -d '-120 days' +%F)" --to "$(date -u -d '+240 days' +%F)")
"$cab" --data-dir "$out/data" calendar "${span[@]}" --ics "$out/changes.ics" --json >"$out/calendar.json" ||
    { cat "$out/calendar.json"; fail "cab calendar ended with $?"; }
.cache/calendar/venv/bin/python tests/support/calendar/check.py "$out/changes.ics" "$out/calendar.json" ||
    fail "other parsers do not read $out/changes.ics as the calendar says"

# poppler trusts what stands in an NSS database: the board's certificate root and nothing else.
nss=$out/nss
mkdir -p "$nss"
certutil -N -d "sql:$nss" --empty-password
certutil -A -d "sql:$nss" -n board -t C,C,C -i "$out/root.pem"

poppler() { pdfsig -nssdir "sql:$nss" "$1" 2>&1; }
python() { "$pyhanko" sign validate --pretty-print --no-revocation-check --trust "$out/root.pem" --trust-replace "$1" 2>&1; }

accepted() {
    local said
    said=$(poppler "$1") || { echo "$said"; fail "pdfsig failed on $1"; }
    grep -q 'Signature is Valid' <<<"$said" || { echo "$said"; fail "pdfsig does not call $1 valid"; }
    grep -q 'Certificate is Trusted' <<<"$said" || { echo "$said"; fail "pdfsig does not trust $1"; }
    grep -q 'Total document signed' <<<"$said" || { echo "$said"; fail "pdfsig: not the whole of $1 is signed"; }
    said=$(python "$1") || { echo "$said"; fail "pyHanko failed on $1"; }
    grep -q 'judged VALID' <<<"$said" || { echo "$said"; fail "pyHanko does not call $1 valid"; }
    "$cab" minutes verify "$1" --root "$out/root.pem" --json | jq -e '.ok == true' >/dev/null ||
        fail "cab does not accept $1"
}

# One bit of one byte, at a place well inside the pages.
changed=$out/changed.pdf
change() {
    cp "$out/minutes.pdf" "$changed"
    local byte
    byte=$(od -An -tu1 -j "$1" -N 1 "$changed" | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$changed" bs=1 seek="$1" conv=notrunc status=none
}

refused() {
    local said
    # Not through a pipe: a reader that has seen enough makes the pipe fail, and failing is what is hoped for.
    said=$(poppler "$changed" || true)
    if grep -q 'Signature is Valid' <<<"$said"; then fail "pdfsig accepts byte $1 changed"; fi
    said=$(python "$changed" || true)
    if grep -q 'judged VALID' <<<"$said"; then fail "pyHanko accepts byte $1 changed"; fi
    local code=0
    "$cab" minutes verify "$changed" --root "$out/root.pem" --json >"$out/refusal.json" || code=$?
    [ "$code" -eq 7 ] || { cat "$out/refusal.json"; fail "cab ends with $code, not 7, on byte $1 changed"; }
}

accepted "$out/minutes.pdf"
size=$(stat -c %s "$out/minutes.pdf")
tried=0
for place in $((size / 7)) $((size / 3)) $((size / 2)); do
    change "$place"
    refused "$place"
    tried=$((tried + 1))
done
rm -f "$changed"
echo "pdfsig, pyHanko and cab: accept $out/minutes.pdf ($size bytes), and refuse it with 1 byte changed at each of $tried places"
echo "journey: 1 passed, 0 failed"
