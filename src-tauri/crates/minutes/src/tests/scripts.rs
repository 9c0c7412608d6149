//! Names in many scripts: drawn, shaped, given back by poppler's pdftotext, and drawn again without the typefaces of the
//! machine. The typefaces and pdftotext are installed by `tests/support/pdf/install.sh`; without them these tests fail.

use std::collections::BTreeSet;

use super::board::{EVIDENCE, attached, member, request};
use super::conformance::asked;
use super::tools::{Desk, run, text};
use crate::fonts::Fonts;
use crate::layout::{A4, Drawn, Layout, lay_out};
use crate::model::{Attendee, Minutes, Presence};
use crate::pdf::file::{Object, PdfFile, write_base};
use crate::pdf::value::{Dict, Value, get, set};
use crate::typefaces::{Embedding, Foreign, Origin, Shown};
use crate::{
    Attachment, Document, SignatureRequest, TYPEFACES, Typefaces, base_revision, compose, extract_attachment, render,
    render_with, sign, specimen, typefaces, verify,
};

/// Thirteen scripts: seven names and six to go with them each.
const SCRIPTS: [(&str, &str); 13] = [
    ("Zoë Łukasz Aoife Jiří Nuño Ágnes Søren", "Ångström Kovačević Őri Nguyễn Peña Şahin"),
    ("Ελένη Γιώργος Μαρία Νίκος Άννα Σοφία Πέτρος", "Παππά Νικολάου Ιωάννου Δήμου Ράπτη Βλάχου"),
    ("Дмитрий Ольга Іван Ђорђе Љубица Юлія Алексей", "Соколов Петрова Шевчук Јовић Ковач Ёлкин"),
    ("Արամ Անահիտ Գոռ Նարե Տիգրան Լիլիթ Հայկ", "Սարյան Դավթյան Պետրոսյան Ավագյան Մելիքյան Ներսիսյան"),
    ("ნინო გიორგი თამარ დავით ქეთევან ლევან მარიამ", "ბერიძე კაპანაძე ლომიძე მაისურაძე გელაშვილი ხარაძე"),
    ("נועה יוסף תמר אברהם שירה דוד מרים", "כהן לוי מזרחי פרץ ביטון דהן"),
    ("فاطمة محمد ليلى خالد مريم علاء يوسف", "الزهراء الأنصاري حداد الخطيب منصور السيد"),
    ("प्रिया अर्जुन लक्ष्मी विक्रम शिल्पा कृष्ण ऋत्विक", "शर्मा मेहता सिंह त्रिपाठी वर्मा मिश्र"),
    ("তানিয়া রফিক সুমন প্রিয়াঙ্কা অর্ণব শ্রেয়া কৃষ্ণা", "চৌধুরী আহমেদ দাস মুখার্জি ইসলাম রায়"),
    ("สมชาย ณัฐวุฒิ ปิยะ กัญญา สุดา วิชัย อรทัย", "ใจดี ศรีสุข แก้ว ทองดี บุญมี สายน้ำ"),
    ("王小明 李雅婷 张伟 刘洋 陳怡君 趙敏 周杰", "先生 女士 主席 經理 工程師 博士"),
    ("さくら はなこ たろう ケンジ ユミ みどり アキラ", "タナカ ヤマダ すずき サトウ いとう ワタナベ"),
    ("김민준 이서연 박지후 최수아 정하윤 강도현 조은서", "과장 팀장 대리 부장 이사 사원"),
];

/// Five hundred names, the scripts in turn.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    for turn in 0..7 * 6 {
        for (first, second) in SCRIPTS {
            let (first, second): (Vec<&str>, Vec<&str>) = (first.split(' ').collect(), second.split(' ').collect());
            // As every text of a document, in NFC: some letters of India are written in two code points there.
            names.push(crate::clean(&format!("{} {}", first[turn % 7], second[turn % 6])));
        }
    }
    names.truncate(500);
    names
}

fn minutes(names: &[String]) -> Minutes {
    let attendee = |name: &String| Attendee {
        name: name.clone(),
        role: "Member of the board".into(),
        presence: Presence::Present,
        arrived: None,
        left: None,
        away: Vec::new(),
        delegate_for: None,
        recused_from: Vec::new(),
    };
    let mut minutes = specimen::minutes(1);
    minutes.attendance = names.iter().map(attendee).collect();
    minutes
}

/// The shaped words of `texts` as this machine draws them.
fn shaped(texts: &[&str]) -> Embedding {
    let plain = Fonts::load().expect("fonts");
    let foreign = Foreign::of(texts, |character| plain.writes(character), Origin::Machine);
    foreign.embed(&foreign.all_shapes()).expect("embedded")
}

/// The plain shape of one run.
fn of<'e>(embedding: &'e Embedding, run: &str) -> &'e Shown {
    let found = embedding.shown.iter().find(|((_, bold), shown)| !bold && shown.text == run);
    found.unwrap_or_else(|| panic!("{run} is not shaped; install typefaces with tests/support/pdf/install.sh")).1
}

fn laid(document: &Document) -> Layout {
    let plain = Fonts::load().expect("fonts");
    let foreign = Foreign::of(&document.texts(), |character| plain.writes(character), Origin::Machine);
    lay_out(document, &Fonts::with(foreign).expect("fonts"), A4).expect("laid out")
}

#[test]
fn five_hundred_names_in_thirteen_scripts_come_back_unchanged_and_none_lacks_a_glyph() {
    let names = names();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 500);
    let document = compose(&minutes(&names));
    let layout = laid(&document);
    assert!(layout.missing.is_empty(), "no typeface has {:?}; tests/support/pdf/install.sh", layout.missing);
    let desk = Desk::new();
    let pdf = desk.put("names.pdf", &render(&document, &attached(EVIDENCE)).expect("drawn"));
    let said = text(&run("pdftotext", &["-enc", "UTF-8", &pdf, "-"]));
    // poppler puts marks of direction (U+202A to U+202E) around what runs from right to left; nothing else is taken out.
    let said: String = said.chars().filter(|character| !('\u{202a}'..='\u{202e}').contains(character)).collect();
    let lost: Vec<&String> = names.iter().filter(|name| !said.contains(name.as_str())).collect();
    assert!(lost.is_empty(), "{} do not come back: {lost:?}\n{said}", lost.len());
    for (file, said) in asked(&[std::path::PathBuf::from(&pdf)]) {
        assert!(said.values().all(Vec::is_empty), "{}: {said:#?}", file.display());
    }
}

#[test]
fn no_glyph_says_that_one_is_missing() {
    let names = names();
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    let embedding = shaped(&texts);
    assert!(embedding.shown.len() > 200, "{}", embedding.shown.len());
    assert!(embedding.shown.values().flat_map(|shown| &shown.glyphs).all(|glyph| glyph.id != 0));
}

#[test]
fn arabic_letters_join() {
    let embedding = shaped(&["محمد م ح د لا ل ا"]);
    let ids = |run: &str| of(&embedding, run).glyphs.iter().map(|glyph| glyph.id).collect::<Vec<_>>();
    let (word, meem, hah) = (ids("محمد"), ids("م")[0], ids("ح")[0]);
    assert_eq!(word.len(), 4);
    // From the left: dal, meem in the middle, hah in the middle, meem at the beginning.
    assert!(word[1] != meem && word[2] != hah && word[3] != meem && word[1] != word[3], "{word:?}");
    assert_ne!(ids("لا"), [ids("ا")[0], ids("ل")[0]], "lam and alef are written as one");
}

#[test]
fn hebrew_runs_from_right_to_left_within_a_word_and_from_word_to_word() {
    let embedding = shaped(&["שלום"]);
    let clusters: Vec<u32> = of(&embedding, "שלום").glyphs.iter().map(|glyph| glyph.cluster).collect();
    assert_eq!(clusters, [6, 4, 2, 0], "the first letter stands rightmost");
    let layout = laid(&compose(&minutes(&["נועה כהן".to_owned()])));
    let place = |word: &str| {
        let found = layout.pages.iter().flatten().find_map(|drawn| match drawn {
            Drawn::Text { x, text, .. } if **text == *word => Some(*x),
            Drawn::Text { .. } | Drawn::Fill { .. } | Drawn::Stroke { .. } | Drawn::Field { .. } => None,
        });
        found.unwrap_or_else(|| panic!("{word} is not drawn"))
    };
    assert!(place("נועה") > place("כהן"), "the first word stands right of the second");
}

#[test]
fn devanagari_moves_vowels_and_joins_consonants() {
    let embedding = shaped(&["हि ह क्ष"]);
    let ids = |run: &str| of(&embedding, run).glyphs.iter().map(|glyph| glyph.id).collect::<Vec<_>>();
    let (vowel, ha) = (ids("हि"), ids("ह"));
    assert_eq!(vowel.len(), 2);
    assert_eq!(vowel[1], ha[0], "the vowel that is said after its consonant stands before it");
    assert!(ids("क्ष").len() < 3, "two consonants and the sign between them are one");
}

#[test]
fn the_same_names_give_the_same_bytes_and_are_drawn_again_without_this_machines_typefaces() {
    let names = names();
    let document = compose(&minutes(&names[..65]));
    let attachments = attached(EVIDENCE);
    let base = render(&document, &attachments).expect("drawn");
    assert_eq!(render(&document, &attachments).expect("drawn"), base);
    let held = typefaces(&base).expect("typefaces");
    assert!(held.families().iter().all(|(family, words)| !family.is_empty() && *words > 0));
    assert!(render_with(&document, &attachments, &held).expect("drawn again") == base, "the bytes differ");
    assert!(render_with(&document, &attachments, &Typefaces::default()).expect("drawn") != base, "nothing but boxes");
    assert!(extract_attachment(&base, TYPEFACES).is_ok());
}

#[test]
fn a_document_without_such_words_carries_no_typefaces() {
    let base = render(&compose(&specimen::minutes(1)), &attached(EVIDENCE)).expect("drawn");
    assert!(extract_attachment(&base, TYPEFACES).is_err());
    assert!(typefaces(&base).expect("none").families().is_empty());
}

/// The document with another `typefaces.json`.
fn with_typefaces(pdf: &[u8], json: &serde_json::Value) -> Vec<u8> {
    let file = PdfFile::read(pdf).expect("our own file");
    let base = file.base();
    let specified = base
        .objects
        .values()
        .filter_map(|found| found.dict())
        .find(|dict| get(dict, "UF").and_then(Value::as_words).is_some_and(|name| name == TYPEFACES));
    let embedded = get(specified.expect("it is attached"), "EF").and_then(Value::as_dict);
    let changed = embedded.and_then(|ef| get(ef, "F")).and_then(Value::as_ref).expect("a stream");
    let bytes = serde_json::to_vec(json).expect("JSON");
    let object = |number: u32, found: &crate::pdf::found::Found<'_>| match &found.stream {
        Some(range) => {
            let mut dict: Dict = found.dict().expect("a stream's dictionary").clone();
            dict.remove(b"Length".as_slice());
            if number != changed {
                return Object::Stream { dict, data: pdf[range.clone()].to_vec() };
            }
            let mut parameters = get(&dict, "Params").and_then(Value::as_dict).expect("parameters").clone();
            set(&mut parameters, "Size", Value::Int(i64::try_from(bytes.len()).expect("short")));
            set(&mut dict, "Params", Value::Dict(parameters));
            dict.remove(b"Filter".as_slice());
            Object::deflated(dict, &bytes)
        }
        None => Object::Value(found.value().clone()),
    };
    let objects = base.objects.iter().map(|(number, found)| (*number, object(*number, found))).collect();
    write_base(&objects, &base.trailer)
}

fn drawn_again(document: &Document, attachments: &[Attachment], pdf: &[u8]) -> bool {
    let held = typefaces(pdf).expect("they can be read");
    render_with(document, attachments, &held).expect("drawn again") == pdf
}

#[test]
fn typefaces_that_say_something_else_are_not_those_of_the_pages() {
    let names = names();
    let document = compose(&minutes(&names[..26]));
    let attachments = attached(EVIDENCE);
    let base = render(&document, &attachments).expect("drawn");
    let text = extract_attachment(&base, TYPEFACES).expect("attached");
    assert!(drawn_again(&document, &attachments, &base));
    let change = |edit: &dyn Fn(&mut serde_json::Value)| {
        let mut json: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        edit(&mut json);
        with_typefaces(&base, &json)
    };
    let pages = |pdf: &[u8]| render_with(&document, &[], &typefaces(pdf).expect("read")).expect("drawn");
    let good = pages(&base);
    assert!(pages(&change(&|_: &mut serde_json::Value| {})) == good, "written again, it is the same");
    let glyph = change(&|json: &mut serde_json::Value| {
        let several = |run: &&mut serde_json::Value| {
            let glyphs = run["glyphs"].as_array().expect("glyphs");
            glyphs.len() > 1 && glyphs[0][0] != glyphs[1][0]
        };
        let run = json["runs"].as_array_mut().expect("runs").iter_mut().find(several).expect("a word");
        let first = run["glyphs"][0][0].take();
        run["glyphs"][0][0] = run["glyphs"][1][0].take();
        run["glyphs"][1][0] = first;
    });
    let lacking = change(&|json: &mut serde_json::Value| {
        json["runs"].as_array_mut().expect("runs").pop();
    });
    let wider = change(&|json: &mut serde_json::Value| {
        let advance = json["runs"][0]["glyphs"][0][2].as_i64().expect("a length");
        json["runs"][0]["glyphs"][0][2] = serde_json::json!(advance + 40);
    });
    for pdf in [&glyph, &lacking, &wider] {
        assert!(pages(pdf) != good);
        assert!(!drawn_again(&document, &attachments, pdf));
    }
    let more = change(&|json: &mut serde_json::Value| {
        let mut another = json["runs"][0].clone();
        another["text"] = serde_json::json!("\u{5d0}\u{5d1}\u{5d2}\u{5d3}\u{5d4}\u{5d5}");
        json["runs"].as_array_mut().expect("runs").push(another);
    });
    assert!(pages(&more) == good, "what the document does not need is not drawn");
    assert!(!drawn_again(&document, &attachments, &more), "and is not attached");
}

#[test]
fn malformed_typefaces_are_refused_with_a_reason() {
    let names = names();
    let base = render(&compose(&minutes(&names[..13])), &attached(EVIDENCE)).expect("drawn");
    let text = extract_attachment(&base, TYPEFACES).expect("attached");
    type Edit = fn(&mut serde_json::Value);
    let edits: [(&str, Edit); 9] = [
        ("schema", |json| json["schema"] = serde_json::json!("cabinet-typefaces-9")),
        ("a key", |json| json["more"] = serde_json::json!(1)),
        ("no such face", |json| json["runs"][0]["face"] = serde_json::json!(999)),
        ("no such glyph", |json| json["runs"][0]["glyphs"][0][0] = serde_json::json!(65_535)),
        ("the glyph that is none", |json| json["runs"][0]["glyphs"][0][0] = serde_json::json!(0)),
        ("back over other words", |json| json["runs"][0]["glyphs"][0][2] = serde_json::json!(-40)),
        ("far away", |json| json["runs"][0]["glyphs"][0][4] = serde_json::json!(1_000_000)),
        ("beyond the text", |json| json["runs"][0]["glyphs"][0][1] = serde_json::json!(4_000)),
        ("another font", |json| json["faces"][0]["name"] = serde_json::json!("ABCDEF+Another")),
    ];
    for (what, edit) in edits {
        let mut json: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        edit(&mut json);
        let refusal = typefaces(&with_typefaces(&base, &json)).expect_err(what);
        assert!(refusal.to_string().contains(TYPEFACES), "{what}: {refusal}");
    }
}

#[test]
fn who_signs_is_named_in_their_own_script_and_the_appearance_is_drawn_again() {
    let name = "فاطمة الزهراء";
    let mut minutes = specimen::minutes(1);
    name.clone_into(&mut minutes.signatories[0].name);
    let base = render(&compose(&minutes), &attached(EVIDENCE)).expect("drawn");
    let asked = SignatureRequest { name, ..request() };
    let signed = sign(&base, &asked, &member(name, asked.role, 3)).expect("signed");
    let report = verify(&signed, None).expect("it holds");
    assert_eq!(report.signatures[0].name, name);
    assert_eq!(base_revision(&signed).expect("a base"), base);
    let file = PdfFile::read(&signed).expect("our own file");
    let fields = crate::seal::fields(&file).expect("a form");
    let drawn = get(fields[0].1, "AP").and_then(Value::as_dict).and_then(|drawn| get(drawn, "N"));
    let drawn = drawn.and_then(Value::as_ref).and_then(|number| file.object(number)).expect("an appearance");
    let content = String::from_utf8(file.stream(drawn, 1 << 20).expect("read")).expect("ASCII");
    assert!(content.contains("/F0 10.50 Tf") || content.contains("/F1 10.50 Tf"), "{content}");
    let desk = Desk::new();
    let pdf = std::path::PathBuf::from(desk.put("signed.pdf", &signed));
    for said in asked_about(&pdf) {
        assert!(said.is_empty(), "{said:#?}");
    }
}

fn asked_about(pdf: &std::path::Path) -> Vec<Vec<String>> {
    asked(&[pdf.to_owned()]).into_values().flat_map(std::collections::BTreeMap::into_values).collect()
}
