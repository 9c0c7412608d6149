#!/usr/bin/env bash
# Anyone can check it: the vectors, and what `cab demo` left (stage `journey`), by Cabinet, by the second verifier, and with
# openssl, jq and sha256sum alone. CABINET_COUNTS=full takes every file and many more places.
#   verifier.sh [FOLDER]     FOLDER: where the journey stays (default .artifacts/journey)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/env.sh
. tests/support/env.sh
export PYTHONDONTWRITEBYTECODE=1
journey=${1:-.artifacts/journey}
cab=$CABINET_PROGRAMS/cab
second=tests/second-verifier
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "${CABINET_COUNTS:-small}" = full ]; then places=400; else places=20; fi

fail() { printf 'verifier: %s\n' "$*" >&2; exit 1; }

$second/run.sh

evidence=$journey/evidence.json
[ -f "$evidence" ] || fail "there is no $evidence; the stage journey leaves it"
root=$("$cab" minutes verify "$journey/minutes.pdf" --json | jq -r .result.roster_root)
tests/support/auditor.sh "$evidence" "$root"

both() {
    "$cab" verify --evidence "$1" --roster-root "$root" --json >"$work/cab.json" || { cat "$work/cab.json"; fail "cab refuses $1"; }
    python3 $second/verify.py "$1" --roster-root "$root" || fail "the second verifier refuses $1"
    echo "both accept $(basename "$1"): $(jq -c '.result | {entries, complete, left_out, withheld, proven}' "$work/cab.json")"
    # Every score that was signed follows from answers in the same file, by either's arithmetic.
    python3 $second/score.py --evidence "$1" || fail "a score in $1 cannot be made again"
    jq -e '.result.scores | .signed == .again' "$work/cab.json" >/dev/null || fail "cab does not make every score in $1 again"
}
both "$evidence"
jq -e '.result.proven and .result.complete' "$work/cab.json" >/dev/null || fail "the minutes' evidence has no Merkle root"

# An auditor's copy: what pdfdetach saves is imported into an empty folder, and gives the same decisions.
pdfdetach -savefile evidence.json -o "$work/detached.json" "$journey/minutes.pdf"
mkdir "$work/auditor"
size=$(stat -c %s "$work/detached.json")
cp "$work/detached.json" "$work/changed.json"
printf '~' | dd of="$work/changed.json" bs=1 seek=$((size / 2)) conv=notrunc status=none
code=0
"$cab" evidence import "$work/changed.json" --data-dir "$work/auditor" --json >"$work/cab.json" || code=$?
[ "$code" -eq 7 ] || { cat "$work/cab.json"; fail "cab ends with $code on evidence with a changed byte"; }
[ -z "$(ls -A "$work/auditor")" ] || fail "refused evidence left something in the folder"
"$cab" evidence import "$work/detached.json" --data-dir "$work/auditor" --roster-root "$root" --json >"$work/cab.json" ||
    { cat "$work/cab.json"; fail "cab does not import the evidence"; }
code=0
"$cab" evidence import "$work/detached.json" --data-dir "$work/auditor" --json >"$work/cab.json" || code=$?
[ "$code" -eq 1 ] || { cat "$work/cab.json"; fail "cab ends with $code on a second import"; }
decided() {
    for change in $("$cab" meeting show --data-dir "$1" --json | jq -r '.result.items[].key'); do
        "$cab" change show "$change" --data-dir "$1" --json | jq -S '.result | {
            key: .row.key, title: .row.title, decision: (.decision | del(.approval)), conditions,
            sign_offs: [.sign_offs[] | {signer, role, meaning, attestation, signed_at, key_fingerprint}]
        }'
        "$cab" meeting show --item "$change" --data-dir "$1" --json |
            jq -S '[.result.votes[] | select(.position) | {who: .member.name, position, attestation}]'
    done
}
decided "$journey/data" >"$work/source.json"
decided "$work/auditor" >"$work/copy.json"
[ -s "$work/source.json" ] || fail "the journey decided nothing"
cmp "$work/source.json" "$work/copy.json" || { diff "$work/source.json" "$work/copy.json"; fail "the copy decides otherwise"; }
"$cab" verify --data-dir "$work/auditor" --json >"$work/cab.json" || { cat "$work/cab.json"; fail "the copy does not hold"; }
echo "a copy made from the evidence gives the same decisions: $(jq -c '.result | {entries, copy, not_in_evidence}' "$work/cab.json")"

# The sealed extracts: one change each, the rest left out, proven by the root of the whole record.
extracts=0
for pdf in "$journey"/data/minutes/*-decision-*.pdf; do
    pdfdetach -savefile evidence.json -o "$work/extract.json" "$pdf"
    both "$work/extract.json"
    jq -e '.result.proven and (.result.complete | not) and .result.left_out > 0' "$work/cab.json" >/dev/null || fail "$pdf proves nothing"
    extracts=$((extracts + 1))
done
[ "$extracts" -gt 0 ] || fail "the journey sealed no extract"

# One byte changed anywhere: both refuse, with 7.
size=$(stat -c %s "$evidence")
tried=0
for place in $(seq $((size / places / 2)) $((size / places)) $((size - 1))); do
    cp "$evidence" "$work/changed.json"
    byte=$(od -An -tu1 -j "$place" -N 1 "$evidence" | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$work/changed.json" bs=1 seek="$place" conv=notrunc status=none
    code=0
    "$cab" verify --evidence "$work/changed.json" --roster-root "$root" --json >"$work/cab.json" || code=$?
    [ "$code" -eq 7 ] || { cat "$work/cab.json"; fail "cab ends with $code on byte $place of the evidence changed"; }
    tried=$((tried + 1))
done
echo "cab refuses the evidence with 1 byte changed at each of $tried places"
python3 $second/check.py bytes "$evidence" "$root" $((size / places + 1))

# In words, on about two pages.
"$cab" verify --report "$journey/minutes.pdf" --roster-root "$root" >"$work/report.txt"
for heading in 'What was decided' 'Who signed what' 'How each act is known' 'What is not known' 'Logs'; do
    grep -q "^## $heading$" "$work/report.txt" || { cat "$work/report.txt"; fail "the report has no part '$heading'"; }
done
[ "$(wc -l <"$work/report.txt")" -le 130 ] || fail "the report is longer than two pages"
cp "$work/report.txt" "$journey/report.txt"
echo "report: $(wc -l <"$journey/report.txt") lines in $journey/report.txt"

# Everything exported: sha256sum and cab accept it; with any file changed or missing both refuse and name it. Of a file that
# was added, and of a list made anew, sha256sum knows nothing: cab alone refuses.
"$cab" --data-dir "$journey/data" export --all "$work/export" >/dev/null
(cd "$work/export" && sha256sum -c --quiet MANIFEST.sha256) || fail "sha256sum does not accept the export"
"$cab" verify --export "$work/export" --roster-root "$root" || fail "cab does not accept the export"
named() {
    local code=0
    "$cab" verify --export "$work/export" --roster-root "$root" >"$work/said" 2>&1 || code=$?
    [ "$code" -eq 7 ] || { cat "$work/said"; fail "cab ends with $code on an export with $1"; }
    grep -qF -- "$2" "$work/said" || { cat "$work/said"; fail "cab does not name $2"; }
}
unsummed() {
    if (cd "$work/export" && LC_ALL=C sha256sum -c --quiet MANIFEST.sha256) >"$work/said" 2>&1; then fail "sha256sum accepts an export with $1"; fi
    grep -qF -- "$2: FAILED" "$work/said" || { cat "$work/said"; fail "sha256sum does not name $2"; }
}
mapfile -t files < <(cd "$work/export" && find . -type f ! -name MANIFEST.sha256 -printf '%P\n' | sort)
every=1
[ "${CABINET_COUNTS:-small}" = full ] || every=$(((${#files[@]} + 29) / 30))
for ((n = 0; n < ${#files[@]}; n += every)); do
    file=${files[n]}
    at=$(($(stat -c %s "$work/export/$file") / 2))
    cp "$work/export/$file" "$work/kept"
    byte=$(od -An -tu1 -j "$at" -N 1 "$work/kept" | tr -d ' ')
    # shellcheck disable=SC2059
    printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$work/export/$file" bs=1 seek="$at" conv=notrunc status=none
    named "a byte of $file changed" "$file"
    unsummed "a byte of $file changed" "$file"
    rm "$work/export/$file"
    named "$file missing" "$file"
    unsummed "$file missing" "$file"
    cp "$work/kept" "$work/export/$file"
done
# A file that nobody listed, beside the others and in a folder of its own.
for file in added.txt entries/added.dsse added/added.txt; do
    mkdir -p "$work/export/$(dirname "$file")"
    echo 'nobody signed this' >"$work/export/$file"
    named "$file added" "$file"
    rm "$work/export/$file"
done
rmdir "$work/export/added"
# Whoever changes a file and the list as well: what is signed, or follows from it, is still named.
row=$(grep -n '"noun":"sign_off"' "$work/export/projection.jsonl" | sed -n '1s/:.*//p')
sed -i "${row}s/approve/reject/" "$work/export/projection.jsonl"
entry=$(cd "$work/export" && find entries -name 3.dsse -print -quit)
cp "$work/export/$entry" "$work/kept"
sed -i 's/"sig":"ME/"sig":"MF/' "$work/export/$entry"
cmp -s "$work/kept" "$work/export/$entry" && fail "the signature was not changed"
(cd "$work/export" && sha256sum "${files[@]}" >MANIFEST.sha256)
named 'a row changed, listed anew' "projection.jsonl, line $row"
named 'an entry changed, listed anew' "$entry"
echo "export: ${#files[@]} files accepted; 1 byte changed and the file missing refused for every $every. of them, 3 files added, and with the list made anew"
echo "verifier: passed"
