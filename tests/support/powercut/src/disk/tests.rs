use std::path::Path;

use super::*;
use crate::trace::Kind;

fn call(name: &str, effect: Effect) -> Call {
    Call { number: 1, kind: Some(Kind::Write), name: name.to_owned(), effect }
}

fn opened(name: &str, fd: i32, created: bool) -> Call {
    call(name, Effect::Opened { fd, created, emptied: false })
}

fn wrote(fd: i32, at: u64, data: &[u8]) -> Call {
    call("", Effect::Wrote { fd, at, data: data.to_vec() })
}

/// Every disk that hundreds of throws build from these calls, by what stands under `name`.
fn disks(before: &[(&str, &[u8])], calls: &[Call], lies: Lies, name: &str) -> BTreeSet<Option<Vec<u8>>> {
    let base = crate::folder().unwrap();
    for (name, bytes) in before {
        std::fs::create_dir_all(base.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(base.path().join(name), bytes).unwrap();
    }
    let mut disk = Disk::of(base.path(), lies).unwrap();
    calls.iter().for_each(|call| disk.play(call).unwrap());
    (0..400)
        .map(|seed| {
            let to = crate::folder().unwrap();
            disk.build(&mut Dice::new(seed), to.path()).unwrap();
            std::fs::read(to.path().join(name)).ok()
        })
        .collect()
}

fn one(bytes: &[u8]) -> BTreeSet<Option<Vec<u8>>> {
    BTreeSet::from([Some(bytes.to_vec())])
}

#[test]
fn what_was_synced_is_there_whatever_came_after_it() {
    let calls = [opened("a", 3, false), wrote(3, 0, b"new"), call("a", Effect::Synced { fd: 3 })];
    assert_eq!(disks(&[("a", b"old")], &calls, Lies::Never, "a"), one(b"new"));
    let more = [&calls[..], &[opened("b", 4, true), wrote(4, 0, b"other")]].concat();
    assert_eq!(disks(&[("a", b"old")], &more, Lies::Never, "a"), one(b"new"));
}

#[test]
fn what_was_not_synced_is_there_or_not_and_torn_at_sectors() {
    let calls = [opened("a", 3, false), wrote(3, 0, &[1; 1024])];
    let found = disks(&[("a", &[0; 1024])], &calls, Lies::Never, "a");
    let halves = [[0, 0], [0, 1], [1, 0], [1, 1]];
    let wanted = halves.map(|[a, b]| Some([[a; 512], [b; 512]].concat()));
    assert_eq!(found, BTreeSet::from(wanted), "each sector by itself");
}

#[test]
fn a_new_name_lasts_only_once_its_folder_was_synced() {
    let made = [opened("a", 3, true), wrote(3, 0, b"x"), call("a", Effect::Synced { fd: 3 })];
    let found = disks(&[], &made, Lies::Never, "a");
    assert_eq!(found, BTreeSet::from([None, Some(b"x".to_vec())]));
    let synced = [&made[..], &[opened(".", 4, false), call(".", Effect::Synced { fd: 4 })]].concat();
    assert_eq!(disks(&[], &synced, Lies::Never, "a"), one(b"x"));
}

#[test]
fn a_renamed_file_is_the_old_or_the_new_one_and_never_neither() {
    let calls = [
        opened("a.new", 3, true),
        wrote(3, 0, b"new"),
        call("a.new", Effect::Synced { fd: 3 }),
        call("a.new", Effect::Renamed { to: "a".to_owned() }),
    ];
    let found = disks(&[("a", b"old")], &calls, Lies::Never, "a");
    assert_eq!(found, BTreeSet::from([Some(b"old".to_vec()), Some(b"new".to_vec())]));
    // Renamed without a sync of its bytes, the new name may stand over nothing: the classic mistake is seen.
    let hasty = [calls[0].clone(), calls[1].clone(), calls[3].clone()];
    assert!(disks(&[("a", b"old")], &hasty, Lies::Never, "a").contains(&Some(Vec::new())));
}

#[test]
fn below_a_folder_whose_name_was_lost_there_is_nothing() {
    let calls = [
        call("d", Effect::Made),
        opened("d/a", 3, true),
        wrote(3, 0, b"x"),
        call("d/a", Effect::Synced { fd: 3 }),
        opened("d", 4, false),
        call("d", Effect::Synced { fd: 4 }),
    ];
    assert!(disks(&[], &calls, Lies::Never, "d/a").contains(&None), "its own folder was synced, the one above not");
}

#[test]
fn a_disk_that_lies_loses_what_it_said_it_kept() {
    let calls = [opened("a-wal", 3, false), wrote(3, 0, b"new"), call("a-wal", Effect::Synced { fd: 3 })];
    let found = disks(&[("a-wal", b"old")], &calls, Lies::About("-wal"), "a-wal");
    assert!(found.contains(&Some(b"old".to_vec())));
}

#[test]
fn what_cannot_be_followed_is_said() {
    let mut disk = Disk::of(Path::new(crate::folder().unwrap().path()), Lies::Never).unwrap();
    assert!(disk.play(&wrote(9, 0, b"x")).is_err());
    assert!(disk.play(&opened("nowhere", 3, false)).is_err());
    assert!(disk.play(&call("a", Effect::Copied)).is_err());
}
