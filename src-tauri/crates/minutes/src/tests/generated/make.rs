//! Minutes from fixed dice: any size, both papers and languages, names of many scripts, and what people paste into fields.

use std::collections::BTreeSet;

use crate::model::{
    Attestation, Basis, Circulated, Condition, ConditionTime, Correction, Decision, Gate, GateResult, Item, Minutes,
    Overdue, Position, Presence, Raci, RiskLevel, Signatory, Since, Withheld,
};
use crate::{Language, PaperSize, specimen};

/// A small generator of our own (SplitMix64): the same numbers in every run, and of their own for each file.
struct Dice(u64);

impl Dice {
    fn new(seed: u64, turn: usize) -> Self {
        let turn = u64::try_from(turn).expect("a number of files");
        let mut dice = Self(seed ^ turn.wrapping_mul(0xd134_2543_de82_ef95));
        dice.roll();
        dice
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, sides: usize) -> usize {
        let sides = u64::try_from(sides.max(1)).expect("a number of sides");
        usize::try_from(self.roll() % sides).expect("less than the sides")
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// So many texts, at most; mostly none.
    fn few(&mut self, most: usize) -> Vec<String> {
        let count = if self.once_in(3) { self.below(most + 1) } else { 0 };
        (0..count).map(|_| phrase(self)).collect()
    }
}

/// Names by their script. Vietnamese stands apart for its stacked diacritics.
pub(super) const SCRIPTS: [(&str, [&str; 2]); 13] = [
    ("Latin", ["Zoë Ångström-Kovačević", "Þórunn Ægisdóttir"]),
    ("Vietnamese", ["Nguyễn Thị Ánh", "Trần Đức Hưng"]),
    ("Greek", ["Ελένη Παπαδοπούλου", "Γιώργος Σταθόπουλος"]),
    ("Cyrillic", ["Дмитрий Соколов", "Ґалина Їжакевич"]),
    ("Armenian", ["Արամ Խաչատրյան", "Անահիտ Գրիգորյան"]),
    ("Georgian", ["ნინო ბერიძე", "გიორგი კაპანაძე"]),
    ("Hebrew", ["נועה כהן", "יוסף לוי"]),
    ("Arabic", ["فاطمة الزهراء", "محمد الأنصاري"]),
    ("Devanagari", ["प्रिया शर्मा", "अर्जुन मेहता"]),
    ("Thai", ["สมชาย ใจดี", "ณัฐวุฒิ ศรีสุข"]),
    ("Han", ["王小明", "李雅婷"]),
    ("Kana", ["さくら タナカ", "ヤマダ はなこ"]),
    ("Hangul", ["김민준", "이서연"]),
];

/// Names that a certificate carries cleaned, reduced or cut: emoji and two directions in one are what a name of X.509 may
/// not hold (RFC 4518, 2.4 and 2.5), and pyHanko reads no certificate that does.
const HARD_NAMES: [&str; 9] = [
    "Ada 🚀 Lovelace 👩\u{200d}🚀",
    "נועה Noa כהן 2",
    "Omar محمد (ops)",
    "𞤀𞤣𞤢𞤥",
    "محمد بن عبد الله بن عبد المطلب بن هاشم بن عبد مناف بن قصي بن كلاب بن مرة",
    "Ada\u{202e} Lovelace\u{2066}",
    "Maximiliane\u{a0}Freifrau\u{2003}von Hohenstein-Württemberg-Schwarzenberg zu Lichtenau und Altenburg, die Jüngere",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "O'Neil (\\) <Ops> & Co",
];

const ROLES: [&str; 10] = [
    "Chair",
    "מנהלת DevOps ☎️🚨",
    "Lead, \u{1f9d1}\u{200d}\u{1f4bb}",
    "Secretary, service manager",
    "Leiterin Änderungswesen",
    "Начальник отдела",
    "主席",
    "الرئيس",
    "Technical Development Lead of the Division for Everything That Nobody Else Has Taken Yet",
    "CTO",
];

const WORDS: [&str; 24] = [
    "restore",
    "the",
    "archive",
    "of",
    "payments",
    "ledger",
    "until",
    "Friday",
    "gateway",
    "rollback",
    "tested",
    "not",
    "yet",
    "by",
    "both",
    "teams",
    "Änderung",
    "Rückfallplan",
    "geprüft",
    "größer",
    "10:30–11:15",
    "CHG-17,",
    "SEC-4411;",
    "≥ 99.95 %",
];

/// What people paste, and what attackers do: controls that reorder or hide, spaces of all kinds, emoji, stacked marks, words
/// without end, words of two directions, and the syntax of the formats a file is made of.
const HOSTILE: [&str; 17] = [
    "fact\u{202e}ory",
    "\u{2066}abc\u{2069}\u{200f}",
    "ad\u{200b}min\u{feff}",
    "a\u{a0}b\u{202f}c\u{3000}d",
    "🚀 👩\u{200d}👩\u{200d}👧 🇩🇪 ❤\u{fe0f}",
    "e\u{301}\u{302}\u{323}\u{308}",
    "\u{0}\u{1b}[31m\u{7f}",
    "line\nline\r\n\tline",
    "<script>alert(1)</script> & \"q\" 'q' ]]> <?x?>",
    "unbalanced ((( \\ \\) <<>> [",
    "%PDF-1.7 %%EOF endobj endstream startxref 0 xref trailer",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "文書管理システム移行計画の承認について",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈",
    "שלום world مرحبا 123",
    " ",
];

/// A sentence of up to a dozen words, with something hostile in a third of them.
fn phrase(dice: &mut Dice) -> String {
    let count = 1 + dice.below(12);
    let mut words: Vec<&str> = (0..count).map(|_| dice.one(&WORDS)).collect();
    if dice.once_in(3) {
        let at = dice.below(words.len() + 1);
        words.insert(at, dice.one(&HOSTILE));
    }
    words.join(" ")
}

/// The same, or nothing at all.
fn phrase_or_nothing(dice: &mut Dice) -> String {
    if dice.once_in(6) { String::new() } else { phrase(dice) }
}

fn maybe(dice: &mut Dice) -> Option<String> {
    if dice.once_in(3) { None } else { Some(phrase_or_nothing(dice)) }
}

/// Anybody's name: plain, or with something hostile after it.
fn person(dice: &mut Dice) -> String {
    let (_, names) = dice.one(&SCRIPTS);
    let name = dice.one(&names).to_owned();
    if dice.once_in(5) { format!("{name} {}", dice.one(&HOSTILE)) } else { name }
}

/// Items, signatures, language and paper of the first files: what must always be among them.
const FIRST: [(usize, usize, Language, PaperSize); 6] = [
    (0, 3, Language::English, PaperSize::A4),
    (1, 5, Language::German, PaperSize::Letter),
    (20, 1, Language::English, PaperSize::Letter),
    (3, 0, Language::German, PaperSize::A4),
    (6, 2, Language::German, PaperSize::A4),
    (2, 4, Language::English, PaperSize::Letter),
];

/// Minutes, and who signs them.
pub(super) struct Made {
    pub(super) minutes: Minutes,
    /// Those who sign, in turn: which of the signatories, from 0. Others have a field that stays empty.
    pub(super) signing: Vec<usize>,
    /// Scripts among the names of those who attended, and of those who signed.
    pub(super) attending: BTreeSet<&'static str>,
    pub(super) signed: BTreeSet<&'static str>,
}

impl Made {
    pub(super) fn signers(&self) -> impl Iterator<Item = &Signatory> {
        self.signing.iter().map(|index| &self.minutes.signatories[*index])
    }
}

/// The minutes of this turn. Where `full`, the third of all has 500 items, and later ones have up to 500.
pub(super) fn minutes_of(seed: u64, turn: usize, full: bool) -> Made {
    let mut dice = Dice::new(seed, turn);
    let (items, signatures, language, paper) = match FIRST.get(turn) {
        Some((20, signatures, language, paper)) if full => (500, *signatures, *language, *paper),
        Some(first) => *first,
        None => {
            let items = match dice.below(100) {
                0..60 => dice.below(7),
                60..90 => 7 + dice.below(34),
                90..98 => 41 + dice.below(110),
                _ => 151 + dice.below(350),
            };
            (items, dice.below(6), dice.one(&Language::ALL), dice.one(&[PaperSize::A4, PaperSize::Letter]))
        }
    };
    let mut minutes = specimen::minutes_in(u32::try_from(items).expect("at most 500"), language, paper);
    let attending = people(&mut minutes, &mut dice, turn);
    around(&mut minutes, &mut dice);
    beside(&mut minutes, &mut dice);
    // The fifth always, so that one of the first is there; no other of the first, which have so many items.
    if turn == 4 || (turn >= FIRST.len() && dice.once_in(6)) {
        withhold_one(&mut minutes, &mut dice);
    }
    for item in &mut minutes.items {
        fill(item, &mut dice);
    }
    let prepared = (signatures + dice.below(3)).clamp(1, 5);
    let mut scripts = Vec::new();
    minutes.signatories = (0..prepared).map(|index| signatory(&mut dice, turn, index, &mut scripts)).collect();
    let mut signing: Vec<usize> = (0..signatures).collect();
    // Fields are filled in any order; whoever is first certifies.
    let first = dice.below(signatures);
    signing.rotate_left(first);
    let signed = signing.iter().filter_map(|index| scripts[*index]).collect();
    Made { minutes, signing, attending, signed }
}

/// Those who attended, the names of each file from eight scripts in a row.
fn people(minutes: &mut Minutes, dice: &mut Dice, turn: usize) -> BTreeSet<&'static str> {
    let mut scripts = BTreeSet::new();
    for (index, attendee) in minutes.attendance.iter_mut().enumerate() {
        let (script, names) = SCRIPTS[(5 * turn + index) % SCRIPTS.len()];
        scripts.insert(script);
        attendee.name = dice.one(&names).to_owned();
        attendee.role = if dice.once_in(8) { String::new() } else { dice.one(&ROLES).to_owned() };
        attendee.presence = dice.one(&[Presence::Present, Presence::Absent, Presence::ByDelegate, Presence::Guest]);
        attendee.delegate_for = dice.once_in(4).then(|| person(dice));
        attendee.recused_from = dice.few(2);
        attendee.away = dice.few(3);
        attendee.arrived = maybe(dice);
        attendee.left = maybe(dice);
    }
    scripts
}

/// One who may sign: another script for each, and sometimes a name that no certificate holds as it is.
fn signatory(dice: &mut Dice, turn: usize, index: usize, scripts: &mut Vec<Option<&'static str>>) -> Signatory {
    let (script, names) = SCRIPTS[(5 * turn + index) % SCRIPTS.len()];
    let hard = dice.once_in(6);
    scripts.push((!hard).then_some(script));
    Signatory {
        field: format!("member-{index}"),
        name: if hard { dice.one(&HARD_NAMES) } else { dice.one(&names) }.to_owned(),
        role: dice.one(&ROLES).to_owned(),
        meaning: phrase_or_nothing(dice),
    }
}

/// What stands before and after the items.
fn around(minutes: &mut Minutes, dice: &mut Dice) {
    let head = &mut minutes.head;
    if dice.once_in(3) {
        head.board = phrase(dice);
    }
    head.meeting_title = phrase_or_nothing(dice);
    head.place = phrase_or_nothing(dice);
    head.provisional = dice.once_in(4);
    head.chair = person(dice);
    head.secretary = dice.once_in(2).then(|| person(dice));
    for quorum in &mut minutes.quorum {
        quorum.met = dice.once_in(2);
        quorum.missing_seats = dice.few(2);
        quorum.moment = phrase_or_nothing(dice);
    }
    minutes.rulings = dice.few(3);
    minutes.dispensations = dice.few(3);
    minutes.delegated = dice.few(3);
    minutes.breaches = dice.few(3);
    minutes.circulars = dice.few(3);
    let lines = if dice.once_in(3) { dice.below(5) } else { 0 };
    minutes.raci = (0..lines)
        .map(|_| {
            let people = dice.below(3);
            Raci {
                release: phrase(dice),
                letter: "Accountable".into(),
                role: dice.one(&ROLES).to_owned(),
                people: (0..people).map(|_| person(dice)).collect(),
            }
        })
        .collect();
    if dice.once_in(4) {
        minutes.actions.clear();
    }
    for action in &mut minutes.actions {
        (action.text, action.owner) = (phrase_or_nothing(dice), person(dice));
    }
    if dice.once_in(3) {
        minutes.carried = minutes.actions.clone();
    }
    minutes.next_meeting = maybe(dice);
}

/// What has happened since the last meeting, what is owed, what was corrected, and what one edition withholds.
fn beside(minutes: &mut Minutes, dice: &mut Dice) {
    let number = |dice: &mut Dice| u32::try_from(dice.below(13)).expect("few");
    minutes.since = (!dice.once_in(4)).then(|| Since {
        emergencies: number(dice),
        taken_back: number(dice),
        failed: number(dice),
        against_the_gate: number(dice),
        exceptions: number(dice),
        overrides: number(dice),
        waivers: number(dice),
    });
    minutes.emergencies = dice.few(4);
    minutes.deployments = dice.few(4);
    minutes.remarks = dice.few(3);
    minutes.untold = if dice.once_in(4) { number(dice) } else { 0 };
    minutes.overdue = (0..dice.below(4))
        .map(|_| Overdue {
            text: phrase_or_nothing(dice),
            item: "CHG-61".into(),
            owner: if dice.once_in(4) { String::new() } else { person(dice) },
            due: "Fri 13 Nov 2026".into(),
        })
        .collect();
    let items = u32::try_from(minutes.items.len()).expect("at most 500");
    let corrections = if dice.once_in(4) { dice.below(6) } else { 0 };
    minutes.corrections = (0..corrections)
        .map(|_| {
            let taken = dice.one(&[Some(true), Some(false), None]);
            Correction {
                item: dice.once_in(2).then_some(items).filter(|items| *items > 0),
                about: phrase(dice),
                was: phrase_or_nothing(dice),
                wording: phrase(dice),
                taken,
                asked: phrase(dice),
                answered: taken.map(|_| phrase(dice)),
            }
        })
        .collect();
    minutes.approval = phrase_or_nothing(dice);
}

/// Makes it the edition that is circulated, without one of its items.
fn withhold_one(minutes: &mut Minutes, dice: &mut Dice) {
    let gone = (!minutes.items.is_empty()).then(|| minutes.items.remove(dice.below(minutes.items.len())));
    let withheld = gone.map(|item| Withheld { number: item.number, key: item.key, fields: 7 });
    minutes.circulated = Some(Circulated { withheld: withheld.into_iter().collect() });
}

/// What an item says, over what the specimen's says.
fn fill(item: &mut Item, dice: &mut Dice) {
    item.title = phrase_or_nothing(dice);
    item.release = maybe(dice).filter(|_| dice.once_in(3));
    if dice.once_in(5) {
        item.window.clear();
    }
    if dice.once_in(6) {
        item.risk = None;
    }
    if let Some(risk) = &mut item.risk {
        risk.level = dice.one(&[RiskLevel::Low, RiskLevel::Medium, RiskLevel::High, RiskLevel::Critical]);
        risk.follows = maybe(dice);
        risk.floors = dice.few(2);
    }
    let gates = if dice.once_in(3) { dice.below(4) } else { 0 };
    item.gates.extend((0..gates).map(|_| gate(dice)));
    for vote in &mut item.votes {
        vote.name = person(dice);
        vote.position = dice.one(&[
            Position::Approve,
            Position::Reject,
            Position::Abstain,
            Position::Recused,
            Position::NoObjection,
        ]);
        vote.attestation = attestation(dice);
        vote.remark = dice.once_in(8).then(|| phrase_or_nothing(dice));
    }
    let bases = [Basis::Consent, Basis::CountedVote, Basis::ChairsRuling, Basis::CircularResolution].map(Some);
    item.basis = dice.one(&[bases[0], bases[1], bases[2], bases[3], None]);
    item.decision = dice.one(&[
        Decision::Approved,
        Decision::ApprovedWithConditions,
        Decision::Rejected,
        Decision::Deferred,
        Decision::MoreInformation,
        Decision::Withdrawn,
        Decision::NoDecision,
    ]);
    item.decision_detail = maybe(dice);
    item.rationale = maybe(dice);
    if dice.once_in(4) {
        let when = dice.one(&[ConditionTime::Before, ConditionTime::After]);
        let (text, owner, met) = (phrase_or_nothing(dice), person(dice), dice.once_in(2));
        item.conditions.push(Condition { text, owner, due: "Fri 20 Nov 2026".into(), when, met });
    }
    for given in &mut item.sign_offs {
        (given.name, given.meaning) = (person(dice), phrase(dice));
        given.attestation = attestation(dice);
        given.stale = dice.once_in(4);
        if dice.once_in(4) {
            given.key_fingerprint = None;
        }
    }
    item.rulings = dice.few(2);
    item.dispensations = dice.few(2);
    item.emergency = dice.few(2);
    item.circular = dice.few(2);
    item.approval = maybe(dice);
}

fn gate(dice: &mut Dice) -> Gate {
    let result = dice.one(&[
        GateResult::Passed,
        GateResult::Failed,
        GateResult::Waived,
        GateResult::Warned,
        GateResult::NotApplicable,
        GateResult::NoEvidence,
    ]);
    Gate { clause: "R38".into(), title: phrase(dice), result, why: phrase_or_nothing(dice) }
}

fn attestation(dice: &mut Dice) -> Attestation {
    dice.one(&[
        Attestation::Signed,
        Attestation::Confirmed,
        Attestation::Written,
        Attestation::Witnessed,
        Attestation::Recorded,
    ])
}
