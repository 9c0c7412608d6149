use std::collections::BTreeSet;

use super::*;
use crate::chain::DepartmentField;
use crate::change::{ChangeRequest, Journal, Status, StatusCategory};
use crate::change::{IssueKind, Severity};
use crate::gate::fixture::{account, at, change, file, issue, textile};

fn starter() -> Policy {
    Policy::built_in(Strength::Starter)
}

#[test]
fn the_part_11_profile_of_a_policy_differs_by_its_name_and_by_the_pin_alone() {
    for (strength, name) in [
        (Strength::Observe, "observe-part-11/1"),
        (Strength::Starter, "starter-part-11/1"),
        (Strength::Full, "full-part-11/1"),
    ] {
        let (plain, profile) = (Policy::built_in(strength), Policy::part_11(strength));
        profile.check().unwrap();
        assert_eq!((profile.name.as_str(), profile.pin_every_act, plain.pin_every_act), (name, true, false));
        assert_eq!(Policy { name: plain.name.clone(), pin_every_act: false, ..profile }, plain);
    }
}

#[test]
fn a_policy_with_sealed_entries_differs_by_its_name_and_by_that_alone() {
    for (plain, name) in [
        (Policy::built_in(Strength::Starter), "starter-sealed/1"),
        (Policy::part_11(Strength::Full), "full-part-11-sealed/1"),
        (Policy { name: "ours".to_owned(), ..starter() }, "ours-sealed"),
    ] {
        let sealed = plain.clone().with_sealed_entries();
        sealed.check().unwrap();
        assert_eq!((sealed.name.as_str(), sealed.sealed_entries, plain.sealed_entries), (name, true, false));
        let json = serde_json::to_value(&sealed).unwrap();
        assert_eq!(json["sealed_entries"], serde_json::json!(true));
        assert_eq!(serde_json::from_value::<Policy>(json).unwrap(), sealed);
        assert_eq!(Policy { name: plain.name.clone(), sealed_entries: false, ..sealed }, plain);
        let json = serde_json::to_string(&plain).unwrap();
        assert!(!json.contains("sealed"), "the bytes of policies without it stay what they were: {json}");
    }
}

#[test]
fn built_in_policies_are_sound_and_survive_json_without_floats() {
    for (strength, name) in
        [(Strength::Observe, "observe/1"), (Strength::Starter, "starter/1"), (Strength::Full, "full/1")]
    {
        let policy = Policy::built_in(strength);
        policy.check().unwrap();
        assert_eq!(policy.name, name);
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
        assert!(!json.contains("0.") && !json.contains("null"), "{json}");
        assert_eq!(json, serde_json::to_string(&Policy::built_in(strength)).unwrap());
    }
}

#[test]
fn a_policy_with_an_unknown_field_is_refused() {
    let mut json = serde_json::to_value(starter()).unwrap();
    json["gates_off"] = serde_json::json!(true);
    assert!(serde_json::from_value::<Policy>(json).is_err());
}

#[test]
fn rules_that_cannot_be_followed_are_refused_by_name() {
    type Case = (fn(&mut Policy), &'static str);
    let cases: [Case; 11] = [
        (|p| p.quorum.formula = QuorumFormula::AtLeastPercent { percent: 101 }, "quorum"),
        (|p| p.threshold.formula = ThresholdFormula::AtLeastPercent { percent: 200 }, "threshold"),
        (|p| p.environment.clear(), "environment"),
        (|p| p.branch = " ".to_owned(), "branch"),
        (|p| p.material.clear(), "material"),
        (|p| p.material.push(MaterialField::Title), "title"),
        (|p| p.blocking.push("R36".to_owned()), "R36"),
        (|p| p.schema = "urn:x-cabinet:policy:9".to_owned(), "newer Cabinet"),
        (|p| drop(p.after_care.insert(RiskLevel::High, vec![" ".to_owned()])), "after_care"),
        (|p| drop(p.after_care.insert(RiskLevel::High, vec!["Watch".to_owned(), "watch ".to_owned()])), "after_care"),
        (
            |p| {
                p.named_lead = true;
                p.material.retain(|field| *field != MaterialField::TechnicalLead);
            },
            "technical_lead",
        ),
    ];
    for (spoil, says) in cases {
        let mut policy = starter();
        spoil(&mut policy);
        let error = policy.check().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    // A row that says no level says a field and what stands there.
    let service = Some(DepartmentField::Service);
    let critical = Some(RiskLevel::Critical);
    for (field, words, level, kept) in [
        (None, 0, None, false),
        (service, 0, None, false),
        (None, 1, None, false),
        (service, 1, None, true),
        (None, 0, critical, true),
        (service, 0, critical, false),
        (None, 1, critical, false),
        (service, 1, critical, true),
    ] {
        let row = Department { name: "Legal".to_owned(), field, says: vec!["x".to_owned(); words], level };
        let checked = Policy { departments: vec![row], ..starter() }.check();
        assert_eq!(checked.is_ok(), kept, "{field:?} {words} {level:?}: {checked:?}");
    }
}

#[test]
fn what_the_level_asks_is_shipped_and_blocks_nothing_by_itself() {
    for (strength, owners, canary) in [
        (Strength::Observe, AskedFrom::Never, AskedFrom::Never),
        (Strength::Starter, AskedFrom::Medium, AskedFrom::Critical),
        (Strength::Full, AskedFrom::Medium, AskedFrom::Critical),
    ] {
        let policy = Policy::built_in(strength);
        assert_eq!((policy.owners_from, policy.canary_from), (owners, canary), "{strength:?}");
        assert!(!["R12", "R47", "R76"].into_iter().any(|clause| policy.blocks(clause)), "{strength:?}");
        let owed = [RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical];
        let owed = owed.map(|level| policy.after_care(level).len());
        assert_eq!(owed, if strength == Strength::Full { [0, 0, 1, 2] } else { [0; 4] }, "{strength:?}");
    }
    let plain = serde_json::to_string(&Policy::built_in(Strength::Observe)).unwrap();
    assert!(!plain.contains("_from"), "what is never asked is not in its bytes: {plain}");
}

#[test]
fn objectives_are_per_type_of_release_else_per_kind_and_of_an_unknown_kind_the_shortest() {
    use crate::change::ChangeKind::{Emergency, Normal, Standard};
    use RecoveryOf as Of;
    let of = |kind, version: &str| ChangeRequest { kind, version: version.to_owned(), ..change() };
    let kinds = Policy { rto: [(Of::Normal, 60), (Of::Emergency, 30)].into(), ..starter() };
    let rto = [(Of::Normal, 60), (Of::Emergency, 30), (Of::Major, 120), (Of::Patch, 15)].into();
    let releases = Policy { rto, ..starter() };
    for (kind, version, by_kinds, by_releases) in [
        (Some(Normal), "4.2.0", Some((Of::Normal, 60)), Some((Of::Normal, 60))),
        (Some(Normal), "5.0.0", Some((Of::Normal, 60)), Some((Of::Major, 120))),
        (Some(Emergency), "5.0.0", Some((Of::Emergency, 30)), Some((Of::Emergency, 30))),
        (Some(Standard), "4.2.0", None, Some((Of::Patch, 15))),
        (None, "4.2.0", Some((Of::Emergency, 30)), Some((Of::Patch, 15))),
    ] {
        let asked = [&kinds, &releases].map(|policy| policy.recovery(&of(kind, version)));
        assert_eq!(asked, [by_kinds, by_releases], "{kind:?} {version}");
        assert_eq!(starter().recovery(&of(kind, version)), None);
    }
    let policy = kinds;
    let json = serde_json::to_value(&policy).unwrap();
    assert_eq!(json["rto"], serde_json::json!({"normal": 60, "emergency": 30}));
    assert_eq!(serde_json::from_value::<Policy>(json).unwrap(), policy);
    let plain = serde_json::to_string(&starter()).unwrap();
    assert!(!plain.contains("rto"), "the bytes of policies without objectives stay what they were: {plain}");
}

#[test]
fn the_hard_clauses_block_whatever_the_policy_says() {
    for strength in [Strength::Observe, Strength::Starter, Strength::Full] {
        let policy = Policy::built_in(strength);
        for clause in ["R11", "R30", "R32", "R89"] {
            assert!(policy.blocks(clause));
        }
        let others = ["R36", "R37", "R38", "R39", "R40", "R41", "R42", "R84"];
        assert!(others.iter().all(|c| policy.blocks(c) == (strength != Strength::Observe)));
        assert_eq!(policy.blocks("R23"), strength == Strength::Full);
        assert!(!policy.blocks("R17"));
    }
}

#[test]
fn the_least_attestation_is_that_of_the_design() {
    use Attestation::{Confirmed, Recorded, Signed, Written};
    let cases = [
        (Strength::Starter, Slot::Vote, RiskLevel::Low, Recorded),
        (Strength::Starter, Slot::Vote, RiskLevel::Critical, Recorded),
        (Strength::Starter, Slot::SignOff, RiskLevel::Low, Written),
        (Strength::Starter, Slot::SignOff, RiskLevel::Critical, Written),
        (Strength::Full, Slot::SignOff, RiskLevel::Medium, Written),
        (Strength::Full, Slot::SignOff, RiskLevel::High, Confirmed),
        (Strength::Full, Slot::SignOff, RiskLevel::Critical, Confirmed),
        (Strength::Full, Slot::Vote, RiskLevel::High, Recorded),
        (Strength::Observe, Slot::SignOff, RiskLevel::High, Recorded),
    ];
    for (strength, slot, level, least) in cases {
        assert_eq!(Policy::built_in(strength).least(slot, level), least, "{strength:?} {slot:?} {level:?}");
    }
    let mut silent = starter();
    silent.least.sign_off.clear();
    assert_eq!(silent.least(Slot::SignOff, RiskLevel::Low), Signed);
}

#[test]
fn authorities_depend_on_every_section_and_a_role_without_a_list_too() {
    let policy = starter();
    for role in [Role::Cto, Role::TechnicalLead, Role::ReleaseManager, Role::Auditor] {
        assert_eq!(policy.sections_for(role), PlanSection::ALL.to_vec());
    }
    assert!(!policy.sections_for(Role::Security).contains(&PlanSection::Training));
}

#[test]
fn globs_match_whole_names() {
    let cases = [
        ("prod*", "production", true),
        ("prod*", "PROD", true),
        ("prod*", "preprod", false),
        ("*prod*", "preprod", true),
        ("prod", "prod-eu", false),
        ("prod-??", "prod-eu", true),
        ("prod-??", "prod-eur", false),
        ("*", "", true),
        ("", "", true),
        ("", "a", false),
        ("?", "", false),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYbZ", false),
        ("**a", "bba", true),
        ("ÜBER*", "übersee", true),
    ];
    for (pattern, name, expected) in cases {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn a_hostile_glob_does_not_blow_up() {
    let started = std::time::Instant::now();
    assert!(!matches(&format!("{}c", "a*".repeat(200)), &format!("{}b", "a".repeat(2000))));
    assert!(started.elapsed().as_secs() < 2);
}

proptest::proptest! {
    #[test]
    fn a_star_at_the_end_is_a_prefix(prefix in "[a-z.+(]{0,6}", name in "[a-z.+(]{0,8}") {
        proptest::prop_assert_eq!(matches(&format!("{prefix}*"), &name), name.starts_with(&prefix));
        proptest::prop_assert!(matches("*", &name) && matches(&name, &name));
    }
}

#[test]
fn names_of_material_fields_are_unique_and_those_of_json() {
    let names: BTreeSet<&str> = MaterialField::ALL.iter().map(|f| f.name()).collect();
    assert_eq!(names.len(), MaterialField::ALL.len());
    for field in MaterialField::ALL {
        assert_eq!(serde_json::to_value(field).unwrap(), field.name());
    }
}

fn fields(change: &ChangeRequest) -> Vec<(String, Vec<u8>)> {
    starter().material_fields(change, &["backout.md".to_owned()])
}

#[test]
fn material_fields_are_sorted_and_complete() {
    let listed = fields(&change());
    assert!(listed.windows(2).all(|w| w[0].0 < w[1].0));
    let names: Vec<&str> = listed.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names.iter().filter(|n| n.starts_with("plan.")).count(), 13);
    for name in ["title", "plan.backout", "window.start", "window.zone", "author", "attachment.backout.md"] {
        assert!(names.contains(&name), "{name}");
    }
    let value = |name: &str| {
        let (_, bytes) = listed.iter().find(|(n, _)| n == name).unwrap();
        String::from_utf8(bytes.clone()).unwrap()
    };
    assert_eq!(value("window.start"), "2026-03-04T20:00:00Z");
    assert_eq!(value("kind"), "normal");
    assert_eq!(value("author"), "6");
    assert!(value("attachment.backout.md").contains("\"size\":12"));
}

#[test]
fn the_line_of_an_attachment_says_by_which_digests_its_content_is_kept() {
    let digest = crate::ids::Digest::of(b"backout");
    let named = vec!["backout.md".to_owned()];
    let fields = starter().material_fields(&change(), &named);
    let (_, line) = fields.iter().find(|(field, _)| field == "attachment.backout.md").unwrap();
    assert_eq!(attached(line), [("backout.md".to_owned(), digest)]);
    let pending = br#"{"name":"backout.md","sha256":null,"size":12}"#;
    for nothing in [&pending[..], b"", b"no JSON", b"\xff", b"{\"name\":\"a\"}"] {
        assert!(attached(nothing).is_empty(), "{nothing:?}");
    }
}

#[test]
fn every_material_edit_changes_exactly_its_fields() {
    type Case = (fn(&mut ChangeRequest), &'static [&'static str]);
    let cases: [Case; 27] = [
        (|c| c.title.push('!'), &["title"]),
        (|c| c.kind = None, &["kind"]),
        (|c| c.description = textile("other"), &["description"]),
        (|c| c.reason.push('!'), &["reason"]),
        (|c| c.affected_systems.push('!'), &["affected_systems"]),
        (|c| c.affected_applications.push('!'), &["affected_applications"]),
        (|c| c.affected_data.push('!'), &["affected_data"]),
        (|c| c.version.push('!'), &["version"]),
        (|c| c.security_scan_status.push('!'), &["security_scan_status"]),
        (|c| c.security_scan_results.push('!'), &["security_scan_results"]),
        (|c| c.environment.push('!'), &["environment"]),
        (|c| c.source_branch.push('!'), &["source_branch"]),
        (|c| c.repository.push('!'), &["repository"]),
        (|c| c.commit.push('!'), &["commit"]),
        (|c| c.artifact_digest.push('!'), &["artifact_digest"]),
        (|c| c.service.push('!'), &["service"]),
        (|c| c.deployment_method.push('!'), &["deployment_method"]),
        (|c| c.rollback_evidence.push('!'), &["rollback_evidence"]),
        (|c| c.incident.push('!'), &["incident"]),
        (|c| c.window.as_mut().unwrap().end = at(23), &["window.end"]),
        (|c| c.window = None, &["window.end", "window.start", "window.zone"]),
        (|c| c.requester = None, &["requester"]),
        (|c| c.deployer.as_mut().unwrap().id.push('1'), &["deployer"]),
        (|c| c.technical_lead = None, &["technical_lead"]),
        (
            |c| {
                c.plan.insert(PlanSection::Backout, textile("other"));
            },
            &["plan.backout"],
        ),
        (|c| c.attachments[0] = file("backout.md", Some("other")), &["attachment.backout.md"]),
        (|c| c.attachments.clear(), &["attachment.backout.md"]),
    ];
    for (edit, expected) in cases {
        let mut edited = change();
        edit(&mut edited);
        let (before, after) = (fields(&change()), fields(&edited));
        let changed: Vec<&str> =
            before.iter().zip(&after).filter(|(b, a)| b != a).map(|((n, _), _)| n.as_str()).collect();
        assert_eq!((changed.as_slice(), before.len()), (expected, after.len()));
    }
}

#[test]
fn immaterial_edits_change_nothing() {
    let cases: [fn(&mut ChangeRequest); 9] = [
        |c| c.status = Status { name: "Approved".to_owned(), category: Some(StatusCategory::Approved) },
        |c| c.assignee = Some(account("77", "Somebody")),
        |c| c.updated = at(9),
        |c| {
            c.journals.push(Journal {
                remote_id: "1".to_owned(),
                author: account("1", "A"),
                at: at(3),
                notes: textile("hello"),
                details: Vec::new(),
                private: false,
                own: false,
            });
        },
        |c| c.attachments.push(file("other.txt", Some("x"))),
        |c| {
            c.attachments.push(file("backout.md", Some("ours")));
            c.attachments.last_mut().unwrap().own = true;
        },
        |c| c.linked_issues.push(issue("300", Some(IssueKind::Feature), None, Some(true))),
        |c| c.author.as_mut().unwrap().name.push_str(" (married)"),
        |c| {
            c.risk_answers.insert("I1".to_owned(), "high".to_owned());
        },
    ];
    for (i, edit) in cases.iter().enumerate() {
        let mut edited = change();
        edit(&mut edited);
        assert_eq!(fields(&edited), fields(&change()), "case {i}");
    }
}

#[test]
fn a_linked_defect_is_material_and_so_is_its_end() {
    let mut open = change();
    open.linked_issues.push(issue("301", Some(IssueKind::Bug), Some(Severity::Low), Some(true)));
    let mut closed = change();
    closed.linked_issues.push(issue("301", Some(IssueKind::Bug), Some(Severity::Low), Some(false)));
    assert_ne!(fields(&change()), fields(&open));
    assert_ne!(fields(&open), fields(&closed));
    let (_, bytes) = fields(&open).into_iter().find(|(n, _)| n == "defect.301").unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), r#"{"id":"301","kind":"bug","open":true,"severity":"low"}"#);
}

#[test]
fn the_order_in_which_the_remote_lists_things_does_not_matter() {
    let mut one = change();
    one.linked_issues =
        vec![issue("1", Some(IssueKind::Bug), None, None), issue("2", Some(IssueKind::Bug), None, Some(true))];
    one.attachments = vec![file("backout.md", Some("a")), file("backout.md", Some("b"))];
    let mut other = one.clone();
    other.linked_issues.reverse();
    other.attachments.reverse();
    assert_eq!(fields(&one), fields(&other));
}

#[test]
fn attachments_are_material_when_the_plan_names_them() {
    let cases = [
        ("See backout.md.", true),
        ("See attachment:backout.md for steps", true),
        ("!backout.md!", true),
        ("(backout.md)", true),
        ("See old-backout.md", false),
        ("See backout.md.bak", false),
        ("See backout.mdx", false),
        ("See the backout", false),
        ("backout.md", true),
        ("notes only. backout.md, then rest", true),
    ];
    for (text, expected) in cases {
        let mut change = change();
        change.plan.clear();
        change.plan.insert(PlanSection::Backout, textile(text));
        let named = attachments_named_in_plan(&change);
        assert_eq!(named.iter().any(|n| n == "backout.md"), expected, "{text}");
    }
    let mut own = change();
    own.attachments[0].own = true;
    assert!(attachments_named_in_plan(&own).is_empty());
    // The description names it too, but is no part of the plan.
    let mut described = change();
    described.plan.clear();
    described.description = textile("see notes.txt");
    assert!(attachments_named_in_plan(&described).is_empty());
}
