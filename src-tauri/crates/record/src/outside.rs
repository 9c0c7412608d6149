//! What an auditor can do with openssl, jq and sha256sum alone; these must be installed.
use std::fs;
use std::process::Command;

use domain::ids::EntryId;

use crate::bundle::{Bundle, Checkpoint, Scope};
use crate::testing::{CTO, Desk, POLICY, blobs, manifest, sign_off};

/// Checks the sign-off `ENTRY` (from 0) of `evidence.json` against the key the roster names.
const AUDIT: &str = r#"
set -euo pipefail
jq -c ".entries[$ENTRY]" evidence.json > entry.json
jq -j .payload entry.json | base64 -d > payload.json
jq -j '.signatures[0].sig' entry.json | base64 -d > signature.der
type=$(jq -r .payloadType entry.json)
{ printf 'DSSEv1 %d %s %d ' ${#type} "$type" "$(stat -c %s payload.json)"; cat payload.json; } > pae

# The roster is the one the entry names, and the key is in it, under its own digest.
jq -j '.roster[0].text' evidence.json > roster.json
[ "$(sha256sum < roster.json | cut -d' ' -f1)" = "$(jq -r .predicate.roster.digest payload.json)" ]
keyid=$(jq -r '.signatures[0].keyid' entry.json)
jq -j --arg id "$keyid" '.members[].keys[] | select(.id == $id) | .spki' roster.json | base64 -d > key.der
[ "$(sha256sum < key.der | cut -d' ' -f1)" = "$keyid" ]
openssl dgst -sha256 -verify key.der -keyform DER -signature signature.der pae

# What was shown: the subject is the manifest, the manifest names the blobs, salt first.
jq -j '.manifests[0].text' evidence.json > manifest.json
[ "$(sha256sum < manifest.json | cut -d' ' -f1)" = "$(jq -r '.subject[0].digest.sha256' payload.json)" ]
for digest in $(jq -r '.fields[].sha256' manifest.json); do
  jq -j --arg d "$digest" '.blobs[] | select(.sha256 == $d) | .salted.salt' evidence.json | base64 -d > blob
  jq -j --arg d "$digest" '.blobs[] | select(.sha256 == $d) | .salted.bytes' evidence.json | base64 -d >> blob
  [ "$(sha256sum < blob | cut -d' ' -f1)" = "$digest" ]
done

# The entry before it in its log.
jq -j ".entries[$BEFORE].payload" evidence.json | base64 -d > before.json
[ "$({ printf '\0'; cat before.json; } | sha256sum | cut -d' ' -f1)" = "$(jq -r .predicate.log.prev payload.json)" ]
"#;

fn evidence() -> (Vec<u8>, EntryId) {
    let mut desk = Desk::open();
    let entry = desk.write(CTO, sign_off(17));
    let bundle = Bundle {
        board: desk.board,
        board_name: "Payments board".to_owned(),
        scope: Scope { complete: true, ..Scope::default() },
        rosters: desk.documents(),
        policies: vec![POLICY.to_vec()],
        entries: desk.entries.iter().map(|entry| entry.bytes().to_vec()).collect(),
        manifests: vec![manifest()],
        blobs: blobs().into_values().map(|blob| (blob.digest(), blob)).collect(),
        checkpoint: Checkpoint { entry: None, heads: desk.heads() },
        merkle: None,
        proofs: None,
    };
    (bundle.to_bytes().expect("writable"), entry.id())
}

fn audit(evidence: &[u8]) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("evidence.json"), evidence).expect("writes");
    let output = Command::new("bash")
        .args(["-c", AUDIT])
        .env("ENTRY", "2")
        .env("BEFORE", "1")
        .current_dir(folder.path())
        .output()
        .expect("bash starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn openssl_jq_and_sha256sum_suffice_for_one_sign_off() {
    let (bytes, _) = evidence();
    let (holds, said) = audit(&bytes);
    assert!(holds && said.contains("Verified OK"), "{said}");
}

#[test]
fn they_refuse_another_reason_another_plan_and_another_key() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let (bytes, _) = evidence();
    let mut value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    let payload = STANDARD.decode(value["entries"][2]["payload"].as_str().expect("text")).expect("base64");
    let other = String::from_utf8(payload).expect("UTF-8").replace("\"approve\"", "\"reject\"");
    value["entries"][2]["payload"] = STANDARD.encode(other).into();
    assert!(!audit(value.to_string().as_bytes()).0, "another verdict");

    let text = String::from_utf8(bytes).expect("UTF-8");
    let shown = STANDARD.encode("Upgrade PostgreSQL");
    assert!(!audit(text.replace(&shown, &STANDARD.encode("Upgrade SQLite 3.x")).as_bytes()).0, "another title");
    let renamed = text.replace("Grace", "Mallory");
    assert_ne!(renamed, text);
    assert!(!audit(renamed.as_bytes()).0, "another roster");
}
