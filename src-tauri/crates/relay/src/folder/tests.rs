use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::testing::{blob, board, collect_all, digests, document, entry, parcels};

mod harm;

struct Drive {
    folder: tempfile::TempDir,
}

impl Drive {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn relay(&self) -> FolderRelay {
        FolderRelay::open(self.path(), board()).expect("opens")
    }

    fn root(&self) -> PathBuf {
        self.path().join(format!("cabinet-{}", board()))
    }

    fn file(&self, parcel: &Parcel) -> PathBuf {
        let name = parcel.digest.to_string();
        self.root().join(parcel.kind.folder()).join(&name[..2]).join(name)
    }

    /// Puts bytes where a parcel belongs.
    fn put(&self, parcel: &Parcel, bytes: &[u8]) {
        let file = self.file(parcel);
        fs::create_dir_all(file.parent().expect("a parent")).expect("made");
        fs::write(file, bytes).expect("written");
    }

    /// Every file in it, with its bytes.
    fn files(&self) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
        let mut files = std::collections::BTreeMap::new();
        let mut open = vec![self.path().to_owned()];
        while let Some(dir) = open.pop() {
            for entry in fs::read_dir(dir).expect("reads") {
                let entry = entry.expect("an entry");
                let kind = entry.file_type().expect("a type");
                if kind.is_dir() {
                    open.push(entry.path());
                } else if kind.is_file() {
                    files.insert(entry.path(), fs::read(entry.path()).expect("reads"));
                }
            }
        }
        files
    }
}

fn none() -> BTreeSet<Digest> {
    BTreeSet::new()
}

#[tokio::test]
async fn what_one_offers_the_other_collects_once() {
    let drive = Drive::new();
    let sent = parcels(0, 30);
    assert_eq!(drive.relay().offer(&sent).await.expect("offered"), 30);
    assert_eq!(drive.relay().offer(&sent).await.expect("again"), 0, "idempotent");
    let came = collect_all(&drive.relay(), "", &none()).await;
    assert_eq!((came.parcels.len(), came.damaged.len()), (30, 0));
    assert_eq!(digests(&came.parcels), digests(&sent));
    assert!(came.parcels.iter().all(|parcel| sent.contains(parcel)), "with the same kinds and bytes");
    let kinds: Vec<ParcelKind> = came.parcels.iter().map(|parcel| parcel.kind).collect();
    assert!(kinds.is_sorted_by_key(|kind| list::rank((*kind, Digest([0; 32])))), "what judges comes first: {kinds:?}");
    let again = collect_all(&drive.relay(), &came.cursor, &digests(&sent)).await;
    assert!(again.parcels.is_empty(), "never what is known");
}

#[tokio::test]
async fn the_names_are_the_digests_and_nothing_else_is_left_behind() {
    let drive = Drive::new();
    let sent = parcels(0, 6);
    drive.relay().offer(&sent).await.expect("offered");
    let mut expected: BTreeSet<PathBuf> = sent.iter().map(|parcel| drive.file(parcel)).collect();
    expected.insert(drive.root().join("cabinet-relay.json"));
    let files = drive.files();
    assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), expected);
    let marker = format!(r#"{{"board":"{}","schema":"urn:x-cabinet:relay:1"}}"#, board());
    assert_eq!(files[&drive.root().join("cabinet-relay.json")], marker.as_bytes());
}

#[tokio::test]
async fn a_folder_that_is_empty_or_not_there_is_no_news() {
    let drive = Drive::new();
    let empty = Collected::default();
    assert_eq!(drive.relay().collect("", &none()).await.expect("empty"), empty);
    let away = FolderRelay::open(&drive.path().join("away"), board()).expect("opens");
    assert_eq!(away.collect("", &none()).await.expect("away"), empty);
    assert!(!away.wait(Duration::ZERO).await.expect("waits"));
    let offered = away.offer(&parcels(0, 1)).await.expect_err("nowhere to write");
    assert!(offered.is_absence(), "{offered}");
    assert!(!drive.path().join("away").exists(), "a chosen folder is never made");
}

#[tokio::test]
async fn an_unmounted_drive_is_not_written_to_and_takes_nothing_away() {
    let drive = Drive::new();
    let sent = parcels(0, 3);
    let relay = drive.relay();
    relay.offer(&sent).await.expect("offered");
    let cursor = relay.collect("", &none()).await.expect("collected").cursor;
    // The mount point without its drive.
    let away = drive.path().with_extension("away");
    fs::rename(drive.path(), &away).expect("moved");
    fs::create_dir(drive.path()).expect("an empty folder");
    let told_by_cursor = drive.relay();
    let came = told_by_cursor.collect(&cursor, &digests(&sent)).await.expect("no news");
    assert_eq!((came.parcels.len(), came.cursor.as_str()), (0, cursor.as_str()));
    for relay in [relay, told_by_cursor, drive.relay().expecting_marker(true)] {
        let refused = relay.offer(&parcels(9, 1)).await.expect_err("not mounted");
        assert!(refused.is_absence(), "{refused}");
    }
    assert!(drive.files().is_empty(), "nothing was written into the mount point");
    fs::remove_dir(drive.path()).expect("empty");
    fs::rename(&away, drive.path()).expect("mounted again");
    assert_eq!(drive.relay().expecting_marker(true).offer(&parcels(9, 1)).await.expect("offered"), 1);
}

#[tokio::test]
async fn the_marker_of_another_board_or_half_a_marker_stops_writing_and_not_reading() {
    let drive = Drive::new();
    let sent = parcels(0, 3);
    drive.relay().offer(&sent).await.expect("offered");
    let marker = drive.root().join("cabinet-relay.json");
    for bytes in [&b"{"[..], b"", br#"{"board":"other","schema":"urn:x-cabinet:relay:1"}"#, &[b'x'; 9000]] {
        fs::write(&marker, bytes).expect("written");
        let refused = drive.relay().offer(&parcels(9, 1)).await.expect_err("refused");
        assert!(matches!(refused, RelayError::Foreign { .. }), "{refused}");
        let came = drive.relay().collect("", &none()).await.expect("reads");
        assert_eq!((came.parcels.len(), came.damaged.len()), (3, 1), "{:?}", came.damaged);
    }
}

#[tokio::test]
async fn what_travels_nowhere_is_named_and_does_not_keep_the_others_out() {
    let drive = Drive::new();
    let good = Parcel::of(entry(1));
    let lying = Parcel { digest: Digest::of(b"other"), ..good.clone() };
    let large = Parcel::of(vec![0; crate::parcel::GREATEST_BYTES + 1]);
    let lied = drive.relay().offer(&[lying, good.clone()]).await.expect_err("refused");
    assert!(matches!(lied, RelayError::Mislabelled { .. }), "{lied}");
    assert_eq!(drive.relay().collect("", &none()).await.expect("collected").parcels, std::slice::from_ref(&good));
    let too_large = drive.relay().offer(&[large]).await.expect_err("refused");
    assert!(matches!(too_large, RelayError::TooLarge { .. }), "{too_large}");
    assert_eq!(drive.files().len(), 2, "the good one and the marker");
    // What a parcel calls itself does not matter: its bytes do.
    let misnamed = Parcel { kind: ParcelKind::Blob, ..good };
    assert_eq!(drive.relay().offer(&[misnamed]).await.expect("offered"), 0, "it is there, as what it is");
}

#[tokio::test]
async fn what_was_taken_away_can_be_told_and_what_is_not_mounted_is_not_taken_away() {
    let drive = Drive::new();
    let sent = parcels(0, 6);
    let relay = drive.relay();
    relay.offer(&sent).await.expect("offered");
    let known = digests(&sent);
    let names = |parcels: &[Parcel]| -> BTreeSet<(ParcelKind, Digest)> {
        parcels.iter().map(|parcel| (parcel.kind, parcel.digest)).collect()
    };
    assert_eq!(relay.collect("", &known).await.expect("collected").there, Some(names(&sent)));
    fs::remove_file(drive.file(&sent[0])).expect("removed");
    assert_eq!(relay.collect("", &known).await.expect("collected").there, Some(names(&sent[1..])));
    fs::remove_file(drive.root().join("cabinet-relay.json")).expect("removed");
    assert_eq!(relay.collect("", &known).await.expect("collected").there, None, "not the place, or not mounted");
}

#[tokio::test]
async fn a_path_that_is_not_absolute_is_refused() {
    assert!(matches!(FolderRelay::open(Path::new("shared"), board()), Err(RelayError::Address { .. })));
}

#[tokio::test]
async fn what_does_not_fit_into_one_answer_comes_in_the_next_even_if_it_is_not_kept() {
    let drive = Drive::new();
    let sent = parcels(0, 50);
    drive.relay().offer(&sent).await.expect("offered");
    let relay = drive.relay().with_batch(Batch { bytes: 1 << 20, parcels: 7 });
    let (mut cursor, mut came, mut answers) = (String::new(), BTreeSet::new(), 0);
    loop {
        // The caller knows nothing, as one that refuses everything and forgets to say so.
        let some = relay.collect(&cursor, &none()).await.expect("collects");
        assert!(some.parcels.len() <= 7);
        came.extend(digests(&some.parcels));
        (cursor, answers) = (some.cursor, answers + 1);
        if !some.more {
            break;
        }
    }
    assert_eq!((came, answers), (digests(&sent), 8));
    assert!(relay.wait(Duration::ZERO).await.expect("waits"), "what arrived meanwhile was not looked at");
    let small = drive.relay().with_batch(Batch { bytes: 1, parcels: 100 });
    let one = small.collect("", &none()).await.expect("collects");
    assert_eq!((one.parcels.len(), one.more), (1, true), "one always fits");
}

#[tokio::test]
async fn waiting_notices_what_another_device_puts_there_and_what_heals() {
    let drive = Drive::new();
    let relay = drive.relay();
    let patience = Duration::from_secs(60);
    assert!(!relay.wait(Duration::ZERO).await.expect("waits"), "nothing is there");
    let sent: Vec<Parcel> = [entry(1), entry(2)].into_iter().map(Parcel::of).collect();
    let (woken, offered) = tokio::join!(relay.wait(patience), async { drive.relay().offer(&sent[..1]).await });
    assert!(woken.expect("waits") && offered.is_ok());
    assert!(relay.wait(Duration::ZERO).await.expect("waits"), "until it is collected");
    relay.collect("", &none()).await.expect("collected");
    assert!(!relay.wait(Duration::ZERO).await.expect("waits"), "then it is known");
    // Half a file, as a program that synchronises may leave it for a while under its final name.
    drive.put(&sent[1], &sent[1].bytes[..20]);
    assert!(relay.wait(Duration::ZERO).await.expect("waits"), "a new name");
    let known = digests(&sent[..1]);
    assert_eq!(relay.collect("", &known).await.expect("collected").damaged.len(), 1);
    assert!(!relay.wait(Duration::ZERO).await.expect("waits"), "damage is told once");
    assert_eq!(relay.collect("", &known).await.expect("collected").damaged.len(), 1, "and again when it is met");
    let (woken, ()) = tokio::join!(relay.wait(patience), async { drive.put(&sent[1], &sent[1].bytes) });
    assert!(woken.expect("waits"), "the rest has arrived");
    assert_eq!(relay.collect("", &known).await.expect("collected").parcels, sent[1..]);
    assert!(!relay.wait(Duration::ZERO).await.expect("waits"));
}

#[tokio::test]
async fn two_boards_in_one_folder_do_not_see_each_other() {
    let drive = Drive::new();
    let other = FolderRelay::open(drive.path(), BoardId(uuid::Uuid::from_u128(8))).expect("opens");
    drive.relay().offer(&parcels(0, 3)).await.expect("offered");
    assert!(other.collect("", &none()).await.expect("collected").parcels.is_empty());
    assert_eq!(other.offer(&parcels(0, 3)).await.expect("offered"), 3);
}

#[test]
fn fifty_thousand_known_names_are_listed_without_reading_one() {
    let drive = Drive::new();
    let count = crate::testing::counted(2_000, 50_000);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        drive.relay().offer(&[]).await.expect("the marker");
        // Empty files under all names: whoever reads one finds damage.
        let mut known = BTreeSet::new();
        for n in 0..count {
            let parcel = Parcel::of(entry(n));
            let file = drive.file(&parcel);
            fs::create_dir_all(file.parent().expect("a parent")).expect("made");
            fs::write(file, b"").expect("written");
            known.insert(parcel.digest);
        }
        let came = drive.relay().collect("", &known).await.expect("collected");
        assert_eq!((came.parcels.len(), came.damaged.len(), came.more), (0, 0, false), "none was judged");
        known.pop_first();
        assert_eq!(drive.relay().collect("", &known).await.expect("collected").damaged.len(), 1, "the one unknown");
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::testing::counted(32, 1_000)))]

    /// Devices that offer and collect in any order, with batches of any size, end with everything that anybody had.
    #[test]
    fn whatever_the_order_everybody_ends_with_everything(steps in proptest::collection::vec((0usize..3, 0u32..40, 1usize..9), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let drive = Drive::new();
            let mut devices: Vec<(BTreeSet<Digest>, String)> = vec![Default::default(); 3];
            let mut all = BTreeSet::new();
            for (device, n, batch) in steps {
                let relay = drive.relay().with_batch(Batch { bytes: 1 << 20, parcels: batch });
                let (known, cursor) = &mut devices[device];
                if n % 2 == 0 {
                    let parcel = Parcel::of(entry(n));
                    all.insert(parcel.digest);
                    known.insert(parcel.digest);
                    relay.offer(&[parcel]).await.expect("offered");
                } else {
                    let some = relay.collect(cursor, known).await.expect("collected");
                    known.extend(digests(&some.parcels));
                    *cursor = some.cursor;
                }
            }
            for (known, cursor) in devices {
                let rest = collect_all(&drive.relay(), &cursor, &known).await;
                // A collection that was in the middle goes on, and the next one begins anew.
                let mut known: BTreeSet<Digest> = known.union(&digests(&rest.parcels)).copied().collect();
                let again = collect_all(&drive.relay(), &rest.cursor, &known).await;
                known.extend(digests(&again.parcels));
                assert_eq!(known, all);
            }
        });
    }
}
