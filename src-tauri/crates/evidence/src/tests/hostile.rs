//! Files that are made to harm: each is refused with a word of its own, none takes long or much memory.
use super::*;

const LAUGHS: &str = "<?xml version='1.0'?><!DOCTYPE testsuites [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\
    <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><testsuites><testcase name='&c;'>&c;</testcase></testsuites>";

fn sarif(results: &str) -> String {
    format!(r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"a"}}}},"results":[{results}]}}]}}"#)
}

#[test]
fn nothing_is_declared_expanded_or_fetched() {
    let cases = [
        (LAUGHS.to_owned(), "evidence_doctype"),
        ("<!DOCTYPE testsuites SYSTEM 'file:///etc/passwd'><testsuites/>".to_owned(), "evidence_doctype"),
        (
            "<!DOCTYPE coverage SYSTEM 'a.dtd' [<!ENTITY % p SYSTEM 'http://a/'> %p;]><coverage/>".to_owned(),
            "evidence_doctype",
        ),
        (
            "<!DOCTYPE coverage [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><coverage>&x;</coverage>".to_owned(),
            "evidence_doctype",
        ),
        ("<testsuites>&x;</testsuites>".to_owned(), "evidence_entity"),
        ("<testsuites><testcase name='&x;'/></testsuites>".to_owned(), "evidence_malformed"),
    ];
    for (text, code) in cases {
        let error = refused("report.xml", &text);
        assert_eq!(error.fault.code(), code, "{text}: {error}");
        assert!(matches!(error.place, Place::Byte(_)), "{error} says where");
        assert!(!error.to_string().contains("root:"), "nothing was read: {error}");
    }
}

#[test]
fn deep_files_are_refused_where_they_become_too_deep() {
    let deep = 100_000;
    let json = format!(r#"{{"runs":{}{}}}"#, "[".repeat(deep), "]".repeat(deep));
    assert_eq!(
        refused("deep.sarif", json).to_string().split(". ").next(),
        Some("deep.sarif, byte 135: it is nested deeper than 128 levels")
    );
    let unclosed = format!(r#"{{"runs":{}"#, "{\"a\":".repeat(deep));
    assert_eq!(refused("deep.sarif", unclosed).fault, Fault::TooDeep);
    let xml = format!("<testsuites>{}{}</testsuites>", "<a>".repeat(deep), "</a>".repeat(deep));
    assert_eq!(refused("deep.xml", xml).fault, Fault::TooDeep);
    let cyclonedx = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":{}{}}}"#,
        r#"[{"name":"a","components":"#.repeat(deep),
        "}]".repeat(deep)
    );
    assert_eq!(refused("deep.json", cyclonedx).fault, Fault::TooDeep);
    // Not a byte is looked at behind the bracket that is one too many.
    let head = r#"{"spdxVersion":"SPDX-2.3","packages":"#;
    let error = refused("deep.spdx.json", format!("{head}{}", "[".repeat(deep)));
    assert_eq!(
        (error.fault, error.place),
        (Fault::TooDeep, Place::Byte((head.len() + crate::bounds::DEPTH - 1) as u64))
    );
}

#[test]
fn large_files_are_refused_before_they_are_parsed() {
    let large = vec![b' '; 65 << 20];
    assert_eq!(
        refused("large.xml", large).to_string(),
        "large.xml: it is larger than 64 MiB. Split the report, or leave out what is no result"
    );
    assert_eq!(
        refused("many.xml", format!("<testsuites>{}</testsuites>", "<a/>".repeat(10_000_000))).fault,
        Fault::TooMany
    );
    assert_eq!(refused("many.json", sarif(&format!("{}{{}}", "{},".repeat(10_000_000)))).fault, Fault::TooMany);
    assert_eq!(refused("many.info", format!("SF:a\n{}", "\n".repeat(10_000_000))).fault, Fault::TooMany);
    // Two elements a package, and three before the first: it ends at the bound, long before the file does.
    let head = r#"{"spdxVersion":"SPDX-2.3","packages":["#;
    let error = refused("many.spdx.json", format!("{head}{}{{}}]}}", "{},".repeat(10_000_000)));
    let packages = (crate::bounds::ELEMENTS - 2) / 2;
    assert_eq!((error.fault, error.place), (Fault::TooMany, Place::Byte((head.len() + 3 * packages - 1) as u64)));
}

#[test]
fn as_many_as_are_read_are_counted_and_not_kept() {
    let Says::Findings(found) = says("many.sarif", sarif(&format!("{}{{}}", "{},".repeat(999_999)))) else {
        panic!("findings")
    };
    assert_eq!((found.warnings, found.first.len()), (1_000_000, domain::evidence::LISTED));
    let package = r#"{"SPDXID":"a","name":"a"}"#;
    let packages = vec![package; 30_000].join(",");
    let Says::Components(found) =
        says("many.spdx.json", format!(r#"{{"spdxVersion":"SPDX-2.3","packages":[{packages}]}}"#))
    else {
        panic!("components")
    };
    assert_eq!((found.total, found.listed.len()), (30_000, domain::evidence::LISTED_COMPONENTS));
    let different: Vec<String> = (0..60_000).map(|n| format!(r#"{{"ruleId":"{n}"}}"#)).collect();
    let error = refused("rules.sarif", sarif(&different.join(",")));
    assert!(error.to_string().contains("more than 50000 different rules"), "{error}");
}

#[test]
fn one_element_with_very_many_attributes_takes_no_square_of_time() {
    let many: String = (0..1_000_000).map(|n| format!(" a{n}='1'")).collect();
    let error = refused("wide.xml", format!("<testsuites{many}/>"));
    assert!(error.to_string().contains("more than 64 attributes"), "{error}");
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_are() {
    let utf16: Vec<u8> = "\u{feff}<testsuites/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&[u8], Fault, Place); 4] = [
        (b"<testsuites>\xff</testsuites>", Fault::NotUtf8, Place::Byte(12)),
        (&utf16, Fault::NotUtf8, Place::Byte(0)),
        (b"<testsuites>\0</testsuites>", Fault::Nul, Place::Byte(12)),
        (b"<?xml version='1.0' encoding='UTF-16'?><testsuites/>", Fault::NotUtf8, Place::Byte(0)),
    ];
    for (bytes, fault, place) in cases {
        let error = refused("report.xml", bytes);
        assert_eq!((error.fault, error.place), (fault, place));
    }
}

#[test]
fn numbers_that_are_no_counts_are_refused() {
    for text in [
        "<testsuites failures='-1'/>",
        "<testsuites tests='1e999'/>",
        "<testsuites errors='+1'/>",
        "<testsuites skipped='99999999999'/>",
        "<coverage lines-covered='0.5' lines-valid='1'/>",
        "<coverage><packages><package><classes><class><lines><line hits='-3'/></lines></class></classes></package></packages></coverage>",
        "SF:a\nDA:1,-1\nend_of_record\n",
        "SF:a\nDA:1,1e9\nend_of_record\n",
        "SF:a\nLF:x\nend_of_record\n",
    ] {
        let error = refused("numbers", text);
        assert_eq!(error.fault.code(), "evidence_malformed", "{text}: {error}");
        assert!(error.place != Place::Whole, "{error} says where");
    }
    for index in ["1e999", "0.5", "99999999999", "\"1\""] {
        let error = refused("numbers.sarif", sarif(&format!(r#"{{"ruleIndex":{index}}}"#)));
        assert_eq!(error.fault.code(), "evidence_malformed", "{index}: {error}");
        assert!(matches!(error.place, Place::Column(1, _)), "{error} says where");
    }
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    for text in [
        r#"{"version":"2.1.0","runs":[],"runs":[]}"#.to_owned(),
        sarif(r#"{"level":"error","level":"note"}"#),
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a","name":"b"}]}"#.to_owned(),
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[],"metadata":{"tools":{"components":[],"components":[]}}}"#
            .to_owned(),
    ] {
        let error = refused("twice.json", &text);
        assert!(error.to_string().contains("duplicate field"), "{text}: {error}");
    }
    let error = refused("twice.xml", "<testsuites><testcase name='a' name='b'/></testsuites>");
    assert!(error.to_string().contains("attribute name twice"), "{error}");
}

#[test]
fn a_file_that_was_cut_anywhere_is_never_read_as_less() {
    for (name, whole) in [
        ("node.junit.xml", std::fs::read(fixtures().join("files/node.junit.xml"))),
        ("npm.cyclonedx.json", std::fs::read(fixtures().join("files/npm.cyclonedx.json"))),
        ("npm.spdx.json", std::fs::read(fixtures().join("files/npm.spdx.json"))),
        ("ruff.sarif", std::fs::read(fixtures().join("files/ruff.sarif"))),
        ("coverage.cobertura.xml", std::fs::read(fixtures().join("files/coverage.cobertura.xml"))),
    ] {
        let whole = whole.expect("a file");
        let end = whole.trim_ascii_end().len();
        for at in 0..end {
            assert!(read(name, &whole[..at]).is_err(), "{name} was read although it ends at byte {at} of {end}");
        }
    }
    let lcov = "SF:a\nDA:1,1\nend_of_record\nSF:b\nDA:1,0\n";
    assert_eq!(refused("cut.info", lcov).fault.code(), "evidence_malformed");
}

#[test]
fn what_stands_behind_the_end_is_refused() {
    for text in ["<testsuites/><testsuites/>", "<testsuites/>more", "<testsuites></testsuite>"] {
        assert_eq!(refused("twice.xml", text).fault.code(), "evidence_malformed", "{text}");
    }
    let error = refused("lines.json", "{\"runs\":[]}\n{\"runs\":[]}");
    assert_eq!(error.place, Place::Column(2, 1), "{error}");
}
