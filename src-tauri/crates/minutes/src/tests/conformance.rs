//! PDF/A-3a and PDF/UA-1 by veraPDF's rules, before and after each signature; and that veraPDF says no to the same files with
//! one thing taken out. Installed by `tests/support/pdf/install.sh`; without it these tests fail, they do not skip.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::board::{EVIDENCE, attached, chair, member, request};
use crate::model::{Minutes, Signatory};
use crate::pdf::file::{Object, PdfFile, write_base};
use crate::pdf::value::{Dict, Value, get, set};
use crate::{
    Language, PaperSize, SignatureRequest, approval_attachment, compose, compose_agenda, compose_annex, compose_draft,
    compose_erratum, compose_extract, compose_plan, compose_pre_read, render, sealing_attachments, sign, specimen,
};

/// What veraPDF says of a file: of each profile the rules that failed.
pub(super) type Said = BTreeMap<String, Vec<String>>;

/// Asks veraPDF about all files in one go.
pub(super) fn asked(files: &[PathBuf]) -> BTreeMap<PathBuf, Said> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/support/pdf/conformance.sh");
    let mut child = Command::new(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("veraPDF starts; install it with tests/support/pdf/install.sh");
    let mut input = child.stdin.take().expect("a pipe");
    let names: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    let writer = std::thread::spawn(move || input.write_all(names.as_bytes()).expect("it reads"));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("all are named");
    let mut said: BTreeMap<PathBuf, Said> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let mut parts = line.split('\t');
        let (verdict, profile) = (parts.next().expect("a verdict"), parts.next().expect("a profile"));
        let checks: u32 = parts.next().and_then(|count| count.parse().ok()).expect("a number of checks");
        let file = PathBuf::from(parts.next().expect("a file"));
        let failed: Vec<String> = parts.map(str::to_owned).collect();
        assert_eq!(verdict == "conforms", failed.is_empty(), "{line}");
        assert!(checks > 100 || !failed.is_empty(), "it looked at next to nothing: {line}");
        said.entry(file).or_default().insert(profile.to_owned(), failed);
    }
    for file in files {
        let both: Vec<&str> = said.get(file).into_iter().flatten().map(|(profile, _)| profile.as_str()).collect();
        assert_eq!(both, ["3a", "ua1"], "{}: veraPDF says nothing of it", file.display());
    }
    said
}

/// Minutes that so many people sign, the chair first.
fn minutes(items: u32, signatories: &[&str]) -> Minutes {
    let mut minutes = specimen::minutes(items);
    minutes.signatories.extend(signatories.iter().map(|name| Signatory {
        field: field_of(name),
        name: (*name).to_owned(),
        role: "Member".to_owned(),
        meaning: "I was there, and it was so.".to_owned(),
    }));
    minutes
}

fn field_of(name: &str) -> String {
    format!("member-{:x}", name.chars().map(u32::from).sum::<u32>())
}

/// The file before anybody signed it, and after each signature.
fn revisions(minutes: &Minutes, signatories: &[&str]) -> Vec<Vec<u8>> {
    let chair = chair();
    let attachments = sealing_attachments(EVIDENCE, &chair, minutes.head.language).expect("attachments");
    let mut files = vec![render(&compose(minutes), &attachments).expect("drawn")];
    files.push(sign(&files[0], &request(), &chair).expect("the chair signs"));
    for (turn, name) in signatories.iter().enumerate() {
        let signer = member(name, "Member", 20 + u8::try_from(turn).expect("few"));
        let field = field_of(name);
        let request = SignatureRequest {
            field: &field,
            name,
            role: "Member",
            meaning: "I was there, and it was so.",
            ..request()
        };
        let before = files.last().expect("signed by the chair");
        let after = sign(before, &request, &signer).expect("signed in turn");
        files.push(after);
    }
    files
}

#[test]
fn every_document_conforms_before_and_after_each_signature() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    let mut put = |name: String, bytes: &[u8]| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).expect("written");
        files.push(file);
    };
    let others = ["Ελένη Παπαδοπούλου", "Дмитрий Соколов", "Nguyễn Thị Ánh"];
    for (items, signatories) in [(0, &others[..0]), (2, &others[..]), (20, &others[..1])] {
        for (turn, bytes) in revisions(&minutes(items, signatories), signatories).iter().enumerate() {
            put(format!("minutes-{items}-{turn}.pdf"), bytes);
        }
    }
    let mut german = minutes(2, &others[..1]);
    (german.head.language, german.head.paper) = (Language::German, PaperSize::Letter);
    for (turn, bytes) in revisions(&german, &others[..1]).iter().enumerate() {
        put(format!("german-{turn}.pdf"), bytes);
    }
    let attachments = attached(EVIDENCE);
    let extract = render(&compose_extract(&specimen::extract()), &attachments).expect("drawn");
    put("extract.pdf".to_owned(), &extract);
    let annex = render(&compose_annex(&specimen::annex()), &attachments).expect("drawn");
    put("annex.pdf".to_owned(), &annex);
    let erratum = render(&compose_erratum(&specimen::erratum()), &attachments).expect("drawn");
    put("erratum.pdf".to_owned(), &erratum);
    let mut corrected = specimen::minutes(2);
    corrected.corrections = specimen::corrections();
    put("draft.pdf".to_owned(), &render(&compose_draft(&corrected), &[]).expect("drawn"));
    for language in Language::ALL {
        let code = language.code();
        let mut attachments = sealing_attachments(EVIDENCE, &chair(), language).expect("attachments");
        attachments.push(approval_attachment(EVIDENCE, language));
        let plan = specimen::plan(language);
        let base = render(&compose_plan(&plan), &attachments).expect("drawn");
        put(format!("plan-{code}.pdf"), &base);
        let meaning = plan.signatories[0].meaning.as_str();
        let sealed = sign(&base, &SignatureRequest { meaning, ..request() }, &chair()).expect("signed");
        put(format!("plan-{code}-sealed.pdf"), &sealed);
        let agenda = specimen::agenda(language);
        put(format!("agenda-{code}.pdf"), &render(&compose_agenda(&agenda), &[]).expect("drawn"));
        let pre_read = compose_pre_read(&agenda, &specimen::pre_read());
        put(format!("pre-read-{code}.pdf"), &render(&pre_read, &[]).expect("drawn"));
    }
    for (file, said) in asked(&files) {
        for (profile, failed) in said {
            assert!(failed.is_empty(), "{}, {profile}: {failed:#?}", file.display());
        }
    }
    println!("{} files conform to PDF/A-3a and PDF/UA-1", files.len());
}

/// The objects of a file that nobody has signed, changed.
struct Changed {
    objects: BTreeMap<u32, Object>,
    trailer: Dict,
}

impl Changed {
    fn of(pdf: &[u8]) -> Self {
        let file = PdfFile::read(pdf).expect("our own file");
        let base = file.base();
        let object = |found: &crate::pdf::found::Found<'_>| match &found.stream {
            Some(range) => {
                let mut dict = found.dict().expect("a stream's dictionary").clone();
                dict.remove(b"Length".as_slice());
                Object::Stream { dict, data: pdf[range.clone()].to_vec() }
            }
            None => Object::Value(found.value().clone()),
        };
        let objects = base.objects.iter().map(|(number, found)| (*number, object(found))).collect();
        Self { objects, trailer: base.trailer.clone() }
    }

    /// The dictionaries of which this holds; there is at least one.
    fn each(&mut self, is: impl Fn(&Dict) -> bool, change: impl Fn(&mut Dict)) {
        let mut changed = 0;
        for object in self.objects.values_mut() {
            if let Object::Value(Value::Dict(dict)) | Object::Stream { dict, .. } = object
                && is(dict)
            {
                change(dict);
                changed += 1;
            }
        }
        assert!(changed > 0, "nothing to change");
    }

    fn typed(&mut self, name: &str, change: impl Fn(&mut Dict)) {
        self.each(|dict| get(dict, "Type").is_some_and(|kind| kind.is_name(name)), change);
    }

    fn bytes(&self) -> Vec<u8> {
        write_base(&self.objects, &self.trailer)
    }
}

fn without(key: &'static str) -> impl Fn(&mut Dict) {
    move |dict| {
        dict.remove(key.as_bytes());
    }
}

fn widget(dict: &Dict) -> bool {
    get(dict, "Subtype").is_some_and(|kind| kind.is_name("Widget"))
}

fn link(dict: &Dict) -> bool {
    get(dict, "Subtype").is_some_and(|kind| kind.is_name("Link"))
}

/// A way to spoil a file: how it is called, and the rule by which veraPDF must notice, by clause and number.
type Control = (&'static str, &'static str, fn(&mut Changed));

/// Negative controls: a good file with one thing missing or wrong.
const CONTROLS: [Control; 16] = [
    ("no metadata", "6.6.2.1-1", |file| file.typed("Catalog", without("Metadata"))),
    ("no output intent", "6.2.4.3-2", |file| file.typed("Catalog", without("OutputIntents"))),
    ("a script", "6.5.1-1", |file| {
        file.typed("Catalog", |catalog| {
            let action = [("S", Value::name("JavaScript")), ("JS", Value::words("app.alert(1)"))];
            set(catalog, "OpenAction", Value::Dict(crate::pdf::value::dict(action)));
        });
    }),
    ("no relationship of an attachment", "6.8-3", |file| file.typed("Filespec", without("AFRelationship"))),
    ("no appearance of a field", "6.3.3-1", |file| file.each(widget, without("AP"))),
    ("a font that is not embedded", "6.2.11.4.1-1", |file| file.typed("FontDescriptor", without("FontFile2"))),
    ("other widths than the font's", "6.2.11.5-1", |file| {
        file.typed("Font", |font| {
            if let Some(Value::Array(list)) = font.get_mut(b"DescendantFonts".as_slice())
                && let Some(Value::Dict(cid)) = list.first_mut()
            {
                set(cid, "W", Value::Array(vec![Value::Int(1), Value::Array(vec![Value::Int(77); 40])]));
            }
        });
    }),
    ("no language", "7.2-22", |file| file.typed("Catalog", without("Lang"))),
    ("no structure", "7.1-11", |file| file.typed("Catalog", without("StructTreeRoot"))),
    ("a window named after the file", "7.1-10", |file| file.typed("Catalog", without("ViewerPreferences"))),
    ("a field without a name for people", "7.18.1-3", |file| file.each(widget, without("TU"))),
    ("pages whose order of fields is open", "7.18.3-1", |file| file.typed("Page", without("Tabs"))),
    ("a header that speaks for no cells", "7.2-10", |file| {
        file.each(
            |dict| get(dict, "S").is_some_and(|kind| kind.is_name("TH")),
            |cell| {
                cell.remove(b"A".as_slice());
                set(cell, "S", Value::name("Figure"));
            },
        );
    }),
    ("a figure without words", "7.3-1", |file| {
        file.each(|dict| get(dict, "S").is_some_and(|kind| kind.is_name("Figure")), without("Alt"));
    }),
    ("a link without words", "7.18.5-2", |file| file.each(link, without("Contents"))),
    ("a link that is not printed", "6.3.2-1", |file| file.each(link, without("F"))),
];

/// Asks about a file that conforms, and about it with each of the controls. Returns how many there are: all are noticed.
pub(super) fn every_control_is_noticed_in(good: &[u8]) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = folder.path().join("whole.pdf");
    std::fs::write(&whole, Changed::of(good).bytes()).expect("written");
    let mut files = vec![whole.clone()];
    for (turn, (_, _, spoil)) in CONTROLS.iter().enumerate() {
        let mut changed = Changed::of(good);
        spoil(&mut changed);
        let file = folder.path().join(format!("{turn:02}.pdf"));
        std::fs::write(&file, changed.bytes()).expect("written");
        files.push(file);
    }
    let said = asked(&files);
    assert!(said[&whole].values().all(Vec::is_empty), "the same file written again conforms: {:?}", said[&whole]);
    for (file, (control, rule, _)) in files[1..].iter().zip(&CONTROLS) {
        let failed: Vec<&String> = said[file].values().flatten().collect();
        let rules: Vec<&str> = failed.iter().filter_map(|said| said.split(':').next()).collect();
        println!("{control}: {}", rules.join(", "));
        assert!(rules.contains(rule), "veraPDF does not notice by {rule}: {control}");
    }
    CONTROLS.len()
}

#[test]
fn a_file_with_one_thing_taken_out_does_not_conform() {
    every_control_is_noticed_in(&revisions(&minutes(1, &[]), &[]).swap_remove(0));
}
