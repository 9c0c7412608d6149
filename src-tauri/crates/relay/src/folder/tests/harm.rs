//! What people, programs and attackers do to a shared folder.
use std::os::unix::fs::symlink;

use super::*;

/// A change that somebody or some program makes to a folder, and how many damages it is told as.
type Harm = (&'static str, fn(&Drive, &Parcel), usize);

#[tokio::test]
async fn foreign_and_damaged_files_are_passed_over_or_told_and_never_stop_the_others() {
    let beside = |drive: &Drive, parcel: &Parcel, suffix: &str| {
        let mut name = drive.file(parcel).into_os_string();
        name.push(suffix);
        fs::write(name, b"x").expect("written");
    };
    let harms: [Harm; 15] = [
        ("half of it has arrived", |d, p| d.put(p, &p.bytes[..p.bytes.len() / 2]), 1),
        ("an empty file", |d, p| d.put(p, b""), 1),
        ("other bytes of the same length", |d, p| d.put(p, &vec![b'x'; p.bytes.len()]), 1),
        ("another entry under its name", |d, p| d.put(p, &entry(999)), 1),
        ("too large for its kind", |d, p| d.put(p, &vec![b' '; (1 << 20) + 1]), 1),
        (
            "a folder with its name",
            |d, p| {
                fs::remove_file(d.file(p)).expect("removed");
                fs::create_dir(d.file(p)).expect("made");
            },
            1,
        ),
        (
            "a link with its name",
            |d, p| {
                let away = d.path().join("elsewhere");
                fs::rename(d.file(p), &away).expect("moved");
                symlink(&away, d.file(p)).expect("linked");
            },
            1,
        ),
        (
            "a link to a folder of others",
            |d, p| {
                let dir = d.file(p).parent().expect("a parent").to_owned();
                let away = d.path().join("elsewhere");
                fs::rename(&dir, &away).expect("moved");
                symlink(&away, &dir).expect("linked");
            },
            1,
        ),
        (
            "in another digest's folder",
            |d, p| {
                let name = p.digest.to_string();
                let wrong = if name.starts_with("00") { "11" } else { "00" };
                let dir = d.root().join("entries").join(wrong);
                fs::create_dir_all(&dir).expect("made");
                fs::rename(d.file(p), dir.join(name)).expect("moved");
            },
            1,
        ),
        (
            "an entry among the blobs",
            |d, p| {
                let blob = Parcel { kind: ParcelKind::Blob, ..p.clone() };
                d.put(&blob, &p.bytes);
                fs::remove_file(d.file(p)).expect("removed");
            },
            1,
        ),
        ("gone", |d, p| fs::remove_file(d.file(p)).expect("removed"), 0),
        (
            "a conflict copy in its place",
            |d, p| {
                let copy = d.file(p).with_extension("sync-conflict-20261126-170000-ABCDEFG");
                fs::rename(d.file(p), copy).expect("moved");
            },
            0,
        ),
        (
            "a name in capitals",
            |d, p| {
                let name = p.digest.to_string().to_uppercase();
                fs::rename(d.file(p), d.file(p).with_file_name(format!("{name}X"))).expect("moved");
            },
            0,
        ),
        (
            "a name that is no text",
            |d, p| {
                use std::os::unix::ffi::OsStringExt as _;
                let name = std::ffi::OsString::from_vec(vec![0xff, 0xfe]);
                fs::rename(d.file(p), d.file(p).with_file_name(name)).expect("moved");
            },
            0,
        ),
        (
            "a folder of a synced-folder program",
            |d, p| {
                fs::create_dir_all(d.root().join("entries/.stversions/ab")).expect("made");
                fs::remove_file(d.file(p)).expect("removed");
            },
            0,
        ),
    ];
    for (name, harm, told) in harms {
        let drive = Drive::new();
        let sent: Vec<Parcel> = [entry(1), entry(2), document(3), blob(4)].into_iter().map(Parcel::of).collect();
        drive.relay().offer(&sent).await.expect("offered");
        let victim = &sent[0];
        for suffix in [".tmp", "~", " (conflicted copy)", ".0123456789abcdef.tmp"] {
            beside(&drive, &sent[1], suffix);
        }
        harm(&drive, victim);
        let before = drive.files();
        let came = collect_all(&drive.relay(), "", &none()).await;
        // A folder that is a link may hide another parcel whose digest begins alike.
        assert_eq!(digests(&came.parcels), digests(&sent[1..]), "{name}");
        assert_eq!(came.damaged.len(), told, "{name}: {:?}", came.damaged);
        assert!(came.damaged.iter().all(|damaged| damaged.place.contains("cabinet-") && !damaged.why.is_empty()));
        assert_eq!(drive.files(), before, "{name}: reading changes nothing");
    }
}

#[tokio::test]
async fn offering_again_heals_what_is_damaged_and_names_what_it_cannot() {
    let drive = Drive::new();
    let sent: Vec<Parcel> = [entry(1), entry(2)].into_iter().map(Parcel::of).collect();
    drive.relay().offer(&sent).await.expect("offered");
    drive.put(&sent[0], b"{");
    let relay = drive.relay();
    assert_eq!(relay.collect("", &none()).await.expect("reads").damaged.len(), 1);
    assert_eq!(relay.offer(&sent).await.expect("offered"), 1, "the damaged one was not there");
    let healed = relay.collect("", &none()).await.expect("reads");
    assert_eq!((healed.parcels.len(), healed.damaged.len()), (2, 0));
    // A folder in its place is somebody else's: it is named, and the other parcels travel.
    fs::remove_file(drive.file(&sent[0])).expect("removed");
    fs::create_dir(drive.file(&sent[0])).expect("made");
    let third = Parcel::of(entry(3));
    let refused = relay.offer(&[sent[0].clone(), third.clone()]).await.expect_err("no place");
    assert!(refused.to_string().contains(&sent[0].digest.to_string()), "{refused}");
    assert!(digests(&collect_all(&relay, "", &none()).await.parcels).contains(&third.digest));
}

#[tokio::test]
async fn a_link_in_the_place_of_a_folder_is_never_written_through() {
    let drive = Drive::new();
    let elsewhere = Drive::new();
    drive.relay().offer(&[]).await.expect("the marker");
    symlink(elsewhere.path(), drive.root().join("entries")).expect("linked");
    let refused = drive.relay().offer(&[Parcel::of(entry(1))]).await.expect_err("refused");
    assert!(matches!(refused, RelayError::Foreign { .. }), "{refused}");
    assert!(elsewhere.files().is_empty());
}
