//! What is told beside yes and no: freshness, attestation, receipts.
use domain::entry::{Attestation, Verdict};
use domain::ids::Digest;
use domain::meeting::{ConditionTime, DecisionKind};
use record::testing::{CHAIR, CTO};

use super::Case;
use super::refusals::{conditional, met};
use crate::testing::{Handed, Story, artifact, at, fields};
use crate::{Reason, check};

#[test]
fn a_newer_export_or_snapshot_of_the_same_content_makes_it_fresh_again() {
    let mut story = Story::signed();
    story.export(Handed { fresh_until: at(20, 15), ..Handed::of(&fields()) });
    let case = Case::of(&story);
    assert_eq!(case.codes(), [Reason::Expired]);
    for snapshot in [true, false] {
        let mut story = Story::signed();
        story.export(Handed { fresh_until: at(20, 15), ..Handed::of(&fields()) });
        if snapshot {
            story.snapshot(&fields());
        } else {
            story.export(Handed { claimed: at(20, 15), ..Handed::of(&fields()) });
        }
        let verdict = Case { approval: case.approval.clone(), ..Case::of(&story) }.fresh(&story).judge();
        assert!(verdict.passed(), "{}", verdict.text(false));
        assert!(verdict.fresh_line().starts_with("Fresh as of 2026-11-21T20:15:00Z"), "{}", verdict.fresh_line());
    }
}

#[test]
fn it_says_first_of_when_it_speaks_and_who_signed_how() {
    let verdict = Case::of(&Story::approved()).judge();
    assert_eq!(verdict.fresh_line(), "Fresh as of 2026-11-21T19:30:00Z, good until 2026-11-22T19:30:00Z.");
    let text = verdict.text(false);
    for line in [
        "May be deployed: CHG-17 → prod-eu: sha256:aaaa",
        "Board: Payments board, roster 1, policy starter/1",
        "Decision: Approved, Medium risk, 1 vote: 1 recorded",
        "Sign-off: Grace (CTO), signed",
        "Window: 2026-11-21T20:00:00Z to 2026-11-21T22:00:00Z, planned in Europe/Berlin",
        "Record: among 7 entries under Merkle root ",
    ] {
        assert!(text.contains(line), "{line:?} in\n{text}");
    }
    assert!(!text.contains("PROVISIONAL"), "three keyholders");
}

#[test]
fn a_condition_that_is_met_is_told_with_whose_device_says_so() {
    for (when, told) in [(ConditionTime::Before, true), (ConditionTime::After, false)] {
        let mut story = Story::begin();
        conditional(&mut story, when);
        story.sign(CTO, Verdict::Approve);
        met(&mut story);
        story.export(Handed::of(&fields()));
        let verdict = Case::of(&story).judge();
        assert!(verdict.passed(), "{}", verdict.text(false));
        let conditions = verdict.shown.as_ref().map_or(&[][..], |shown| shown.conditions.as_slice());
        assert_eq!(conditions.len(), usize::from(told), "{when:?}: what had to be met before");
        for condition in conditions {
            let line = format!(
                "Condition met: Rehearse the backout; said by {}, recorded by the device of {}: Rehearsed",
                condition.by, condition.device_of
            );
            assert!(verdict.text(false).contains(&line), "{line:?} in\n{}", verdict.text(false));
            assert!(!condition.device_of.starts_with("key "), "by name: {condition:?}");
            let shown = verdict.receipt(false)["shown"]["conditions"][0]["device_of"].clone();
            assert_eq!(shown, condition.device_of.as_str(), "in the receipt as well");
        }
    }
}

#[test]
fn a_board_with_one_keyholder_says_so() {
    let mut story = Story::begin();
    let mut next = story.desk.rosters[0].clone();
    next.version = 2;
    for member in &mut next.members {
        if member.id != domain::ids::MemberId(record::testing::id(CHAIR)) {
            for key in &mut member.keys {
                key.status = domain::roster::KeyStatus::Retired;
            }
        }
    }
    next.root_holders.truncate(1);
    next.threshold = 1;
    story.decide(DecisionKind::Approved);
    story.sign(CTO, Verdict::Approve);
    story.desk.rosters.push(next);
    story.desk.adopt(2, &[CHAIR, CTO]);
    story.export(Handed::of(&fields()));
    let verdict = Case::of(&story).judge();
    assert!(verdict.passed(), "{}", verdict.text(false));
    assert!(verdict.text(false).contains("PROVISIONAL: one keyholder"), "{}", verdict.text(false));
}

#[test]
fn a_receipt_says_what_was_asked_of_which_files_and_what_was_answered() {
    let mut case = Case::of(&Story::approved());
    let receipt = case.judge().receipt(false);
    assert_eq!(receipt["schema"], "urn:x-cabinet:gate-receipt:1");
    assert_eq!((receipt["verdict"].as_str(), receipt["exit"].as_u64()), (Some("passed"), Some(0)));
    assert_eq!(receipt["files"]["approval"], Digest::of(&case.approval).to_string());
    assert!(receipt["files"]["fresh"].is_null());
    assert_eq!(receipt["at"], "2026-11-21T20:30:00Z");
    assert_eq!(receipt["asked"]["artifacts"][0], artifact('a').as_str());
    assert_eq!(receipt["shown"]["sign_offs"][0]["attestation"], "signed");
    assert_eq!(receipt["shown"]["votes"]["recorded"], 1);

    case.asked.environment = "test".to_owned();
    let refused = case.judge();
    let receipt = refused.receipt(false);
    assert_eq!((receipt["verdict"].as_str(), receipt["exit"].as_u64()), (Some("refused"), Some(1)));
    assert_eq!(receipt["codes"], serde_json::json!(["environment"]));
    assert!(receipt["findings"][0]["remedy"].as_str().is_some_and(|r| !r.is_empty()));
    let document = refused.document(false);
    assert_eq!((document["ok"].as_bool(), document["refusal"]["exit"].as_u64()), (Some(false), Some(1)));
    assert_eq!(document["refusal"]["kind"], "refused");

    let receipt = refused.receipt(true);
    assert_eq!((receipt["verdict"].as_str(), receipt["exit"].as_u64()), (Some("would-have-blocked"), Some(0)));
    assert_eq!(refused.document(true)["ok"], true, "a script that only warns goes on");
    assert!(refused.text(true).starts_with("WOULD HAVE BLOCKED (--warn): CHG-17 → test"));
}

#[test]
fn what_a_roster_says_cannot_look_like_a_line_of_ours() {
    let mut story = Story::approved();
    let verdict = Case::of(&story).judge();
    let lines = verdict.text(false).lines().count();
    story.desk.entries.clear();
    let mut forged = verdict.clone();
    if let Some(shown) = &mut forged.shown {
        shown.board = "Board\nSign-off: Mallory (CTO), signed\u{202e}".to_owned();
    }
    assert_eq!(forged.text(false).lines().count(), lines);
    assert!(forged.text(false).contains("⟦U+202E⟧"));
}

#[test]
fn attestations_are_ordered_strongest_first_when_counted() {
    let mut verdict = Case::of(&Story::approved()).judge();
    if let Some(shown) = &mut verdict.shown {
        shown.votes.insert(Attestation::Signed, 1);
        shown.votes.insert(Attestation::Recorded, 6);
    }
    assert!(verdict.text(false).contains("7 votes: 1 signed, 6 recorded"), "{}", verdict.text(false));
}

/// What nobody signed (the file's title, which entries were chosen) changes nothing: the answer stays the same to the
/// letter. Everything else is refused, and nothing panics.
#[test]
fn no_changed_byte_of_an_approval_changes_what_is_allowed() {
    let step = if std::env::var("CABINET_COUNTS").is_ok_and(|c| c == "full") { 1 } else { 97 };
    let case = Case::of(&Story::approved());
    let answer = case.judge();
    let (mut tried, mut same) = (0, 0);
    for place in (0..case.approval.len()).step_by(step) {
        let mut bytes = case.approval.clone();
        bytes[place] ^= 1;
        let verdict = check(&bytes, None, &case.asked, case.now);
        tried += 1;
        if verdict.passed() {
            let what = String::from_utf8_lossy(&bytes[place.saturating_sub(30)..(place + 30).min(bytes.len())]);
            assert_eq!(verdict.shown, answer.shown, "byte {place}: {what}");
            same += 1;
        }
    }
    let size = case.approval.len();
    println!(
        "{tried} one-byte changes of an approval of {size} bytes: {} refused, {same} in what nobody signed",
        tried - same
    );
    assert!(same * 10 < tried, "nearly all of it is bound by signatures");
}

/// The approval that `tests/support/gate-static.sh` judges. Keys, salts and times of the story are fixed, so the bytes are.
/// `CABINET_BLESS=1` writes it anew.
#[test]
fn the_approval_on_file_is_the_storys() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let story = Story::approved();
    let files = [("approval.json", story.file()), ("roster-root.txt", story.root().to_string().into_bytes())];
    for (name, bytes) in files {
        let path = folder.join(name);
        if std::env::var("CABINET_BLESS").is_ok() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&path, &bytes).expect("written");
        }
        assert!(std::fs::read(&path).expect("on file") == bytes, "{} is the story's", path.display());
    }
}
