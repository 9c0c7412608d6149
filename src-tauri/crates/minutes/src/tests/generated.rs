//! Hundreds of minutes that nobody wrote, each before and after each signature, and what six tools say of them: Cabinet's
//! verifier, veraPDF, pdfsig, both commands of pyHanko, and openssl. They agree on all; in the same run each of them says no.
//!
//! `make test` makes a few, `make gauntlet` (`CABINET_COUNTS=full`) 300; `CABINET_SEED` runs a failure again, and
//! `CABINET_FIRST` begins with that file. Installed by
//! `tests/support/pdf/install.sh`; without it these tests fail, they do not skip.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::Instant;

use super::attacks::{anchor, replaced};
use super::board::{chair, member, request};
use super::conformance::{Said, asked, every_control_is_noticed_in};
use super::tools::{Desk, environment, repository, text};
use crate::certificates::as_certified;
use crate::model::Signatory;
use crate::pdf::file::{PdfFile, Revision};
use crate::pdf::value::{Dict, Value, get};
use crate::{RefusalCode, SignatureRequest, compose, extract_evidence, render, sealing_attachments, sign, verify};

mod make;

use make::{Made, SCRIPTS, minutes_of};

/// So many files stand on the disk at a time, and cost one start of veraPDF and one of pyHanko.
const CHUNK: usize = 25;

/// Bounds by which sizes are told.
const SIZES: [usize; 6] = [0, 6, 40, 150, 300, 500];

/// Of one file in so many, every tool judges each revision; of the others the last, which holds all signatures.
const EACH_REVISION_OF: usize = 10;

const CABINET: &str = "Cabinet (revisions)";
const PDFSIG: &str = "pdfsig (signatures)";
const OPENSSL: &str = "openssl cms -cades (signatures)";
/// The profiles of veraPDF, by the names that it gives them.
const PROFILES: [(&str, &str); 2] = [("3a", "veraPDF PDF/A-3a (revisions)"), ("ua1", "veraPDF PDF/UA-1 (revisions)")];
/// The commands of pyHanko.
const COMMANDS: [(&str, &str); 2] =
    [("validate", "pyHanko validate (signatures)"), ("adesverify", "pyHanko adesverify (signatures)")];

fn full() -> bool {
    std::env::var("CABINET_COUNTS").is_ok_and(|counts| counts == "full")
}

fn seed() -> u64 {
    std::env::var("CABINET_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_128)
}

/// Where to begin, to run a failure again without those before it.
fn first() -> usize {
    std::env::var("CABINET_FIRST").ok().and_then(|first| first.parse().ok()).unwrap_or(0)
}

/// What was asked and answered.
#[derive(Default)]
struct Tally {
    files: usize,
    revisions: usize,
    signatures: usize,
    /// Signatures that tools other than ours were asked about: the last revision of each file, and of some files each one.
    judged: usize,
    /// By so many items at most: how many files.
    sizes: BTreeMap<usize, usize>,
    items: usize,
    largest: usize,
    attending: BTreeSet<&'static str>,
    signed: BTreeSet<&'static str>,
    /// By tool: how often it said yes, and how often no.
    said: BTreeMap<&'static str, (usize, usize)>,
    /// Every no.
    wrong: Vec<String>,
}

impl Tally {
    fn note(&mut self, tool: &'static str, file: &Path, verdict: Result<(), String>) {
        let (yes, no) = self.said.entry(tool).or_default();
        match verdict {
            Ok(()) => *yes += 1,
            Err(why) => {
                *no += 1;
                let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
                let wrong = format!("{name}, {tool}: {why}");
                // At once: with all counts the end is half an hour away.
                eprintln!("{wrong}");
                self.wrong.push(wrong);
            }
        }
    }

    fn count(&mut self, made: &Made) {
        self.files += 1;
        self.revisions += 1 + made.signing.len();
        self.signatures += made.signing.len();
        let items = made.minutes.items.len();
        self.items += items;
        self.largest = self.largest.max(items);
        let size = SIZES.into_iter().find(|most| items <= *most).unwrap_or(usize::MAX);
        *self.sizes.entry(size).or_default() += 1;
        self.attending.extend(&made.attending);
        self.signed.extend(&made.signed);
    }
}

/// The evidence that travels inside.
fn evidence(made: &Made) -> Vec<u8> {
    serde_json::to_vec(&made.minutes).expect("minutes are JSON")
}

/// The file before anybody signed it, and after each signature.
fn revisions(made: &Made) -> Vec<Vec<u8>> {
    let attachments = sealing_attachments(&evidence(made), &chair(), made.minutes.head.language).expect("attachments");
    let mut files = vec![render(&compose(&made.minutes), &attachments).expect("drawn")];
    for (turn, signatory) in made.signers().enumerate() {
        let signer = member(&signatory.name, &signatory.role, 20 + u8::try_from(turn).expect("few"));
        let asked = SignatureRequest {
            field: &signatory.field,
            name: &signatory.name,
            role: &signatory.role,
            meaning: &signatory.meaning,
            ..request()
        };
        let before = files.last().expect("the base");
        let after = sign(before, &asked, &signer).expect("signed in turn");
        files.push(after);
    }
    files
}

/// What Cabinet says of a file that the first `signed` have signed: their fields, names and roles in turn, and who is left.
fn cabinet(made: &Made, signed: usize, pdf: &[u8]) -> Result<(), String> {
    if extract_evidence(pdf).map_err(|refusal| refusal.to_string())? != evidence(made) {
        return Err("the evidence does not come back".into());
    }
    let judged = verify(pdf, Some(&anchor()));
    if signed == 0 {
        return match judged {
            Err(refusal) if refusal.code == RefusalCode::NotSigned => Ok(()),
            Err(refusal) => Err(refusal.to_string()),
            Ok(_) => Err("nobody has signed it, and it is called sealed".into()),
        };
    }
    let report = judged.map_err(|refusal| refusal.to_string())?;
    let told: Vec<_> = report
        .signatures
        .iter()
        .map(|given| (given.field.clone(), given.name.clone(), given.role.clone(), given.certifies))
        .collect();
    let expected: Vec<_> = made
        .signers()
        .take(signed)
        .enumerate()
        .map(|(turn, given)| (given.field.clone(), as_certified(&given.name), as_certified(&given.role), turn == 0))
        .collect();
    if told != expected {
        return Err(format!("it tells of {told:?}, not of {expected:?}"));
    }
    let (left, waiting) = (report.unsigned_fields.len(), made.minutes.signatories.len() - signed);
    if left == waiting { Ok(()) } else { Err(format!("{left} fields are left, not {waiting}")) }
}

/// What pdfsig says of a signature.
struct Found {
    good: bool,
    /// To its last byte, the file is covered by it.
    whole: bool,
    said: String,
}

/// The signatures that pdfsig finds, by field. Fields that nobody has signed are left out.
fn pdfsig(desk: &Desk, file: &Path) -> BTreeMap<String, Found> {
    let said = desk.pdfsig(&file.to_string_lossy());
    let mut found = BTreeMap::new();
    for block in said.split("Signature #").skip(1).filter(|block| !block.contains("form field is not signed")) {
        let field = block.lines().find_map(|line| line.trim().strip_prefix("- Signature Field Name: "));
        let good = block.contains("Signature is Valid.") && block.contains("Certificate is Trusted.");
        let whole = block.contains("Total document signed");
        let read = Found { good, whole, said: block.trim().to_owned() };
        found.insert(field.unwrap_or("a field without a name").to_owned(), read);
    }
    found
}

/// What one command of pyHanko says of a file.
#[derive(Default)]
struct Judged {
    holds: bool,
    /// Field, whether it is valid, how much of the file is covered, and what was said.
    signatures: Vec<(String, bool, String, String)>,
}

/// Asks both commands of pyHanko about all files in one go.
fn pyhanko(desk: &Desk, files: &[PathBuf]) -> BTreeMap<(PathBuf, String), Judged> {
    let mut child = Command::new(environment().join("python"))
        .arg(repository().join("tests/support/pdf/signatures.py"))
        .arg(desk.path("root.pem"))
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pyHanko starts; install it with tests/support/pdf/install.sh");
    let mut input = child.stdin.take().expect("a pipe");
    let names: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    let writer = std::thread::spawn(move || input.write_all(names.as_bytes()).expect("it reads"));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("all are named");
    let mut judged: BTreeMap<(PathBuf, String), Judged> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        match parts[..] {
            [verdict @ ("valid" | "invalid"), command, file, field, coverage, words] => {
                let entry = judged.entry((PathBuf::from(file), command.to_owned())).or_default();
                let valid = verdict == "valid";
                entry.signatures.push((field.to_owned(), valid, coverage.to_owned(), words.to_owned()));
            }
            [verdict @ ("holds" | "fails"), command, file, count] => {
                let entry = judged.entry((PathBuf::from(file), command.to_owned())).or_default();
                entry.holds = verdict == "holds";
                assert_eq!(count, entry.signatures.len().to_string(), "{line}");
            }
            _ => panic!("it says what nobody reads: {line:?}"),
        }
    }
    assert_eq!(judged.len(), COMMANDS.len() * files.len(), "it says something of each file, by both commands");
    judged
}

/// What openssl says of each signature of a file, as each is cut out by its own ByteRange, first to last.
fn openssl(desk: &Desk, pdf: &[u8]) -> Vec<Result<(), String>> {
    let file = PdfFile::read(pdf).expect("our own file");
    let signed = |dict: &&Dict| get(dict, "ByteRange").is_some();
    let ask = |revision: &Revision| {
        let dict = revision.objects.values().filter_map(|found| found.dict()).find(signed).expect("a signature");
        let range = get(dict, "ByteRange").and_then(Value::as_array).expect("a range");
        let range: Vec<usize> = range
            .iter()
            .map(|number| number.as_int().and_then(|number| usize::try_from(number).ok()).expect("a place"))
            .collect();
        let [first, length, second, rest] = range[..] else { panic!("four numbers: {range:?}") };
        // The value stands between the two ranges, in angle brackets, and is padded with zeros.
        let value = hex::decode(&pdf[first + length + 1..second - 1]).expect("hexadecimal");
        let end = 4 + usize::from(u16::from_be_bytes([value[2], value[3]]));
        let content = [&pdf[first..first + length], &pdf[second..second + rest]].concat();
        let output = desk.openssl(&value[..end], &content);
        if output.status.success() { Ok(()) } else { Err(text(&output).trim().to_owned()) }
    };
    file.revisions[1..].iter().map(ask).collect()
}

/// A file that tools other than ours judge.
struct Ended {
    file: PathBuf,
    made: Rc<Made>,
    /// How many have signed it.
    signed: usize,
    bytes: Vec<u8>,
}

impl Ended {
    fn signers(&self) -> impl Iterator<Item = (usize, &Signatory)> {
        self.made.signers().take(self.signed).enumerate()
    }
}

/// What was made for one chunk: every revision, and those that every tool judges.
fn put(folder: &Path, seed: u64, turns: &[usize], tally: &mut Tally) -> (Vec<PathBuf>, Vec<Ended>) {
    let (mut all, mut ended) = (Vec::new(), Vec::new());
    for turn in turns {
        let made = Rc::new(minutes_of(seed, *turn, full()));
        tally.count(&made);
        let files = revisions(&made);
        let last = files.len() - 1;
        for (signed, bytes) in files.into_iter().enumerate() {
            let file = folder.join(format!("{turn:03}-{signed}.pdf"));
            std::fs::write(&file, &bytes).expect("written");
            tally.note(CABINET, &file, cabinet(&made, signed, &bytes));
            all.push(file.clone());
            if signed == last || (signed > 0 && turn % EACH_REVISION_OF == 1) {
                tally.judged += signed;
                ended.push(Ended { file, made: Rc::clone(&made), signed, bytes });
            }
        }
    }
    (all, ended)
}

fn note_rules(said: BTreeMap<PathBuf, Said>, tally: &mut Tally) {
    for (file, said) in said {
        for (profile, tool) in PROFILES {
            let failed = &said[profile];
            tally.note(tool, &file, if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) });
        }
    }
}

fn note_pdfsig(desk: &Desk, ended: &Ended, tally: &mut Tally) {
    let found = pdfsig(desk, &ended.file);
    let last = ended.signed;
    for (turn, signatory) in ended.signers() {
        let verdict = match found.get(&signatory.field) {
            Some(found) if found.good && found.whole == (turn + 1 == last) => Ok(()),
            Some(found) => Err(found.said.clone()),
            None => Err(format!("it does not find {}", signatory.field)),
        };
        tally.note(PDFSIG, &ended.file, verdict);
    }
    if found.len() != last {
        tally.note(PDFSIG, &ended.file, Err(format!("it finds {} signatures, not {last}", found.len())));
    }
}

fn note_pyhanko(judged: &BTreeMap<(PathBuf, String), Judged>, ended: &Ended, tally: &mut Tally) {
    for (command, tool) in COMMANDS {
        let judged = &judged[&(ended.file.clone(), command.to_owned())];
        let last = ended.signed;
        for (turn, signatory) in ended.signers() {
            let covered = if turn + 1 == last { "ENTIRE_FILE" } else { "ENTIRE_REVISION" };
            let verdict = match judged.signatures.get(turn) {
                Some((field, true, coverage, _)) if *field == signatory.field && coverage == covered => Ok(()),
                Some(other) => Err(format!("of {}: {other:?}", signatory.field)),
                None => Err(format!("it does not find {}", signatory.field)),
            };
            tally.note(tool, &ended.file, verdict);
        }
        if !judged.holds || judged.signatures.len() != last {
            let why = format!("holds: {}, {} signatures of {last}", judged.holds, judged.signatures.len());
            tally.note(tool, &ended.file, Err(why));
        }
    }
}

fn note_openssl(desk: &Desk, ended: &Ended, tally: &mut Tally) {
    let said = openssl(desk, &ended.bytes);
    assert_eq!(said.len(), ended.signed, "as many are cut out as have signed");
    for verdict in said {
        tally.note(OPENSSL, &ended.file, verdict);
    }
}

/// One byte of a file with several signatures changed, where it stays a readable PDF: every tool refuses every signature.
/// Returns how many were refused, and by how many tools.
fn one_byte_changed_is_refused(desk: &Desk, made: &Made, good: &[u8]) -> (usize, usize) {
    let signatures = made.signing.len();
    assert!(signatures > 1, "one signature shows too little");
    let bad = replaced(good, b"/Producer (C", b"/Producer (D");
    assert_eq!(good.iter().zip(&bad).filter(|(before, after)| before != after).count(), 1, "one byte differs");
    let file = PathBuf::from(desk.path("changed.pdf"));
    std::fs::write(&file, &bad).expect("written");
    assert_eq!(verify(&bad, Some(&anchor())).expect_err("Cabinet refuses").code, RefusalCode::Digest);
    let found = pdfsig(desk, &file);
    assert_eq!(found.len(), signatures, "pdfsig finds them all");
    for (field, found) in &found {
        assert!(!found.good && found.said.contains("Digest Mismatch"), "pdfsig, {field}: {}", found.said);
    }
    let judged = pyhanko(desk, &[file]);
    for ((_, command), judged) in &judged {
        let refused = judged.signatures.iter().filter(|(_, valid, ..)| !valid).count();
        assert!(!judged.holds && refused == signatures, "pyHanko {command}: {:?}", judged.signatures);
    }
    let refused = openssl(desk, &bad).iter().filter(|verdict| verdict.is_err()).count();
    assert_eq!(refused, signatures, "openssl refuses each");
    (signatures, 3 + judged.len())
}

#[test]
fn generated_minutes_convince_every_tool_before_and_after_each_signature() {
    let (seed, count, began) = (seed(), if full() { 300 } else { 6 }, Instant::now());
    println!("seed {seed}, {count} generated minutes");
    let (desk, mut tally) = (Desk::new(), Tally::default());
    let turns: Vec<usize> = (first()..count).collect();
    for chunk in turns.chunks(CHUNK) {
        let folder = tempfile::tempdir().expect("a folder");
        let (all, ended) = put(folder.path(), seed, chunk, &mut tally);
        // veraPDF takes as long as all the others.
        let said = std::thread::scope(|scope| {
            let rules = scope.spawn(|| asked(&all));
            let lasts: Vec<PathBuf> = ended.iter().map(|ended| ended.file.clone()).collect();
            let judged = pyhanko(&desk, &lasts);
            for ended in &ended {
                note_pdfsig(&desk, ended, &mut tally);
                note_pyhanko(&judged, ended, &mut tally);
                note_openssl(&desk, ended, &mut tally);
            }
            rules.join().expect("veraPDF answers")
        });
        note_rules(said, &mut tally);
        let (files, items, wrong) = (tally.files, tally.items, tally.wrong.len());
        eprintln!("{files} files with {items} items judged, {wrong} disagreements, after {:.0?}", began.elapsed());
    }

    // The second has one item and five signatures.
    let made = minutes_of(seed, 1, full());
    let files = revisions(&made);
    let controls = every_control_is_noticed_in(&files[0]);
    let (refused, tools) = one_byte_changed_is_refused(&desk, &made, files.last().expect("signed by five"));

    let Tally { files, revisions, signatures, judged, sizes, items, largest, attending, signed, said, wrong } = tally;
    println!("{files} files, {items} items, at most {largest}; {revisions} revisions, {signatures} signatures");
    let sizes: Vec<String> = sizes.iter().map(|(most, files)| format!("{files} of up to {most}")).collect();
    println!("by items: {}; with revisions in between, tools judge {judged} signatures", sizes.join(", "));
    println!("scripts among those who attended: {}; among those who signed: {}", attending.len(), signed.len());
    println!("{:<34} {:>6} {:>6}", "tool", "yes", "no");
    for (tool, (yes, no)) in &said {
        println!("{tool:<34} {yes:>6} {no:>6}");
    }
    println!("one byte changed: {refused} signatures, each refused by {tools} of {tools} tools");
    println!("one thing taken out: {controls} of {controls} noticed by veraPDF; {:.0?} in all", began.elapsed());

    let (shown, all) = (wrong.len().min(20), wrong.len());
    assert!(wrong.is_empty(), "seed {seed}: {all} disagree, among them:\n{}", wrong[..shown].join("\n"));
    for (tool, (yes, _)) in &said {
        let asked = if tool.ends_with("(revisions)") { revisions } else { judged };
        assert_eq!(*yes, asked, "{tool} was asked about each");
    }
    assert_eq!(said.len(), 3 + PROFILES.len() + COMMANDS.len(), "every tool was asked");
    assert!(attending.len() >= 10 && signed.len() >= 5, "names of many scripts: {attending:?}, {signed:?}");
    if full() {
        assert_eq!((files, largest, signed.len()), (300, 500, SCRIPTS.len()));
    }
}
