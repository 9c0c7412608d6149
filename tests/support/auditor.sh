#!/usr/bin/env bash
# The auditor's page of docs/FORMAT.md, the very block that stands there, on an evidence bundle and its roster root: it
# holds; and on copies with one byte changed in what the page looks at: it does not.
#   auditor.sh EVIDENCE ROOT
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
evidence=$(realpath "$1")
root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { printf 'auditor: %s\n' "$*" >&2; exit 1; }

# shellcheck disable=SC2016
awk '/^## The auditor.s page$/ { page = 1 } page && /^```$/ { exit } block { print } page && /^```sh$/ { block = 1 }' \
    "$repo/docs/FORMAT.md" >"$work/page.sh"
[ "$(wc -l <"$work/page.sh")" -gt 40 ] || fail "docs/FORMAT.md has no block of the auditor's page"

# Only what the page says it needs: openssl, jq, and coreutils.
mkdir "$work/bin"
for tool in openssl jq sha256sum base64 cut stat cat cp mktemp rm; do ln -s "$(command -v "$tool")" "$work/bin/$tool"; done
page() { (cd "$1" && env -i PATH="$work/bin" HOME="$work" ROOT="$root" "${@:2}" "$(command -v bash)" "$work/page.sh"); }

mkdir "$work/whole" "$work/changed"
cp "$evidence" "$work/whole/evidence.json"
page "$work/whole" || fail "the page does not hold on $evidence"
other=$(printf '%s' "$root" | tr 0-9a-f 1-9a-f0)
if (root=$other && page "$work/whole") >"$work/said" 2>&1; then fail "it holds under another roster root"; fi

# One byte changed: within the first sign-off's payload and signature, the roster, the manifest, a blob.
tried=0
change() {
    local what=$1 from=$2 at byte
    at=$(grep -obF -- "$from" "$evidence" | sed -n '1s/:.*//p')
    [ -n "$at" ] || fail "$what is not in $evidence"
    at=$((at + ${3:-0}))
    cp "$evidence" "$work/changed/evidence.json"
    byte=$(od -An -tu1 -j "$at" -N 1 "$evidence" | tr -d ' ')
    # From one letter or digit to another, so that the file stays JSON.
    if [ "$byte" -eq 65 ]; then byte=66; else byte=65; fi
    # shellcheck disable=SC2059
    printf "\\x$(printf %x "$byte")" | dd of="$work/changed/evidence.json" bs=1 seek="$at" conv=notrunc status=none
    if page "$work/changed" >"$work/said" 2>&1; then cat "$work/said"; fail "it holds with one byte of $what changed"; fi
    tried=$((tried + 1))
}
number=$(jq -r '[.entries[].payload | @base64d | fromjson | .predicate.body | has("sign_off")] | index(true)' "$evidence")
payload=$(jq -r ".entries[$number].payload" "$evidence")
signature=$(jq -r ".entries[$number].signatures[0].sig" "$evidence")
subject=$(jq -rn --arg p "$payload" '$p | @base64d | fromjson | .subject[0].digest.sha256')
blob=$(jq -r --arg d "$subject" 'first(.manifests[] | select(.sha256 == $d) | .text | fromjson | .fields[].sha256)' "$evidence")
salted=$(jq -r --arg d "$blob" '.blobs[] | select(.sha256 == $d) | .salted.salt' "$evidence")
change 'the payload' "$payload" $((${#payload} / 2))
change 'the signature' "$signature" 20
change 'the roster' 'urn:x-cabinet:roster:1' 5
# Many manifests begin alike: the one that was signed is found by its digest, which stands before its text.
manifest="\"sha256\":\"$subject\",\"text\":\""
change 'the manifest' "$manifest" $((${#manifest} + 20))
change 'a blob' "$salted" 9
# Whoever makes the file can write a roster of their own into it, with their key under the signer's name, and sign as them.
# What nobody who holds root has signed counts for nothing.
openssl ecparam -name prime256v1 -genkey -noout -out "$work/forger.pem"
openssl pkey -in "$work/forger.pem" -pubout -outform DER -out "$work/forger.spki"
forger=$(sha256sum <"$work/forger.spki" | cut -d ' ' -f 1)
actor=$(jq -rn --arg p "$payload" '$p | @base64d | fromjson | .predicate.actor')
jq -j --arg me "$actor" --arg id "$forger" --arg spki "$(base64 -w 0 "$work/forger.spki")" '.roster[0].text | fromjson | .version = 2
    | (.members[] | select(.id == $me) | .keys) += [{alg: "ecdsa-p256-sha256", id: $id, keystore: "file", spki: $spki, status: "active", usage: "signature"}]
    | tojson' "$evidence" >"$work/forged.roster"
jq -j -n --arg p "$payload" --arg id "$forger" --arg roster "$(sha256sum <"$work/forged.roster" | cut -d ' ' -f 1)" '$p | @base64d | fromjson
    | .predicate.recorder = $id | .predicate.roster = {digest: $roster, version: 2} | tojson' >"$work/forged"
type=$(jq -j ".entries[$number].payloadType" "$evidence")
{ printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(stat -c %s "$work/forged")"; cat "$work/forged"; } >"$work/forged.signed"
openssl dgst -sha256 -sign "$work/forger.pem" -out "$work/forged.sig" "$work/forged.signed"
jq --arg id "$forger" --arg p "$(base64 -w 0 "$work/forged")" --arg sig "$(base64 -w 0 "$work/forged.sig")" --argjson n "$number" \
    --rawfile roster "$work/forged.roster" '.roster += [{sha256: "", text: $roster}]
    | .entries[$n] |= (.payload = $p | .signatures[0] = {keyid: $id, sig: $sig})' "$evidence" >"$work/changed/evidence.json"
if page "$work/changed" ENTRY="$number" >"$work/said" 2>&1; then cat "$work/said"; fail 'it holds under a roster that nobody adopted'; fi
grep -q 'no root holder of roster 1 has signed roster 2' "$work/said" || { cat "$work/said"; fail 'it fails for another reason than the forged roster'; }
echo "auditor: the page of docs/FORMAT.md holds on $(basename "$evidence") ($(jq '.entries | length' "$evidence") entries), and not with 1 byte changed at each of $tried places"
