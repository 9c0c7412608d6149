//! Five members on five data folders: two folders, a real PostgreSQL and sealed packs between them. What travels is lost,
//! comes twice and in any order, and two of the members have written two histories. They all end with the same record.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use board::views::{ForkRow, Role};
use board::{ACCEPTANCE, AdmitRequest, Cabinet, InviteRequest, JoinRequest, PackRequest, RelaySetting};

use super::super::many_hands::{one_key, pin_of};
use super::super::ways::{Way, amounts_to, confirms_one, copied, files_in, joins_through, spoken_meeting};
use super::{Database, TABLE};
use crate::journey::{Journey, options};

/// The devices, and the copies of two of them that somebody started by mistake.
const CHAIR: &str = "data";
const LEAD: &str = "lead";
const SECURITY: &str = "security";
const SERVICE: &str = "service";
const CTO: &str = "cto";
const COPIED: [&str; 2] = [LEAD, SERVICE];
const FIVE: [&str; 5] = [CHAIR, LEAD, SECURITY, SERVICE, CTO];

/// A sequence of numbers that looks random, the same for each seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.below(of.len())) }
    }
}

/// Five members who have each other's keys and a meeting behind them, each in a folder of its own.
/// Answers the journey's server with the folder, each member's id by device, and a change.
async fn founded() -> (sample::Running, tempfile::TempDir, BTreeMap<&'static str, String>, String) {
    let (journey, folder) = one_key().await;
    let change = journey.approvable().await[0].clone();
    spoken_meeting(&journey).await;
    let home = journey.folder.path().to_owned();
    let mut ids = BTreeMap::from([(CHAIR, journey.member(Role::Chair).await)]);
    let mut others = Vec::new();
    for (device, role) in [(LEAD, Role::TechnicalLead), (SECURITY, Role::Security), (SERVICE, Role::ServiceManager)] {
        let way = Way::Folder(folder.clone());
        let (cabinet, id) = joins_through(&journey, role, &home.join(device), &way).await;
        ids.insert(device, id);
        others.push((device, cabinet));
    }
    let (cto, id) = by_file(&journey, &home.join(CTO)).await;
    let request = PackRequest { to: id.clone(), changes: vec![change.clone()], good_for_hours: Some(48) };
    let pack = journey.cabinet.make_pack(request).await.expect("a pack");
    cto.open_pack(pack.file).await.expect("opened");
    ids.insert(CTO, id);
    others.push((CTO, cto));
    journey.cabinet.exchange().await.expect("the newest roster goes out");
    for (device, cabinet) in &others {
        if *device != CTO {
            cabinet.exchange().await.expect("everybody's keys");
        }
    }
    let Journey { server, cabinet, folder } = journey;
    for device in others.iter().map(|(_, device)| device).chain([&cabinet]) {
        device.finish_work().await;
    }
    (server, folder, ids, change)
}

/// The CTO, whose machine meets no relay, is invited and admitted by files.
async fn by_file(journey: &Journey, data: &Path) -> (Cabinet, String) {
    let member = journey.member(Role::Cto).await;
    let invited = journey.cabinet.invite(InviteRequest::Member(member.clone())).await.expect("invited");
    let own = Cabinet::open(options(data)).await.expect("an empty folder opens");
    let join = JoinRequest {
        invitation: invited.file,
        pin: pin_of(&invited.name).to_owned().into(),
        accepted: ACCEPTANCE.to_owned(),
        relays: Some(Vec::new()),
        replace: false,
    };
    let joined = own.join(join).await.expect("joined");
    let asked = journey.cabinet.receive_enrolment(&joined.file).await.expect("handed over");
    let by = journey.member(Role::Chair).await;
    let admit = AdmitRequest {
        enrolment: asked.enrolment,
        pin: journey.pin(&by).await.into(),
        by,
        checked: "in person".to_owned(),
        hold_root: false,
    };
    assert!(journey.cabinet.admit(admit).await.expect("admitted"));
    (own, member)
}

/// One order of delivery.
struct Order {
    home: PathBuf,
    database: Database,
    devices: BTreeMap<String, Cabinet>,
    cto: String,
    change: String,
    /// Packs on their way, which may arrive late, twice or never: out to the CTO, and back.
    packs: Vec<(bool, Vec<u8>)>,
    done: BTreeMap<&'static str, u32>,
}

impl Order {
    /// Where a device exchanges.
    fn ways(&self, device: &str) -> Vec<Way> {
        let folder = |name: &str| Way::Folder(self.home.join(name));
        let table = || Way::Postgres(self.database.address());
        match device {
            CHAIR => vec![folder("north"), table()],
            SECURITY => vec![table(), folder("south")],
            CTO => Vec::new(),
            _ if device.starts_with(LEAD) => vec![folder("north")],
            _ => vec![folder("south")],
        }
    }

    fn device(&self, name: &str) -> &Cabinet {
        &self.devices[name]
    }

    fn did(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    /// How many entries came, and how many parcels went that were not there.
    async fn exchanges(&mut self, device: &str) -> u32 {
        let done = self.device(device).exchange().await.expect("exchanged");
        assert!(done.unreachable.is_empty(), "{device}: {done:?}");
        done.came + done.went
    }

    /// Something happens: mostly somebody exchanges, often something goes wrong.
    async fn happens(&mut self, dice: &mut Dice) {
        let names: Vec<String> = self.devices.keys().filter(|name| *name != CTO).cloned().collect();
        let folder = self.home.join(if dice.below(2) == 0 { "north" } else { "south" });
        let stored = |part: &str| -> Vec<PathBuf> {
            files_in(&folder).into_iter().filter(|path| path.components().any(|c| c.as_os_str() == part)).collect()
        };
        match dice.below(10) {
            0 => {
                if let Some(file) = dice.one(&stored("entries")) {
                    std::fs::remove_file(file).expect("lost");
                    self.did("lost from a folder");
                }
            }
            1 => {
                if let Some(file) = dice.one(&stored("entries")) {
                    let twin = file.with_extension("conflict");
                    std::fs::copy(file, twin).expect("twice");
                    self.did("there twice");
                }
            }
            2 => {
                let lost = format!(
                    "DELETE FROM {TABLE} WHERE seq = (SELECT seq FROM {TABLE} WHERE kind = 'entry'
                     ORDER BY seq OFFSET {} LIMIT 1) RETURNING seq",
                    dice.below(12)
                );
                if !self.database.sql(&lost).trim().is_empty() {
                    self.did("lost from the table");
                }
            }
            3 => {
                self.database.sql(&format!("UPDATE {TABLE} SET tx = (1000000 - seq)::text::xid8"));
                self.did("put in another order");
            }
            4 => self.packs_out().await,
            5 => self.packs_back().await,
            6 => {
                if !self.packs.is_empty() {
                    let at = dice.below(self.packs.len());
                    let twice = dice.below(3) == 0;
                    if dice.below(4) == 0 {
                        self.packs.remove(at);
                        self.did("a pack lost");
                    } else {
                        let (out, file) = if twice { self.packs[at].clone() } else { self.packs.remove(at) };
                        self.opens(out, file).await;
                    }
                }
            }
            _ => {
                if let Some(name) = dice.one(&names).cloned() {
                    self.exchanges(&name).await;
                    self.did("exchanges");
                }
            }
        }
    }

    async fn packs_out(&mut self) {
        let request =
            PackRequest { to: self.cto.clone(), changes: vec![self.change.clone()], good_for_hours: Some(48) };
        let pack = self.device(CHAIR).make_pack(request).await.expect("a pack");
        self.packs.push((true, pack.file));
        self.did("packs");
    }

    /// Whoever never opened one has nothing to reply to.
    async fn packs_back(&mut self) {
        if let Ok(pack) = self.device(CTO).reply_pack().await {
            self.packs.push((false, pack.file));
            self.did("packs back");
        }
    }

    async fn opens(&mut self, out: bool, file: Vec<u8>) {
        let opened = self.device(if out { CTO } else { CHAIR }).open_pack(file).await.expect("opened");
        assert!(opened.refused.is_empty(), "{opened:?}");
        self.did("packs opened");
    }

    /// Until everybody has everything: retrying is all that loss needs.
    async fn until_all_is_there(&mut self) {
        let names: Vec<String> = self.devices.keys().filter(|name| *name != CTO).cloned().collect();
        for _ in 0..12 {
            let mut moved = 0;
            for name in &names {
                moved += self.exchanges(name).await;
            }
            let before = self.device(CTO).record().await.expect("readable").details.entries;
            self.packs_out().await;
            let (_, file) = self.packs.pop().expect("just made");
            self.opens(true, file).await;
            self.packs_back().await;
            let (_, file) = self.packs.pop().expect("just made");
            let back = self.device(CHAIR).open_pack(file).await.expect("opened");
            let after = self.device(CTO).record().await.expect("readable").details.entries;
            if moved + back.came + (after - before) == 0 {
                return;
            }
        }
        panic!("after twelve rounds something is still on its way");
    }
}

/// One order of delivery from the same beginning.
async fn in_order(
    base: &Path,
    ids: &BTreeMap<&'static str, String>,
    change: &str,
    seed: u64,
) -> BTreeMap<&'static str, u32> {
    let home = tempfile::tempdir().expect("a folder");
    for name in ["north", "south"] {
        std::fs::create_dir(home.path().join(name)).expect("a folder");
    }
    let mut order = Order {
        home: home.path().to_owned(),
        database: Database::new(),
        devices: BTreeMap::new(),
        cto: ids[CTO].clone(),
        change: change.to_owned(),
        packs: Vec::new(),
        done: BTreeMap::new(),
    };
    let copies: Vec<(String, &str)> = FIVE
        .iter()
        .map(|device| ((*device).to_owned(), *device))
        .chain(COPIED.iter().map(|device| (format!("{device} copied"), *device)))
        .collect();
    for (name, of) in &copies {
        copied(&base.join(of), &order.home.join(name)).await;
        let cabinet = Cabinet::open(options(&order.home.join(name))).await.expect("opens");
        cabinet.set_relays(Vec::<RelaySetting>::new()).await.expect("nowhere yet");
        // Everybody writes before anything travels: the two that were copied, in one place of one log.
        if *of != CHAIR {
            confirms_one(&cabinet, &ids[of]).await;
        }
        cabinet.finish_work().await;
        order.devices.insert(name.clone(), cabinet);
    }
    for (name, _) in &copies {
        for way in order.ways(name) {
            way.taken(order.device(name)).await;
        }
    }
    let mut dice = Dice(seed);
    for _ in 0..60 {
        order.happens(&mut dice).await;
    }
    order.until_all_is_there().await;

    let mut digests = BTreeSet::new();
    let mut forks = BTreeSet::new();
    for device in FIVE {
        let cabinet = order.device(device);
        digests.insert(amounts_to(cabinet).await);
        let record = cabinet.record().await.expect("readable");
        assert_eq!(record.disputes.len(), 2, "{device}: both are told in words: {:?}", record.disputes);
        let place = |fork: &ForkRow| (fork.key.clone(), fork.epoch, fork.seq, fork.entries.len());
        forks.insert(record.details.forks.iter().map(place).collect::<Vec<_>>());
        assert!(
            cabinet.problems().await.expect("readable").iter().all(|line| line.contains("(chain-fork,")),
            "{device}: nothing else is wrong"
        );
    }
    assert_eq!(digests.len(), 1, "five folders, one digest, in the order of seed {seed}");
    let forks: Vec<_> = forks.into_iter().collect();
    let [told] = forks.as_slice() else { panic!("all are told the same: {forks:?}") };
    assert_eq!(told.len(), 2, "both forks: {told:?}");
    assert!(told.iter().all(|(_, _, _, entries)| *entries == 2), "{told:?}");
    for cabinet in order.devices.values() {
        cabinet.finish_work().await;
    }
    order.done
}

#[tokio::test(flavor = "multi_thread")]
async fn five_members_on_five_data_folders_end_with_the_same_record_however_it_travels() {
    let (server, folder, ids, change) = founded().await;
    let full = std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full");
    let orders = if full { 30 } else { 3 };
    let mut done: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 1..=orders {
        for (what, count) in in_order(folder.path(), &ids, &change, seed).await {
            *done.entry(what).or_default() += count;
        }
    }
    for what in ["lost from a folder", "lost from the table", "there twice", "put in another order", "packs opened"] {
        assert!(done.contains_key(what), "{what} has happened: {done:?}");
    }
    println!("{orders} orders of delivery between five data folders: {done:?}");
    server.stop().await;
}
