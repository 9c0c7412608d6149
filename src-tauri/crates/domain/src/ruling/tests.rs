//! Who must rule, on what, for an edit to be immaterial.
use super::*;
use crate::gate::fixture::{at, id};

const SIGNED: Digest = Digest([1; 32]);
const EDITED: Digest = Digest([2; 32]);
const FURTHER: Digest = Digest([3; 32]);

fn body(fields: &[&str]) -> RulingBody {
    RulingBody {
        change: ChangeKey::new("CHG", 17),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        from: SIGNED,
        involved: Involved::default(),
        reason: "A typing error".to_owned(),
        to: EDITED,
    }
}

fn ruling(n: u8, who: u8, role: Role) -> Ruling {
    Ruling {
        entry: EntryId([n; 32]),
        actor: id(who),
        role: Some(role),
        claimed: at(10),
        body: body(&["title"]),
        withdrawn: None,
    }
}

#[test]
fn a_ruling_says_what_was_edited_and_why_and_never_what_is_deployed() {
    let with = |edit: fn(&mut RulingBody)| {
        let mut body = body(&["title"]);
        edit(&mut body);
        body.check()
    };
    assert_eq!(with(|_| {}), Ok(()));
    assert_eq!(with(|b| b.to = SIGNED), Err(NoRuling::NoEdit));
    assert_eq!(with(|b| b.fields.clear()), Err(NoRuling::NoField));
    assert_eq!(with(|b| b.reason = " \n".to_owned()), Err(NoRuling::NoReason));
    assert_eq!(body(&["description", "plan.backout", "title"]).check(), Ok(()));
    assert_eq!(body(&["title", "description"]).check(), Err(NoRuling::Unsorted));
    assert_eq!(body(&["title", "title"]).check(), Err(NoRuling::Unsorted));
    for field in Allowed::FIELDS {
        assert_eq!(body(&[field]).check(), Err(NoRuling::Deployed { field: field.to_owned() }));
    }
}

#[test]
fn it_takes_the_chair_and_another_person_on_the_same_edit() {
    let chair = || ruling(1, 1, Role::Chair);
    let second = || ruling(2, 2, Role::Security);
    let changed = |mut ruling: Ruling, edit: fn(&mut Ruling)| {
        edit(&mut ruling);
        ruling
    };
    for (rulings, holds, why) in [
        (vec![chair()], false, "the chair alone"),
        (vec![second(), ruling(3, 3, Role::Cto)], false, "two of whom none is the chair"),
        (vec![chair(), ruling(2, 1, Role::Chair)], false, "the chair twice"),
        (vec![chair(), ruling(2, 1, Role::Cto)], false, "the chair in another role as well"),
        (vec![chair(), second()], true, "chair and another"),
        (vec![second(), chair()], true, "in whichever order"),
        (vec![chair(), changed(second(), |r| r.body.to = FURTHER)], false, "another edit"),
        (vec![chair(), changed(second(), |r| r.body.from = FURTHER)], false, "an edit of something else"),
        (vec![chair(), changed(second(), |r| r.body.fields = vec!["reason".to_owned()])], false, "other fields"),
        (vec![chair(), changed(second(), |r| r.body.reason = "Agreed".to_owned())], true, "each has reasons"),
        (vec![chair(), changed(second(), |r| r.withdrawn = Some(EntryId([9; 32])))], false, "taken back"),
        (vec![chair(), ruling(4, 1, Role::Chair), second()], true, "said twice rules once"),
    ] {
        let found = in_force(&rulings);
        assert_eq!(found.len(), usize::from(holds), "{why}");
        assert!(found.iter().all(|ruled| ruled.before() == SIGNED && ruled.after() == EDITED), "{why}");
    }
}

#[test]
fn rulings_do_not_add_up() {
    let further = |mut ruling: Ruling| {
        (ruling.body.from, ruling.body.to) = (EDITED, FURTHER);
        ruling
    };
    let rulings = [
        ruling(1, 1, Role::Chair),
        ruling(2, 2, Role::Security),
        further(ruling(3, 1, Role::Chair)),
        further(ruling(4, 2, Role::Security)),
    ];
    let edits: Vec<_> = in_force(&rulings).iter().map(|ruled| (ruled.before(), ruled.after())).collect();
    assert_eq!(edits, [(SIGNED, EDITED), (EDITED, FURTHER)], "none from what was signed to the last edit");
}
