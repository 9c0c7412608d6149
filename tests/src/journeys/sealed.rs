//! A board whose entries are sealed to its members on their way: whoever reads the folder sees sizes and times, members read
//! the whole record however late they came, and a seal makes nothing true.
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use board::views::Role;
use board::{Cabinet, Exchanged, RelaySetting, RevocationReason, RevokeRequest};
use domain::ids::Digest;
use domain::roster::Roster;
use relay::{Parcel, Recipients};
use store::{Folder, SealedParcel, Store, StoredEntry};

use super::many_hands::{decided, joins, one_key_where, pin_of, sign_queue};
use super::ways::{amounts_to, confirms_one, entries_in, files_in, spoken_meeting};
use crate::journey::{now, own_board, sample_board};

/// The first line of a sealed parcel.
const SEALED: &[u8] = b"cabinet-sealed/1\n";

/// The files of one kind in the relay's folder.
fn parcels_in(relay: &Path, kind: &str) -> Vec<PathBuf> {
    let of_kind = |path: &PathBuf| path.components().any(|part| part.as_os_str() == kind);
    files_in(relay).into_iter().filter(of_kind).collect()
}

/// Which of the files shows one of these words to whoever opens it.
fn showing(files: &[PathBuf], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in files {
        let text = String::from_utf8_lossy(&std::fs::read(path).expect("readable")).into_owned();
        let shown = words.iter().filter(|word| text.contains(**word));
        found.extend(shown.map(|word| format!("{} shows {word:?}", path.display())));
    }
    found
}

/// Nothing is new on any of them any more, nor on its way.
async fn settled(devices: &[&Cabinet]) {
    for _ in 0..3 {
        for device in devices {
            device.finish_work().await;
            in_order(&device.exchange().await.expect("exchanged"), "settling");
        }
    }
}

fn in_order(done: &Exchanged, what: &str) {
    assert!(done.refused.is_empty() && done.unreachable.is_empty(), "{what}: {done:?}");
}

/// Another exchange changes nothing, here or there.
async fn nothing_new(device: &Cabinet, relay: &Path, who: &str) {
    let before = files_in(relay);
    let done = device.exchange().await.expect("exchanged");
    in_order(&done, who);
    assert_eq!((done.came, done.went, done.not_ours), (0, 0, 0), "{who}: {done:?}");
    assert_eq!(files_in(relay), before, "{who} adds nothing");
}

async fn opened(data: &Path) -> Store {
    Store::open(&Folder::new(data), now()).await.expect("the data folder opens")
}

/// What a device knows of the sealed parcels of the folder.
async fn noted(data: &Path, relay: &Path) -> Vec<SealedParcel> {
    let store = opened(data).await;
    let name = RelaySetting::Folder { path: relay.to_owned() }.name();
    let noted = store.sealed_parcels(&name).await.expect("readable");
    store.close().await;
    noted
}

/// The digests of everything that was shown to those who signed, as far as it is in a data folder.
async fn blobs_in(data: &Path) -> BTreeSet<Digest> {
    let store = opened(data).await;
    let blobs = store.blobs().await.expect("readable").into_iter().map(|blob| blob.digest).collect();
    store.close().await;
    blobs
}

/// To whom the newest roster of a data folder seals.
async fn recipients_in(data: &Path) -> Recipients {
    let store = opened(data).await;
    let rosters = store.rosters().await.expect("readable");
    store.close().await;
    let roster: Roster = serde_json::from_slice(&rosters.last().expect("one").bytes).expect("a roster");
    let texts: Vec<String> = roster.members.into_iter().filter_map(|member| member.sealed_to).collect();
    Recipients::of(texts.iter().map(String::as_str)).expect("keys")
}

/// Takes the files of these digests out of the folder; answers how many there were.
fn take_away(relay: &Path, digests: &BTreeSet<Digest>) -> usize {
    let named = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.parse::<Digest>().is_ok_and(|digest| digests.contains(&digest))
    };
    let files: Vec<PathBuf> = parcels_in(relay, "blobs").into_iter().filter(named).collect();
    for file in &files {
        std::fs::remove_file(file).expect("removed");
    }
    files.len()
}

/// Puts a parcel into the folder, as anybody can who may write there.
fn put(relay: &Path, parcel: &Parcel) {
    let one = parcels_in(relay, "blobs").into_iter().next().expect("some lie there");
    let blobs = one.parent().and_then(Path::parent).expect("blobs/aa/digest");
    let name = parcel.digest.to_string();
    let folder = blobs.join(&name[..2]);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(&name), &parcel.bytes).expect("written");
}

fn ids(entries: &[StoredEntry]) -> BTreeSet<domain::ids::EntryId> {
    entries.iter().map(|entry| entry.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_folder_reads_no_entry_and_every_member_reads_all_also_who_came_later() {
    let (journey, relay) = one_key_where(true).await;
    let chair = &journey.cabinet;
    let policy = chair.app_status().await.expect("a status").board.expect("a board").policy_label;
    assert_eq!(policy, "starter-sealed 1");
    let (meeting, changes) = decided(&journey, 2).await;
    let mut titles = Vec::new();
    for change in &changes {
        titles.push(journey.change(change).await.row.title);
    }
    chair.finish_work().await;
    chair.exchange().await.expect("sealed to the chair alone");
    let home = journey.folder.path().to_owned();
    let (data, lead_data, later_data) = (journey.data_dir(), home.join("lead"), home.join("later"));
    let (lead, lead_id) = joins(&journey, Role::TechnicalLead, &lead_data, &relay).await;
    lead.open_sample(sample_board(&journey.server)).await.expect("connected and synced");
    let members = lead.members().await.expect("readable");
    let name = members.into_iter().find(|m| m.member.id == lead_id).expect("the lead").member.name;
    let signed = sign_queue(&lead, &meeting, &lead_id, pin_of(&name)).await;
    assert!(signed >= 1, "the lead signs what is not their own change");
    settled(&[&lead, chair]).await;

    let sealed = parcels_in(&relay, "blobs");
    assert!(parcels_in(&relay, "entries").is_empty() && !sealed.is_empty(), "nothing lies there as an entry");
    for path in &sealed {
        assert!(std::fs::read(path).expect("readable").starts_with(SEALED), "{}", path.display());
    }
    let mut words = vec!["\"payload\"", "in-toto", "urn:x-cabinet", name.as_str()];
    words.extend(titles.iter().chain(&changes).map(String::as_str));
    assert_eq!(showing(&sealed, &words), Vec::<String>::new());
    let documents = parcels_in(&relay, "documents");
    assert!(!showing(&documents, &[name.as_str()]).is_empty(), "the roster lies there for who joins");
    assert_eq!(amounts_to(&lead).await, amounts_to(chair).await);
    let closed = noted(&lead_data, &relay).await.into_iter().filter(|parcel| parcel.plain.is_none()).count();
    assert!(closed > 0, "what was sealed to the chair alone stays closed");
    for (who, device) in [("the lead", &lead), ("the chair", chair), ("the lead again", &lead)] {
        nothing_new(device, &relay, who).await;
    }

    // Who is admitted now gets everything, sealed anew; from then on nothing is given twice.
    let (later, _) = joins(&journey, Role::Security, &later_data, &relay).await;
    settled(&[&later, chair, &lead]).await;
    let all = entries_in(&data).await;
    assert_eq!(ids(&entries_in(&later_data).await), ids(&all));
    let shown = blobs_in(&later_data).await;
    let sign_offs: Vec<&StoredEntry> = all.iter().filter(|entry| entry.kind == "sign_off").collect();
    assert!(
        !sign_offs.is_empty() && sign_offs.iter().all(|entry| shown.contains(&entry.subject)),
        "what was shown, too"
    );
    for device in [&later, chair, &lead] {
        assert!(device.problems().await.expect("readable").is_empty(), "nothing is wrong");
        assert_eq!(amounts_to(device).await, amounts_to(&later).await);
    }
    for (who, device) in [("the newcomer", &later), ("the lead", &lead), ("the chair", chair)] {
        nothing_new(device, &relay, who).await;
    }
    assert_eq!(showing(&parcels_in(&relay, "blobs"), &words), Vec::<String>::new());
    chair.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_vanishes_is_named_and_given_again_and_what_a_stranger_seals_is_refused_and_harms_nothing() {
    let (journey, relay) = one_key_where(true).await;
    let chair = &journey.cabinet;
    spoken_meeting(&journey).await;
    let lead_data = journey.folder.path().join("lead");
    let (lead, lead_id) = joins(&journey, Role::TechnicalLead, &lead_data, &relay).await;
    confirms_one(&lead, &lead_id).await;
    settled(&[&lead, chair]).await;
    let before = amounts_to(&lead).await;
    let mut written = entries_in(&lead_data).await;
    written.retain(|entry| entry.kind == "affirmation");
    let [own] = written.as_slice() else { panic!("one entry of the lead's own: {written:?}") };
    let plain = Some(Digest::of(&own.envelope));

    for (who, device) in [("its author", &lead), ("another", chair)] {
        let sealed = noted(&lead_data, &relay).await.into_iter().filter(|parcel| parcel.plain == plain);
        let vanished = take_away(&relay, &sealed.map(|parcel| parcel.sealed).collect());
        assert!(vanished > 0, "it lay there");
        let done = device.exchange().await.expect("exchanged");
        let [told] = done.refused.as_slice() else { panic!("{who} names one: {done:?}") };
        assert!(told.contains(&format!("entry {}", own.id.short())) && told.contains("gone from it"), "{who}: {told}");
        assert_eq!(done.went, 1, "{who} gives it again: {done:?}");
        settled(&[&lead, chair]).await;
        nothing_new(device, &relay, who).await;
    }

    // Sealed to the members, inside an entry of another board and something that is nothing; and sealed to nobody here.
    let other = tempfile::tempdir().expect("a folder");
    let strange = own_board(&other.path().join("data"), sample_board(&journey.server)).await;
    strange.finish_work().await;
    let foreign = entries_in(&other.path().join("data")).await.remove(0);
    let (members, strangers) = (recipients_in(&lead_data).await, recipients_in(&other.path().join("data")).await);
    let cut = members.seal(b"cut").expect("sealed").bytes;
    let parcels = [
        members.seal(&foreign.envelope).expect("sealed"),
        members.seal(b"nothing at all").expect("sealed"),
        strangers.seal(&own.envelope).expect("sealed"),
        Parcel::of(cut[..cut.len() - 1].to_vec()),
    ];
    for parcel in &parcels {
        put(&relay, parcel);
    }
    for (who, device) in [("the lead", &lead), ("the chair", chair)] {
        let done = device.exchange().await.expect("one parcel is no reason to stop");
        assert_eq!((done.came, done.went, done.not_ours), (0, 0, 2), "{who}: {done:?}");
        let held = device.record().await.expect("readable").held;
        let place = format!("entry {}", foreign.id.short());
        assert!(held.iter().any(|kept| kept.why.contains(&place)), "{who} keeps it apart: {held:?}");
        let again = device.exchange().await.expect("exchanged");
        assert_eq!((again.came, again.went, again.not_ours), (0, 0, 0), "{who} passes it over: {again:?}");
        assert!(device.problems().await.expect("readable").is_empty(), "{who}");
        assert_eq!(amounts_to(device).await, before, "{who}");
    }
    chair.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_revoked_reads_nothing_that_is_sealed_afterwards() {
    let (journey, relay) = one_key_where(true).await;
    let chair = &journey.cabinet;
    let home = journey.folder.path().to_owned();
    let (lead_data, data) = (home.join("lead"), journey.data_dir());
    let (lead, lead_id) = joins(&journey, Role::TechnicalLead, &lead_data, &relay).await;
    settled(&[&lead, chair]).await;
    let known = ids(&entries_in(&lead_data).await);
    let by = journey.member(Role::Chair).await;
    let request = RevokeRequest {
        member: lead_id,
        reason: RevocationReason::Left,
        from: None,
        pin: journey.pin(&by).await.into(),
        by,
    };
    assert!(chair.revoke(request).await.expect("revoked"), "in force at once");
    spoken_meeting(&journey).await;
    chair.finish_work().await;
    chair.exchange().await.expect("sent");
    let done = lead.exchange().await.expect("no error of the whole");
    assert!(done.came == 0 && done.not_ours > 0, "{done:?}");
    assert_eq!(ids(&entries_in(&lead_data).await), known, "what the lead had stays");
    assert!(ids(&entries_in(&data).await).len() > known.len());
    nothing_new(&lead, &relay, "the one who left").await;
    chair.finish_work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_further_device_reads_what_is_sealed_to_the_key_in_its_enrolment() {
    let (journey, relay) = one_key_where(true).await;
    let chair = &journey.cabinet;
    spoken_meeting(&journey).await;
    let data = journey.folder.path().join("second");
    let (second, _) = joins(&journey, Role::Chair, &data, &relay).await;
    settled(&[&second, chair]).await;
    let all = entries_in(&journey.data_dir()).await;
    assert_eq!(
        ids(&entries_in(&data).await),
        ids(&all),
        "the roster names one exchange key a member, and this is another"
    );
    assert_eq!(amounts_to(&second).await, amounts_to(chair).await);
    for (who, device) in [("the second device", &second), ("the first", chair)] {
        nothing_new(device, &relay, who).await;
    }
    chair.finish_work().await;
}
