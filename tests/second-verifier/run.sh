#!/usr/bin/env bash
# The second verifier beside the first: the same verdicts and codes on every vector, no mutant accepted.
# CABINET_COUNTS=full takes every byte, every value of it, and an envelope of every kind; other runs every 40th byte of one
# envelope and every 97th of the file, and say so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PYTHONDONTWRITEBYTECODE=1
second=tests/second-verifier
vectors=src-tauri/crates/record/vectors
root=$(cat $vectors/roster-root.txt)
one=$vectors/valid/one-sign-off.json
if [ "${CABINET_COUNTS:-small}" = full ]; then envelope=all file=1; else envelope=40 file=97; fi

fail() { printf 'second verifier: %s\n' "$*" >&2; exit 1; }

lines=$(wc -l <$second/verify.py)
[ "$lines" -le 400 ] || fail "verify.py has $lines lines, where 400 are the most"
grep -Eo '^(import|from) .*' $second/verify.py

# The program itself: its exit codes and its first word.
python3 $second/verify.py "$one" --roster-root "$root" | grep 'scope: complete$' || fail "of a complete bundle it says no scope"
python3 $second/verify.py $vectors/valid/one-change-with-proofs.json --roster-root "$root" | grep 'scope: extract; ' ||
    fail "of an extract it says no scope"
for vector in high-s--twin json--empty chain-fork--two-at-one-position; do
    code=0
    said=$(python3 $second/verify.py "$vectors/invalid/$vector.json" --roster-root "$root") || code=$?
    if [ "$code" -ne 7 ] || [ "${said%% *}" != "${vector%%--*}" ]; then fail "$vector: ends with $code, says $said"; fi
done
code=0
said=$(python3 $second/verify.py "$one" --roster-root "${root/[0-9a-f]/z}") || code=$?
if [ "$code" -ne 7 ] || [ "${said%% *}" != roster-root ]; then fail "another root: ends with $code, says $said"; fi

code=0
said=$(python3 $second/verify.py "$one" --roster-root "$root" --least-roster 2) || code=$?
if [ "$code" -ne 7 ] || [ "${said%% *}" != roster-older ]; then fail "a later roster: ends with $code, says $said"; fi

python3 $second/score_check.py
python3 $second/check.py vectors $vectors
python3 $second/check.py mutants "$one" "$root" $envelope
# On every core for minutes: most of what is another payload costs a call of openssl.
[ $envelope != all ] || python3 $second/check.py kinds $vectors/valid/every-kind-of-entry.json "$root" 40
python3 $second/check.py bytes $vectors/valid/one-change-with-proofs.json "$root" $file
# A record with a root, an extract with proofs, one with two policies and one with two rosters.
for file in whole-record-with-a-root one-change-with-proofs second-policy roster-2-by-two-root-holders; do
    python3 $second/check.py rows $vectors/valid/$file.json "$root"
done
echo "second verifier: $lines lines, passed"
