use std::collections::BTreeSet;

use super::fixture::{account, board, change, file, id, issue};
use super::*;
use crate::change::{IssueKind, Severity};
use crate::meeting::DecisionKind;
use crate::policy::Strength;
use crate::sign_off::Authority;

fn named() -> Vec<String> {
    vec!["backout.md".to_owned()]
}

fn judge(change: &ChangeRequest, level: Option<RiskLevel>, strength: Strength) -> Vec<GateOutcome> {
    evaluate(change, level, &Policy::built_in(strength), false, &named())
}

fn one(outcomes: &[GateOutcome], clause: &str) -> GateOutcome {
    outcomes.iter().find(|o| o.gate.clause == clause).unwrap().clone()
}

const ALL: [Strength; 3] = [Strength::Observe, Strength::Starter, Strength::Full];

#[test]
fn a_complete_change_passes_every_gate_in_every_strength() {
    for strength in ALL {
        for level in [None, Some(RiskLevel::Low), Some(RiskLevel::Critical)] {
            let mut whole = change();
            let canary = " A canary. Metrics: latency. Baseline: today. At most 200 ms promotes it, more rejects it.";
            whole.plan.get_mut(&PlanSection::Approach).expect("it is complete").text.push_str(canary);
            let outcomes = judge(&whole, level, strength);
            let kept = |o: &GateOutcome| matches!(o.result, GateResult::Passed | GateResult::NotApplicable);
            let passed = outcomes.iter().all(|o| kept(o) && o.satisfied_by.is_empty());
            assert!(passed, "{strength:?} {level:?}: {outcomes:#?}");
        }
    }
}

#[test]
fn gates_and_clauses_stand_once_each_in_a_fixed_order() {
    let ids = |c: &ChangeRequest| -> Vec<String> {
        judge(c, None, Strength::Starter).into_iter().map(|o| o.gate.id).collect()
    };
    let mut bare = change();
    bare.details_synced = false;
    bare.plan.clear();
    assert_eq!(ids(&change()), ids(&bare));
    assert_eq!(ids(&bare).iter().collect::<BTreeSet<_>>().len(), 34);
}

/// What the code of this module calls its gates: each name in quotes, and what else stands in the place of one.
fn names_in_code() -> (Vec<String>, BTreeSet<String>) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gate");
    let (mut names, mut others) = (Vec::new(), BTreeSet::new());
    for file in std::fs::read_dir(folder).expect("the module's folder") {
        let path = file.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.ends_with(".rs") || name.contains("tests") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        let code = text.split("mod tests {").next().unwrap_or_default();
        for made in code.split("Gate::new(").skip(1).map(str::trim_start) {
            match made.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                Some(id) => names.push(id.to_owned()),
                None => {
                    others.insert(made.split(',').next().unwrap_or_default().to_owned());
                }
            }
        }
    }
    (names, others)
}

/// The names of all gates that the code makes, each as often as it is made.
pub(super) fn all_names() -> Vec<String> {
    let (mut names, _) = names_in_code();
    names.extend(PlanSection::ALL.iter().map(|section| format!("plan-{}", section.clause().to_lowercase())));
    names.extend([DEPARTMENTS, OWNERS_GATE, OWN_CODE].map(str::to_owned));
    names.extend(catalogue().into_iter().map(|gate| gate.id));
    names
}

#[test]
fn no_two_gates_that_a_board_can_be_shown_share_a_name() {
    let (_, others) = names_in_code();
    let known = [r#"&format!("plan-{}""#, "DEPARTMENTS", "OWNERS_GATE", "OWN_CODE", "self.id"];
    assert_eq!(others.iter().map(String::as_str).collect::<Vec<_>>(), known, "whatever makes names is counted above");
    let mut names = all_names();
    // The decision is the board's or is delegated: it is one gate, and it is made in two places.
    let decision = names.iter().position(|name| name == "decision").expect("it is there");
    names.remove(decision);
    let mut seen = BTreeSet::new();
    let twice: Vec<&String> = names.iter().filter(|name| !seen.insert(name.as_str())).collect();
    assert!(twice.is_empty(), "a waiver names a gate by its id alone, and these stand twice: {twice:?}");
    assert!(["coverage", "on-call", "window-watch", "conflicts", "ticket"].iter().all(|id| seen.contains(id)));
}

#[test]
fn only_the_four_hard_clauses_are_hard() {
    let mut gates: Vec<Gate> = judge(&change(), None, Strength::Full).into_iter().map(|o| o.gate).collect();
    gates.push(decision_gate(None, Authority::Missing).gate);
    gates.push(duties_gate(&change(), &board(1), &Policy::built_in(Strength::Full)).gate);
    let hard: BTreeSet<String> = gates.into_iter().filter(|g| g.hard).map(|g| g.clause).collect();
    assert_eq!(hard.iter().map(String::as_str).collect::<Vec<_>>(), ["R11", "R30", "R32", "R89"]);
}

#[test]
fn missing_required_fields_warn_in_observe_and_block_elsewhere() {
    type Case = (&'static str, fn(&mut ChangeRequest), &'static str);
    let cases: [Case; 11] = [
        ("R36", |c| c.description.text = " \n".to_owned(), "description"),
        ("R37", |c| c.reason.clear(), "reason"),
        ("R38", |c| c.affected_systems.clear(), "systems"),
        ("R38", |c| c.affected_applications.clear(), "applications"),
        ("R38", |c| c.affected_data = "  ".to_owned(), "data"),
        ("R39", |c| c.version.clear(), "version"),
        ("R40", |c| c.security_scan_status.clear(), "status"),
        ("R40", |c| c.security_scan_results.clear(), "results"),
        ("R41", |c| c.environment.clear(), "environment"),
        ("R42", |c| c.source_branch.clear(), "source branch"),
        ("R84", |c| c.rollback_evidence.clear(), "missing"),
    ];
    for (clause, spoil, says) in cases {
        let mut change = change();
        spoil(&mut change);
        for strength in ALL {
            let outcomes = judge(&change, Some(RiskLevel::High), strength);
            let outcome = one(&outcomes, clause);
            let expected = match strength {
                Strength::Observe => (GateResult::Warned, false),
                Strength::Starter | Strength::Full => (GateResult::Failed, true),
            };
            assert_eq!((outcome.result, outcome.blocks), expected, "{clause} {strength:?}");
            assert!(outcome.why.contains(says) && !outcome.satisfied_by.is_empty(), "{outcome:?}");
            assert_eq!(blocking(&outcomes).count(), usize::from(expected.1));
        }
    }
}

#[test]
fn only_main_is_promoted() {
    for (branch, passes) in [("main", true), (" main ", true), ("Main", false), ("master", false), ("main2", false)] {
        let mut change = change();
        change.source_branch = branch.to_owned();
        let outcome = one(&judge(&change, None, Strength::Starter), "R42");
        assert_eq!(outcome.result == GateResult::Passed, passes, "{branch}");
    }
}

#[test]
fn the_environment_must_be_one_of_production() {
    for (environment, passes) in [("production", true), ("PROD-eu", true), ("staging", false), ("preprod", false)] {
        let mut change = change();
        change.environment = environment.to_owned();
        let outcome = one(&judge(&change, None, Strength::Starter), "R41");
        assert_eq!(outcome.result == GateResult::Passed, passes, "{environment}");
    }
}

#[test]
fn a_failed_scan_is_filled_but_warned_about() {
    let mut change = change();
    change.security_scan_status = "Failed".to_owned();
    let outcome = one(&judge(&change, None, Strength::Full), "R40");
    assert_eq!((outcome.result, outcome.blocks), (GateResult::Warned, false));
}

#[test]
fn a_change_without_its_ticket_is_blocked_in_every_strength() {
    for strength in ALL {
        let policy = Policy::built_in(strength);
        let gone = one(&evaluate(&change(), None, &policy, true, &named()), "R11");
        assert_eq!((gone.result, gone.blocks), (GateResult::Failed, true));
        let mut without = change();
        without.remote_id.clear();
        assert!(one(&judge(&without, None, strength), "R11").blocks);
    }
}

#[test]
fn open_severe_defects_block_and_unreadable_ones_fail_closed() {
    use GateResult::{Failed, NoEvidence, Passed};
    use IssueKind::{Bug, Feature, SecurityDefect};
    use Severity::{Critical, High, Low, Medium};
    let cases = [
        (Some(SecurityDefect), Some(Critical), Some(true), Failed),
        (Some(SecurityDefect), Some(High), Some(true), Failed),
        (Some(Bug), Some(Critical), Some(true), Failed),
        (Some(Bug), Some(High), Some(true), Failed),
        (Some(Bug), Some(Medium), Some(true), Passed),
        (Some(SecurityDefect), Some(Low), Some(true), Passed),
        (Some(Bug), Some(Critical), Some(false), Passed),
        (Some(Feature), Some(Critical), Some(true), Passed),
        (Some(Feature), None, None, Passed),
        (None, None, None, NoEvidence),
        (None, Some(Critical), Some(true), NoEvidence),
        (None, Some(Critical), Some(false), Passed),
        (None, Some(Low), None, Passed),
        (Some(Bug), None, Some(true), NoEvidence),
        (Some(Bug), Some(High), None, NoEvidence),
        (Some(Bug), None, Some(false), Passed),
        (Some(Bug), Some(Low), None, Passed),
    ];
    for (kind, severity, open, expected) in cases {
        for strength in ALL {
            let mut change = change();
            change.linked_issues.push(issue("200", kind, severity, open));
            let outcome = one(&judge(&change, None, strength), "R32");
            assert_eq!(outcome.result, expected, "{kind:?} {severity:?} {open:?}");
            assert_eq!(outcome.blocks, expected != Passed, "R32 blocks in every strength");
            assert_eq!(outcome.why.contains("#200"), expected != Passed);
        }
    }
}

#[test]
fn an_open_severe_defect_outweighs_an_unreadable_one() {
    let mut change = change();
    change.linked_issues.push(issue("201", None, None, None));
    change.linked_issues.push(issue("202", Some(IssueKind::Bug), Some(Severity::High), Some(true)));
    let outcome = one(&judge(&change, None, Strength::Observe), "R32");
    assert_eq!(outcome.result, GateResult::Failed);
    assert!(outcome.why.contains("#202") && !outcome.why.contains("#201"));
}

#[test]
fn links_and_files_that_have_not_arrived_block() {
    let mut change = change();
    change.details_synced = false;
    for strength in ALL {
        let outcomes = judge(&change, None, strength);
        for clause in ["R32", "R113"] {
            let outcome = one(&outcomes, clause);
            assert_eq!((outcome.result, outcome.blocks), (GateResult::NoEvidence, true), "{clause}");
        }
    }
}

#[test]
fn rollback_evidence_is_asked_above_medium_and_of_the_unassessed() {
    let mut change = change();
    change.rollback_evidence.clear();
    let cases = [
        (Some(RiskLevel::Low), GateResult::NotApplicable),
        (Some(RiskLevel::Medium), GateResult::NotApplicable),
        (Some(RiskLevel::High), GateResult::Failed),
        (Some(RiskLevel::Critical), GateResult::Failed),
        (None, GateResult::Failed),
    ];
    for (level, expected) in cases {
        assert_eq!(one(&judge(&change, level, Strength::Starter), "R84").result, expected, "{level:?}");
    }
}

#[test]
fn evidence_that_does_not_say_that_the_rollback_succeeded_in_staging_is_none() {
    let mut change = change();
    for (evidence, why) in [
        ("see the log", "it says neither that the test succeeded nor that it was in staging"),
        ("Staging, run 812: failed", "it says neither that the test succeeded nor that it was in staging"),
        ("Rehearsed in staging.", "it does not say that the test succeeded"),
        ("It succeeded in the lab.", "it does not say that the test was in staging"),
    ] {
        change.rollback_evidence = evidence.to_owned();
        let outcome = one(&judge(&change, Some(RiskLevel::High), Strength::Starter), "R84");
        assert_eq!((outcome.result, outcome.blocks), (GateResult::Failed, true), "{evidence}");
        assert!(outcome.why.starts_with(why) && outcome.satisfied_by.contains("in staging"), "{outcome:?}");
        let low = one(&judge(&change, Some(RiskLevel::Low), Strength::Starter), "R84");
        assert_eq!(low.result, GateResult::NotApplicable, "{evidence}");
    }
}

#[test]
fn mandatory_plan_sections_block_in_full_above_low_and_all_missing_ones_are_named() {
    for section in PlanSection::ALL {
        let mut change = change();
        change.plan.remove(&section);
        for level in [Some(RiskLevel::Low), Some(RiskLevel::Medium), Some(RiskLevel::High), None] {
            for strength in ALL {
                let outcome = one(&judge(&change, level, strength), section.clause());
                let blocks = strength == Strength::Full
                    && ["R23", "R24", "R25"].contains(&section.clause())
                    && level != Some(RiskLevel::Low);
                let result = if blocks { GateResult::Failed } else { GateResult::Warned };
                assert_eq!((outcome.result, outcome.blocks), (result, blocks), "{section:?} {level:?} {strength:?}");
                assert!(outcome.satisfied_by.contains(section.title()));
            }
        }
    }
}

#[test]
fn the_links_of_a_change_are_counted_by_their_type() {
    let mut change = change();
    let shown = |change: &ChangeRequest| one(&judge(change, None, Strength::Starter), "R29").looked_at;
    assert!(shown(&change).ends_with("; links: 1 feature"), "{}", shown(&change));
    let kinds = [Some(IssueKind::KnownError), Some(IssueKind::KnownError), Some(IssueKind::Problem), None];
    for (n, kind) in (200..).zip(kinds) {
        change.linked_issues.push(issue(&n.to_string(), kind, None, Some(false)));
    }
    change.linked_issues.push(issue("210", Some(IssueKind::Change), None, Some(true)));
    let told = "; links: 1 change, 1 feature, 2 known error, 1 of unknown type, 1 problem";
    assert!(shown(&change).ends_with(told), "{}", shown(&change));
    change.linked_issues.clear();
    assert!(shown(&change).ends_with("; links: none"));
    change.details_synced = false;
    assert!(shown(&change).ends_with("; links not yet synced"));
}

#[test]
fn known_errors_and_problems_are_no_open_defects() {
    let mut change = change();
    for kind in [IssueKind::KnownError, IssueKind::Problem] {
        change.linked_issues.push(issue("200", Some(kind), Some(Severity::Critical), Some(true)));
    }
    assert_eq!(one(&judge(&change, None, Strength::Starter), "R32").result, GateResult::Passed);
}

#[test]
fn material_attachments_must_be_here_and_hashed() {
    let policy = Policy::built_in(Strength::Observe);
    let cases: [(&[&str], GateResult, bool); 4] = [
        (&[], GateResult::NotApplicable, false),
        (&["backout.md"], GateResult::Passed, false),
        (&["backout.md", "notes.txt"], GateResult::NoEvidence, true),
        (&["gone.sql"], GateResult::NoEvidence, true),
    ];
    for (names, result, blocks) in cases {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let outcome = one(&evaluate(&change(), None, &policy, false, &names), "R113");
        assert_eq!((outcome.result, outcome.blocks), (result, blocks), "{names:?}");
    }
    // Cabinet's own file of the same name is not the requester's.
    let mut own = change();
    own.attachments = vec![file("backout.md", Some("x"))];
    own.attachments[0].own = true;
    assert!(one(&evaluate(&own, None, &policy, false, &named()), "R113").blocks);
}

#[test]
fn a_valid_decision_needs_the_board_and_an_authority() {
    use GateResult::{Failed, NoEvidence, Passed};
    let cases = [
        (None, Authority::Holds, NoEvidence),
        (Some(DecisionKind::Approved), Authority::Holds, Passed),
        (Some(DecisionKind::ApprovedWithConditions), Authority::Holds, Passed),
        (Some(DecisionKind::Approved), Authority::Missing, NoEvidence),
        (Some(DecisionKind::Approved), Authority::Stale, Failed),
        (Some(DecisionKind::Approved), Authority::Rejected, Failed),
        (Some(DecisionKind::Rejected), Authority::Holds, Failed),
        (Some(DecisionKind::Deferred), Authority::Missing, Failed),
        (Some(DecisionKind::NoDecision), Authority::Holds, Failed),
    ];
    for (decision, authority, expected) in cases {
        let outcome = decision_gate(decision, authority);
        assert_eq!((outcome.result, outcome.blocks), (expected, expected != Passed), "{decision:?} {authority:?}");
    }
}

#[test]
fn an_author_nobody_can_name_blocks_by_r89() {
    let mut policy = Policy::built_in(Strength::Observe);
    policy.shared_accounts.push("CHG:99".to_owned());
    let cases = [
        (None, GateResult::NoEvidence, true),
        (Some(account(" ", "")), GateResult::NoEvidence, true),
        (Some(account("99", "Ops")), GateResult::Failed, true),
        (Some(account("98", "Deploy Bot")), GateResult::Warned, false),
        (Some(account("6", "Anton Weiss")), GateResult::Passed, false),
    ];
    for (author, result, blocks) in cases {
        let mut change = change();
        change.author = author.clone();
        let outcome = duties_gate(&change, &board(3), &policy);
        assert_eq!((outcome.result, outcome.blocks), (result, blocks), "{author:?}");
    }
}

#[test]
fn who_committed_is_named_and_carries_no_approval_alone_by_r89() {
    let policy = Policy::built_in(Strength::Observe);
    let mut roster = board(4);
    for (member, git) in roster.members.iter_mut().zip(["one@example.org", "two@example.org"]) {
        member.git = vec![git.to_owned()];
    }
    let mut change = change();
    change.unknown_committers = Some(0);
    assert!(!duties_gate(&change, &roster, &policy).looked_at.contains("committed"));
    assert_eq!(own_code_gate(&change, &roster, &[id(2)]), None);
    change.committers = vec!["Two@Example.org".to_owned(), "one@example.org".to_owned(), "zoe@example.org".to_owned()];
    let outcome = duties_gate(&change, &roster, &policy);
    assert_eq!((outcome.result, outcome.blocks), (GateResult::Passed, false));
    assert!(outcome.looked_at.ends_with("; committed by: Member 1, Member 2"), "{}", outcome.looked_at);
    assert!(outcome.why.ends_with("; author, committers and requester may not vote or sign"), "{}", outcome.why);
    change.deployer = Some(account("3", "Member 3"));
    let cases: [(&[u8], Option<GateResult>); 7] = [
        (&[], None),
        (&[3], None),
        (&[2], Some(GateResult::Failed)),
        (&[2, 1], Some(GateResult::Failed)),
        (&[2, 4], Some(GateResult::Passed)),
        // Beside who committed, whoever deploys it would be its only approver; who is on no roster might be.
        (&[2, 3], Some(GateResult::Failed)),
        (&[1, 77], Some(GateResult::Failed)),
    ];
    for (signers, expected) in cases {
        let signers: Vec<_> = signers.iter().map(|n| id(*n)).collect();
        let outcome = own_code_gate(&change, &roster, &signers);
        assert_eq!(outcome.as_ref().map(|o| o.result), expected, "{signers:?}");
        let blocks = expected.map(|result| result == GateResult::Failed);
        assert_eq!(outcome.as_ref().map(|o| o.blocks), blocks, "{signers:?}");
        assert!(outcome.is_none_or(|o| o.gate.hard && o.gate.clause == "R89"));
    }
}

#[test]
fn how_far_it_is_told_who_committed_is_said_and_unknown_accounts_warn() {
    use GateResult::{Passed, Warned};
    let policy = Policy::built_in(Strength::Full);
    let mut roster = board(3);
    roster.members[0].git = vec!["one@example.org".to_owned()];
    let one = "author and requester may not vote or sign";
    let both = "author, committers and requester may not vote or sign";
    let cases: [(&[&str], Option<u32>, GateResult, String); 6] = [
        (&[], None, Passed, format!("{one}; who committed is not told by any merge request")),
        // What was signed of it elsewhere tells of a member, and no merge request does here.
        (&["one@example.org"], None, Passed, format!("{both}; who committed is not told by any merge request")),
        (&[], Some(0), Passed, one.to_owned()),
        (&["one@example.org"], Some(0), Passed, both.to_owned()),
        (&[], Some(1), Warned, format!("{one}; 1 account or mail address that committed is nobody's on the roster")),
        (
            &["one@example.org"],
            Some(2),
            Warned,
            format!("{both}; 2 accounts and mail addresses that committed are nobody's on the roster"),
        ),
    ];
    for (committers, unknown, result, why) in cases {
        let mut change = change();
        change.committers = committers.iter().map(|committer| (*committer).to_owned()).collect();
        change.unknown_committers = unknown;
        let outcome = duties_gate(&change, &roster, &policy);
        assert_eq!((outcome.result, outcome.blocks), (result, false), "{outcome:?}");
        assert_eq!(outcome.why, format!("the author is one identified account; {why}"));
        assert_eq!(outcome.satisfied_by.contains("--git"), result == Warned, "{outcome:?}");
        // It is said of an account that looks shared as well.
        change.author = Some(account("98", "Deploy Bot"));
        let shared = duties_gate(&change, &roster, &policy).why;
        let told = why.split_once(';').map_or_else(String::new, |(_, told)| format!(";{told}"));
        assert_eq!(shared, format!("the author's account looks shared{told}"));
    }
}

#[test]
fn what_a_ticket_says_is_quoted_on_one_short_line() {
    let mut change = change();
    change.reason = "long\nline ".repeat(1000);
    let outcome = one(&judge(&change, None, Strength::Starter), "R37");
    assert!(!outcome.looked_at.contains('\n') && outcome.looked_at.chars().count() < 150);
}
