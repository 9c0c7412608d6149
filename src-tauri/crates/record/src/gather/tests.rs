use std::sync::LazyLock;

use domain::ids::EntryId;
use domain::roster::Roster;
use proptest::prelude::*;

use super::*;
use crate::roster::RosterVersion;
use crate::statement::Subject;
use crate::testing::{CHAIR, CTO, Desk, LEAD, POLICY, running, sign_off, vote};

const DEVICE: u128 = 11;

/// A board whose policy is adopted.
fn open() -> Desk {
    let mut desk = Desk::open();
    let mut predicate = desk.predicate(CHAIR, Body::Policy { name: "starter/1".to_owned() });
    predicate.auth = domain::entry::Auth::Pin;
    let subject = Subject { name: "policy".to_owned(), sha256: Digest::of(POLICY) };
    desk.push(CHAIR, vec![subject], predicate);
    desk
}

/// A board with a second roster and some entries under each.
fn desk() -> Desk {
    let mut desk = open();
    desk.write(CTO, sign_off(1));
    desk.write(DEVICE, running());
    let mut next = desk.rosters[0].clone();
    next.version = 2;
    next.name = "Renamed".to_owned();
    desk.rosters.push(next);
    desk.adopt(2, &[CHAIR, CTO]);
    desk.write(LEAD, vote());
    desk.write(CTO, sign_off(2));
    desk
}

#[derive(Debug, Clone)]
enum Parcel {
    Roster(Vec<u8>),
    Policy(Vec<u8>),
    Envelope(Vec<u8>),
}

fn parcels(desk: &Desk) -> Vec<Parcel> {
    let rosters = desk.documents().into_iter().map(Parcel::Roster);
    let envelopes = desk.bytes().into_iter().map(|bytes| Parcel::Envelope(bytes.to_vec()));
    rosters.chain([Parcel::Policy(POLICY.to_vec())]).chain(envelopes).collect()
}

fn put(into: &mut Parcels, parcel: &Parcel) {
    let (shelf, bytes) = match parcel {
        Parcel::Roster(bytes) => (&mut into.rosters, bytes),
        Parcel::Policy(bytes) => (&mut into.policies, bytes),
        Parcel::Envelope(bytes) => (&mut into.envelopes, bytes),
    };
    shelf.insert(Digest::of(bytes), bytes.clone());
}

fn all<'p>(parcels: impl IntoIterator<Item = &'p Parcel>) -> Parcels {
    let mut into = Parcels::default();
    for parcel in parcels {
        put(&mut into, parcel);
    }
    into
}

fn root(desk: &Desk) -> RosterFingerprint {
    RosterFingerprint(RosterVersion::of(&desk.rosters[0]).expect("valid").digest())
}

fn ids(gathered: &Gathered) -> BTreeSet<EntryId> {
    gathered.entries.values().map(Entry::id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parcels_in_any_order_and_number_come_to_the_same(order in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        static DESK: LazyLock<(Desk, Checked)> = LazyLock::new(|| (desk(), Checked::keeping_entries()));
        let (desk, checked) = &*DESK;
        let every = parcels(desk);
        let mut into = Parcels::default();
        let mut before: BTreeSet<EntryId> = BTreeSet::new();
        for index in order {
            put(&mut into, index.get(&every));
            if let Ok(gathered) = gather_checked(root(desk), &into, None, checked) {
                let now = ids(&gathered);
                prop_assert!(now.is_superset(&before), "what held goes on holding");
                prop_assert!(gathered.refused.is_empty(), "nothing is refused, it waits: {:?}", gathered.refused);
                before = now;
            }
        }
        for parcel in &every {
            put(&mut into, parcel);
        }
        let gathered = gather_checked(root(desk), &into, None, checked).expect("the root is here");
        prop_assert_eq!(ids(&gathered), desk.entries.iter().map(Entry::id).collect::<BTreeSet<_>>());
        prop_assert!(gathered.waiting.is_empty() && gathered.refused.is_empty());
        prop_assert_eq!(gathered.rosters, desk.chain());
    }
}

#[test]
fn an_entry_waits_for_its_roster_its_key_and_its_policy_and_then_holds() {
    let desk = desk();
    let every = parcels(&desk);
    let without = |left_out: &dyn Fn(&Parcel) -> bool| all(every.iter().filter(|parcel| !left_out(parcel)));
    let second = desk.documents().remove(1);
    let no_second = without(&|parcel| matches!(parcel, Parcel::Roster(bytes) if *bytes == second));
    let gathered = gather(root(&desk), &no_second, None).expect("the root is here");
    let waiting: Vec<Code> = gathered.waiting.values().map(|refusal| refusal.code).collect();
    assert_eq!(waiting, [Code::RosterUnknown; 2], "the two entries under roster 2");
    assert_eq!(gathered.rosters.versions().len(), 1);

    let no_policy = without(&|parcel| matches!(parcel, Parcel::Policy(_)));
    let gathered = gather(root(&desk), &no_policy, None).expect("the root is here");
    assert!(gathered.entries.is_empty() && gathered.waiting.values().all(|refusal| refusal.code == Code::Policy));

    let unadopted = without(
        &|parcel| matches!(parcel, Parcel::Envelope(bytes) if Entry::parse(bytes).expect("an entry").statement().kind() == "policy"),
    );
    let gathered = gather(root(&desk), &unadopted, None).expect("the root is here");
    assert!(gathered.entries.is_empty(), "a policy that nobody adopted is a file");

    let no_adoption = all(every.iter().filter(|parcel| {
        !matches!(parcel, Parcel::Envelope(bytes) if Entry::parse(bytes).expect("an entry").statement().kind() == "roster"
            && Entry::parse(bytes).expect("an entry").statement().subjects[0].name == "roster 2")
    }));
    let gathered = gather(root(&desk), &no_adoption, None).expect("the root is here");
    assert_eq!(gathered.rosters.versions().len(), 1, "a document that nobody signed is only a proposal");
    assert_eq!(gathered.waiting.len(), 2);
    assert!(gather(root(&desk), &all(&every), None).expect("all").waiting.is_empty(), "then it holds");
}

#[test]
fn nothing_can_be_said_without_the_root() {
    let desk = desk();
    let every = parcels(&desk);
    let first = desk.documents().remove(0);
    let rootless = all(every.iter().filter(|parcel| !matches!(parcel, Parcel::Roster(bytes) if *bytes == first)));
    assert_eq!(gather(root(&desk), &rootless, None).expect_err("no root").code, Code::RosterRoot);
    let unsigned = all(every.iter().filter(|parcel| !matches!(parcel, Parcel::Envelope(_))));
    assert_eq!(gather(root(&desk), &unsigned, None).expect_err("not signed").code, Code::RosterThreshold);
    let other = RosterFingerprint(Digest([7; 32]));
    assert_eq!(gather(other, &all(&every), None).expect_err("another board").code, Code::RosterRoot);
}

#[test]
fn what_is_refused_never_stops_the_others() {
    let desk = desk();
    let mut every = parcels(&desk);
    let honest = desk.entries.len();
    let mut torn = desk.bytes()[2].to_vec();
    torn.truncate(torn.len() / 2);
    let mut bent = String::from_utf8(desk.bytes()[2].to_vec()).expect("text");
    let at = bent.find("\"sig\":\"").expect("a signature") + 20;
    let other = if bent.as_bytes()[at] == b'A' { "B" } else { "A" };
    bent.replace_range(at..=at, other);
    let elsewhere = Desk::open_as(domain::ids::BoardId(crate::testing::id(101)));
    let bad: Vec<Vec<u8>> = vec![
        b"garbage".to_vec(),
        b"{}".to_vec(),
        torn,
        bent.into_bytes(),
        elsewhere.bytes()[0].to_vec(),
        vec![0xff; 300_000],
    ];
    let number = bad.len();
    every.extend(bad.into_iter().map(Parcel::Envelope));
    every.push(Parcel::Roster(b"no roster".to_vec()));
    every.push(Parcel::Policy(b"some policy".to_vec()));
    let gathered = gather(root(&desk), &all(&every), None).expect("the root is here");
    assert_eq!(gathered.entries.len(), honest);
    assert_eq!(gathered.refused.len() + gathered.waiting.len(), number, "{:?}", gathered.waiting);
    assert!(gathered.refused.values().any(|refusal| refusal.code == Code::OtherBoard));
}

/// Adds a rival second version, signed by `signers` after what the board had before any.
fn rivals(signers: [&[u128]; 2]) -> (Desk, [Roster; 2]) {
    let mut desk = open();
    let before = desk.entries.clone();
    let names = ["The one", "The other"];
    let versions = names.map(|name| {
        let mut next = desk.rosters[0].clone();
        next.version = 2;
        next.name = name.to_owned();
        next
    });
    let mut known = before;
    for (version, signers) in versions.iter().zip(signers) {
        desk.rosters.truncate(1);
        desk.rosters.push(version.clone());
        let from = desk.entries.len();
        desk.adopt_after(&known, 2, signers);
        known.extend(desk.entries[from..].iter().cloned());
    }
    (desk, versions)
}

#[test]
fn a_proposal_that_too_few_signed_is_not_in_the_chain() {
    let (desk, [one, other]) = rivals([&[CHAIR], &[CHAIR, CTO]]);
    let mut every = parcels(&desk);
    every.extend([&one, &other].map(|r| Parcel::Roster(RosterVersion::of(r).expect("valid").bytes().to_vec())));
    let gathered = gather(root(&desk), &all(&every), None).expect("the root is here");
    assert_eq!(gathered.rosters.current().roster().name, "The other", "however its digest compares");
    assert_eq!(gathered.entries.len(), desk.entries.len(), "the proposal's signature stays in the record");
    let (desk, [one, other]) = rivals([&[CHAIR, CTO], &[CTO]]);
    let mut every = parcels(&desk);
    every.extend([&one, &other].map(|r| Parcel::Roster(RosterVersion::of(r).expect("valid").bytes().to_vec())));
    let gathered = gather(root(&desk), &all(&every), None).expect("the root is here");
    assert_eq!(gathered.rosters.current().roster().name, "The one");
}

#[test]
fn of_two_successors_every_reader_takes_the_same() {
    let (desk, rosters) = rivals([&[CHAIR, CTO], &[CTO, CHAIR]]);
    let documents = rosters.map(|roster| RosterVersion::of(&roster).expect("valid"));
    let smaller = documents.iter().min_by_key(|version| version.digest()).expect("two").reference();
    for order in [[0, 1], [1, 0]] {
        let mut every = parcels(&desk);
        every.extend(order.map(|n| Parcel::Roster(documents[n].bytes().to_vec())));
        let gathered = gather(root(&desk), &all(every.iter().rev()), None).expect("the root is here");
        assert_eq!(gathered.rosters.current().reference(), smaller);
        assert_eq!(gathered.entries.len(), desk.entries.len());
    }
}

#[test]
fn rules_of_the_board_are_asked_of_every_parcel() {
    let desk = desk();
    let no_sign_offs = |entry: &Entry, _: &domain::entry::Predicate, _: &Roster, _: Option<&Policies>| {
        if entry.statement().kind() == "sign_off" {
            return Err(Refusal::new(Code::Duties, "nobody signs today", "predicate.body"));
        }
        Ok(())
    };
    let gathered = gather(root(&desk), &all(&parcels(&desk)), Some(&no_sign_offs)).expect("the root is here");
    assert_eq!(gathered.refused.values().map(|r| r.code).collect::<Vec<_>>(), [Code::Duties; 2]);
}

#[test]
fn a_signature_checked_once_is_not_checked_again_and_judged_anew_all_the_same() {
    let mut desk = desk();
    let checked = Checked::default();
    let every = all(&parcels(&desk));
    let gathered = gather_checked(root(&desk), &every, None, &checked).expect("the root is here");
    assert_eq!(checked.len(), desk.entries.len(), "each once, those that adopt rosters as well");
    let again = gather_checked(root(&desk), &every, None, &checked).expect("the root is here");
    assert_eq!(again.entries, gathered.entries);
    assert_eq!(checked.len(), desk.entries.len());

    // Another byte is another envelope: it is verified, refused, and not remembered.
    let whole = String::from_utf8(desk.bytes()[2].to_vec()).expect("text");
    let at = whole.find("\"sig\":\"").expect("a signature") + 20;
    let mut bent = whole.clone();
    bent.replace_range(at..=at, if whole.as_bytes()[at] == b'A' { "B" } else { "A" });
    let mut with_bent = every.clone();
    put(&mut with_bent, &Parcel::Envelope(bent.into_bytes()));
    let gathered = gather_checked(root(&desk), &with_bent, None, &checked).expect("the root is here");
    assert_eq!(gathered.refused.len(), 1);
    assert_eq!(checked.len(), desk.entries.len());

    // A good signature of a key that no roster knows is as unknown as before.
    let stranger = std::mem::replace(&mut desk.lead, crate::testing::TestKey::new(99));
    let (subjects, predicate) = desk.prepare(LEAD, vote());
    let strange = desk.push(LEAD, subjects, predicate);
    desk.lead = stranger;
    let mut with_stranger = every;
    put(&mut with_stranger, &Parcel::Envelope(strange.bytes().to_vec()));
    for _ in 0..2 {
        let gathered = gather_checked(root(&desk), &with_stranger, None, &checked).expect("the root is here");
        assert_eq!(gathered.waiting.values().map(|r| r.code).collect::<Vec<_>>(), [Code::KeyUnknown]);
    }
}
