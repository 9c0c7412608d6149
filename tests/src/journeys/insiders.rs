//! Insiders: a chair who holds the genuine key composes and seals a document that the record does not carry. No signature
//! is broken and every certificate is right, so a reader of PDF calls it valid; whoever draws it again from the evidence
//! inside does not (decision 0013).
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use board::requests::{OfItem, OfMeeting};
use board::views::{
    Basis, DecideRequest, DecideRequestConditions, DecideRequestConditionsWhen, DecisionKind, Role, VotePosition,
};
use board::{BoardError, Composed, SealCirculatedRequest, SealErratumRequest, compose_again, verify_minutes};
use chrono::{DateTime, Utc};
use domain::roster::Roster;
use minutes::document::{Block, KeyValue, Span};
use minutes::{
    Attachment, Document, Language, MinutesError, PaperSize, PdfSigner, RefusalCode, Relationship, SignatureRequest,
    SignerRefusal,
};
use record::bundle::Bundle;
use record::keys::Signer as _;
use store::Folder;
use vault::{FileVault, MemberKeys, Patience, SecretString, UnlockedKey, Vault};

use super::circulated::called;
use crate::journey::{Journey, now};

mod surgery;

use surgery::{invisible_text, permuted_glyphs};

const WHY: &str = "It was rehearsed on staging.";
const CONDITION: &str = "Rehearse the backout on staging";

/// A member's genuine key with its certificates.
struct Insider {
    key: UnlockedKey,
    certificate: Vec<u8>,
    root: Vec<u8>,
    name: String,
    role: String,
}

impl Insider {
    fn of(roster: &Roster, keys: &Arc<dyn Vault>, member: &str, pin: &str) -> Self {
        let member = roster.members.iter().find(|m| m.id.to_string() == member).expect("on it");
        let key = member.signature_key().expect("enrolled");
        let certificate = STANDARD.decode(key.certificate.as_deref().expect("certified")).expect("base64");
        let (name, role) = minutes::certified_name_and_role(&certificate).expect("readable");
        let own = MemberKeys::new(keys.clone(), roster.board, member.id);
        let pin = SecretString::from(pin.to_owned());
        let unlocked = own.unlock(key.id, &pin, now(), &Patience::default()).expect("their PIN");
        let root = minutes::certificate_der(&roster.certificate_root).expect("a root");
        Self { key: unlocked, certificate, root, name, role }
    }

    /// Signs what is drawn already.
    fn signs(&self, base: &[u8], paper: &Paper) -> Vec<u8> {
        self.tries(base, paper).expect("anyone may sign their own")
    }

    fn tries(&self, base: &[u8], paper: &Paper) -> Result<Vec<u8>, MinutesError> {
        let request = SignatureRequest {
            field: "chair",
            name: &self.name,
            role: &self.role,
            meaning: &paper.meaning,
            at: paper.at.fixed_offset(),
        };
        minutes::sign(base, &request, self)
    }

    /// Draws and seals.
    fn seals(&self, paper: &Paper) -> Vec<u8> {
        self.signs(&drawn(paper), paper)
    }
}

impl PdfSigner for Insider {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerRefusal> {
        self.key.sign(message).map_err(|error| SignerRefusal(error.to_string()))
    }

    fn certificate_der(&self) -> Vec<u8> {
        self.certificate.clone()
    }

    fn chain_der(&self) -> Vec<Vec<u8>> {
        vec![self.root.clone()]
    }
}

/// A genuine document: what it is made of, and what its seal says.
#[derive(Clone)]
struct Paper {
    made: Composed,
    meaning: String,
    at: DateTime<Utc>,
    sha256: String,
}

impl Paper {
    fn read(path: &Path) -> Self {
        let pdf = std::fs::read(path).expect("a file");
        let report = verify_minutes(&pdf, None).expect("it holds").pdf;
        let made = compose_again(&pdf).expect("drawn again");
        let seal = &report.signatures[0];
        Self { made, meaning: seal.meaning.clone(), at: seal.claimed_time, sha256: report.sha256.clone() }
    }

    /// The same seal on other pages.
    fn with(&self, change: impl FnOnce(&mut Document)) -> Self {
        let mut paper = self.clone();
        change(&mut paper.made.document);
        assert_ne!(paper.made.document, self.made.document, "something is changed");
        paper
    }

    /// The same pages beside other evidence.
    fn beside(&self, evidence: &[u8]) -> Self {
        let mut paper = self.clone();
        evidence.clone_into(&mut paper.made.attachments[0].bytes);
        assert_ne!(paper.made.attachments, self.made.attachments);
        paper
    }

    fn evidence(&self) -> &[u8] {
        &self.made.attachments[0].bytes
    }
}

fn drawn(paper: &Paper) -> Vec<u8> {
    let Composed { document, attachments, typefaces } = &paper.made;
    minutes::render_with(document, attachments, typefaces).expect("drawn")
}

/// The documents of one board, all genuine.
struct Papers {
    minutes: Paper,
    circulated: Paper,
    extract: Paper,
    erratum: Paper,
    other: Paper,
}

/// Replaces words wherever the text of a block says them.
fn reworded(document: &mut Document, from: &str, to: &str) {
    let spans = |spans: &mut Vec<Span>| spans.iter_mut().for_each(|span| span.text = span.text.replace(from, to));
    for block in &mut document.blocks {
        match block {
            Block::Paragraph { spans: all } | Block::Notice { spans: all } => spans(all),
            Block::KeyValues { rows } => rows.iter_mut().flat_map(|row| &mut row.lines).for_each(spans),
            Block::Table(table) => table.rows.iter_mut().flatten().for_each(spans),
            Block::Title { .. }
            | Block::Heading { .. }
            | Block::ItemHead { .. }
            | Block::Commands { .. }
            | Block::SignatureField(_)
            | Block::Charts { .. } => {}
        }
    }
}

fn says(spans: &[Span], words: &str) -> bool {
    spans.iter().any(|span| span.text.contains(words))
}

/// Takes out whatever line or row says this.
fn silenced(document: &mut Document, words: &str) {
    for block in &mut document.blocks {
        match block {
            Block::Paragraph { spans } | Block::Notice { spans } => spans.retain(|span| !span.text.contains(words)),
            Block::KeyValues { rows } => {
                for KeyValue { lines, .. } in rows {
                    lines.retain(|line| !says(line, words));
                }
            }
            Block::Table(table) => table.rows.retain(|row| !row.iter().any(|cell| says(cell, words))),
            Block::Title { .. }
            | Block::Heading { .. }
            | Block::ItemHead { .. }
            | Block::Commands { .. }
            | Block::SignatureField(_)
            | Block::Charts { .. } => {}
        }
    }
}

/// The rows of the longest table.
fn rows(document: &mut Document) -> &mut Vec<Vec<Vec<Span>>> {
    let blocks = document.blocks.iter_mut();
    let tables = blocks.filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    &mut tables.max_by_key(|table| table.rows.len()).expect("a table").rows
}

fn verdicts(document: &mut Document) -> Vec<&mut Span> {
    let blocks = document.blocks.iter_mut();
    blocks.filter_map(|block| if let Block::ItemHead { verdict, .. } = block { Some(verdict) } else { None }).collect()
}

fn turned(document: &mut Document) {
    let mut found = verdicts(document);
    let [first, second, ..] = found.as_mut_slice() else { panic!("two items") };
    std::mem::swap::<Span>(first, second);
}

fn with_typefaces(paper: &Paper, bytes: &[u8]) -> Paper {
    let mut paper = paper.clone();
    paper.made.attachments.push(Attachment {
        name: minutes::TYPEFACES.to_owned(),
        media_type: "application/json".to_owned(),
        description: "Shapes".to_owned(),
        relationship: Relationship::Supplement,
        bytes: bytes.to_vec(),
    });
    paper
}

/// The evidence with the entry in its middle left out.
fn one_entry_less(evidence: &[u8]) -> Vec<u8> {
    let mut bundle = Bundle::parse(evidence).expect("readable");
    let middle = bundle.entries.len() / 2;
    bundle.entries.remove(middle);
    bundle.to_bytes().expect("written")
}

const ROW: &[&str] = &["page-mismatch"];
type Attack = (&'static str, &'static [&'static str], fn(&Papers) -> Paper);

const ATTACKS: [Attack; 29] = [
    ("a row altered", ROW, |p| p.minutes.with(|d| reworded(d, WHY, "It was not rehearsed."))),
    ("a row dropped", ROW, |p| p.minutes.with(|d| drop(rows(d).remove(0)))),
    ("a row added", ROW, |p| {
        p.minutes.with(|d| {
            let row = rows(d)[0].clone();
            rows(d).push(row);
        })
    }),
    ("two rows in another order", ROW, |p| p.minutes.with(|d| rows(d).swap(0, 1))),
    ("decisions turned", ROW, |p| p.minutes.with(turned)),
    ("a decision's shape alone turned", ROW, |p| p.minutes.with(|d| verdicts(d)[0].mark = None)),
    ("a voter's name swapped", ROW, |p| {
        p.minutes.with(|d| {
            let names: Vec<&str> = sample::board::MEMBERS.iter().map(|member| member.name).collect();
            reworded(d, names[1], names[2]);
        })
    }),
    ("a condition left out", ROW, |p| p.minutes.with(|d| silenced(d, CONDITION))),
    ("an approval that nobody gave", ROW, |p| {
        let said = "Approved: no open correction at the deadline.";
        p.minutes.with(|d| d.blocks.push(Block::Paragraph { spans: vec![Span::plain(said)] }))
    }),
    ("the title altered", ROW, |p| p.minutes.with(|d| d.title.push_str(", corrected"))),
    ("the author altered", ROW, |p| p.minutes.with(|d| d.author.push('!'))),
    ("the subject altered", ROW, |p| p.minutes.with(|d| d.subject.push('!'))),
    ("the foot of the pages altered", ROW, |p| p.minutes.with(|d| d.running_foot.push('!'))),
    ("another language", ROW, |p| p.minutes.with(|d| d.language = Language::German)),
    ("another paper", ROW, |p| {
        p.minutes.with(|d| {
            d.paper = match d.paper {
                PaperSize::A4 => PaperSize::Letter,
                PaperSize::Letter => PaperSize::A4,
            };
        })
    }),
    ("another moment of making", ROW, |p| p.minutes.with(|d| d.made_at -= chrono::TimeDelta::days(1))),
    ("a draft sealed as minutes", ROW, |p| p.minutes.with(|d| d.watermark = Some("DRAFT".to_owned()))),
    ("evidence of another meeting", ROW, |p| p.minutes.beside(p.other.evidence())),
    ("evidence without one entry", &["chain-gap", "seen-missing", "merkle-proof"], |p| {
        p.minutes.beside(&one_entry_less(p.minutes.evidence()))
    }),
    ("an attachment's description altered", ROW, |p| {
        let mut paper = p.minutes.clone();
        paper.made.attachments[0].description.push_str(" of another meeting");
        paper
    }),
    ("an attachment's kind altered", ROW, |p| {
        let mut paper = p.minutes.clone();
        paper.made.attachments[0].relationship = Relationship::Supplement;
        paper
    }),
    ("a file beside the evidence", ROW, |p| {
        let mut paper = p.minutes.clone();
        let root = paper.made.attachments[1].clone();
        paper.made.attachments.push(Attachment { name: "minutes-2.txt".to_owned(), ..root });
        paper
    }),
    ("typefaces that nothing is drawn with", ROW, |p| {
        with_typefaces(&p.minutes, br#"{"schema":"cabinet-typefaces-1","faces":[],"runs":[],"torn":[]}"#)
    }),
    ("the circulated edition as the full one", &["meaning"], |p| Paper {
        meaning: p.minutes.meaning.clone(),
        ..p.circulated.clone()
    }),
    ("the circulated pages beside all evidence", ROW, |p| Paper {
        meaning: p.minutes.meaning.clone(),
        ..p.circulated.beside(p.minutes.evidence())
    }),
    ("an extract of the other change's words", ROW, |p| p.extract.with(|d| turned_into(d, "approved"))),
    ("an extract beside the minutes' evidence", ROW, |p| p.extract.beside(p.minutes.evidence())),
    ("an erratum to another document", ROW, |p| p.erratum.with(|d| reworded(d, &p.minutes.sha256[..4], "0000"))),
    ("an erratum sealed as minutes", &["meaning"], |p| Paper {
        meaning: p.minutes.meaning.clone(),
        ..p.erratum.clone()
    }),
];

/// Shapes for a word that the compiled-in faces write, with a font that is not in the document.
fn with_shapes_of_our_own(paper: &Paper) -> Paper {
    let measures = r#"{"units":1000,"ascent":900,"descent":-200,"bounds":[0,0,1000,900],"weight":400}"#;
    let face = format!(
        r#"{{"name":"ABCDEF+Turned","family":"Turned","measures":{measures},"advances":[500],"letters":["R"]}}"#
    );
    let run = r#"{"text":"Rejected","bold":false,"face":0,"glyphs":[[1,0,500,0,0]]}"#;
    let file = format!(r#"{{"schema":"cabinet-typefaces-1","faces":[{face}],"runs":[{run}],"torn":[]}}"#);
    with_typefaces(paper, file.as_bytes())
}

fn turned_into(document: &mut Document, verdict: &str) {
    for found in verdicts(document) {
        verdict.clone_into(&mut found.text);
    }
}

/// Both items decided and closed: the first approved under a condition, the second rejected and restricted.
async fn held(journey: &Journey, meeting: &str) {
    let cabinet = &journey.cabinet;
    journey.all_vote(meeting, "1", VotePosition::Approve).await;
    let decision = DecideRequest {
        meeting: meeting.to_owned(),
        item: "1".to_owned(),
        kind: DecisionKind::ApprovedWithConditions,
        basis: Basis::Vote,
        rationale: WHY.to_owned(),
        conditions: vec![DecideRequestConditions {
            text: CONDITION.to_owned(),
            owner: "Release Manager".to_owned(),
            due_on: None,
            when: DecideRequestConditionsWhen::Before,
        }],
        deferred_to: None,
    };
    cabinet.decide(decision).await.expect("decided");
    let second = OfItem { meeting: meeting.to_owned(), item: "2".to_owned() };
    cabinet.set_current_item(second).await.expect("before the board");
    journey.all_vote(meeting, "2", VotePosition::Reject).await;
    journey.decide(meeting, "2", DecisionKind::Rejected, "Nobody knows why.").await.expect("decided");
    journey.close(meeting).await;
    journey.seal(meeting).await.expect("sealed");
}

/// The genuine documents of two meetings.
async fn papers(journey: &Journey) -> Papers {
    let changes = journey.approvable().await;
    let meeting = called(journey, &changes[0], &changes[1]).await;
    held(journey, &meeting).await;
    let pin = journey.pin(&journey.member(Role::Chair).await).await;
    let request = SealCirculatedRequest { meeting: meeting.clone(), pin: pin.clone().into() };
    let circulated = journey.cabinet.seal_circulated(request).await.expect("sealed").path;
    let (wrong, right) = ("Ten hosts were measured".to_owned(), "Two hosts were measured".to_owned());
    let request = SealErratumRequest { meeting: meeting.clone(), pin: pin.into(), wrong, right };
    let erratum = journey.cabinet.seal_erratum(request).await.expect("sealed").path;
    let path = journey.cabinet.minutes_path(OfMeeting { meeting: meeting.clone() }).await.expect("sealed minutes");
    let extract = path.with_file_name(format!("{}-decision-{}.pdf", changes[1], &meeting[..8]));
    let another = journey.meet(&[&changes[2]]).await.meeting.id;
    journey.close(&another).await;
    journey.seal(&another).await.expect("sealed");
    let other = journey.cabinet.minutes_path(OfMeeting { meeting: another }).await.expect("sealed minutes");
    Papers {
        minutes: Paper::read(&path),
        circulated: Paper::read(&circulated),
        extract: Paper::read(&extract),
        erratum: Paper::read(&erratum),
        other: Paper::read(&other),
    }
}

/// pdfsig with the board's root among those that NSS trusts.
struct Reader {
    folder: tempfile::TempDir,
}

impl Reader {
    fn new(root: &str) -> Self {
        let reader = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::write(reader.path("root.pem"), root).expect("written");
        std::fs::create_dir(reader.path("nss")).expect("a folder");
        let pem = reader.path("root.pem");
        reader.run("certutil", &["-N", "-d", &reader.nss(), "--empty-password"]);
        reader.run("certutil", &["-A", "-d", &reader.nss(), "-n", "board", "-t", "C,C,C", "-i", &pem]);
        reader
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn nss(&self) -> String {
        format!("sql:{}", self.path("nss"))
    }

    fn run(&self, tool: &str, arguments: &[&str]) -> String {
        let output = Command::new(tool).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap_or_else(|error| {
            panic!("{tool} does not run ({error}); install it with tests/support/pdf/install.sh")
        });
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Whether it calls the file's one signature valid and trusted.
    fn is_content(&self, pdf: &[u8]) -> bool {
        let file = self.path("insider.pdf");
        std::fs::write(&file, pdf).expect("written");
        let said = self.run("pdfsig", &["-nssdir", &self.nss(), &file]);
        said.contains("Signature is Valid.") && said.contains("Certificate is Trusted.")
    }
}

fn refusal(pdf: &[u8]) -> String {
    match verify_minutes(pdf, None) {
        Err(BoardError::Verification { code, .. }) => code,
        Err(other) => panic!("{other}"),
        Ok(checked) => panic!("it was accepted: {}", checked.verdict),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_chair_seals_that_the_record_does_not_carry_is_refused_with_its_reason() {
    let journey = Journey::begin().await;
    let papers = papers(&journey).await;
    let rosters = Bundle::parse(papers.minutes.evidence()).expect("readable").rosters;
    let roster: Roster = serde_json::from_slice(rosters.last().expect("a roster")).expect("readable");
    let folder = Folder::new(journey.data_dir());
    let keys: Arc<dyn Vault> = Arc::new(FileVault::sample(&folder.vault()).expect("the sample's keys"));
    let (chair, cto) = (journey.member(Role::Chair).await, journey.member(Role::Cto).await);
    let pins = (journey.pin(&chair).await, journey.pin(&cto).await);
    let chair = Insider::of(&roster, &keys, &chair, &pins.0);
    let cto = Insider::of(&roster, &keys, &cto, &pins.1);
    let reader = Reader::new(&roster.certificate_root);

    // Sealed by this same hand, what the record carries holds.
    for paper in [&papers.minutes, &papers.circulated, &papers.extract, &papers.erratum, &papers.other] {
        let again = chair.seals(paper);
        assert!(verify_minutes(&again, None).expect("it holds").recomputed && reader.is_content(&again));
    }

    let mut made: Vec<(&str, &[&str], Vec<u8>)> =
        ATTACKS.iter().map(|(name, codes, attack)| (*name, *codes, chair.seals(&attack(&papers)))).collect();
    let genuine = drawn(&papers.minutes);
    made.push(("another member certifies", &["not-the-chair"], cto.seals(&papers.minutes)));
    made.push(("text that nobody sees", ROW, chair.signs(&invisible_text(&genuine), &papers.minutes)));
    made.push(("letters that look like others", ROW, chair.signs(&permuted_glyphs(&genuine), &papers.minutes)));

    // What names a font that is not there is not even signed.
    let turned = with_shapes_of_our_own(&papers.minutes);
    let unsigned = chair.tries(&drawn(&turned), &turned);
    assert!(matches!(unsigned, Err(MinutesError::Refused(refusal)) if refusal.code == RefusalCode::Attachment));

    let mut content = Vec::new();
    for (name, codes, pdf) in &made {
        let code = refusal(pdf);
        assert!(codes.contains(&code.as_str()), "{name}: {code}");
        println!("{name:<48} {code}");
        if reader.is_content(pdf) {
            content.push(*name);
        }
    }
    let (all, most) = (made.len(), content.len());
    println!("{all} of {all} refused; pdfsig alone calls {most} of them valid and trusted");
    assert_eq!(most, all, "no signature is broken: {content:?}");
    journey.cabinet.finish_work().await;
}
