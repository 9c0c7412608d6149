use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::json::Fault;

fn canonical(text: &str) -> String {
    let value = json::parse(text.as_bytes(), Limits::ENTRY).expect("strict");
    String::from_utf8(to_bytes(&value).expect("writable")).expect("UTF-8")
}

#[test]
fn keys_sort_by_utf_16_units_not_by_code_points() {
    // U+1F600 is D83D DE00 in UTF-16 and so comes before U+FFFD, though its code point is larger.
    assert_eq!(canonical("{\"\u{FFFD}\":1,\"\u{1F600}\":2}"), "{\"\u{1F600}\":2,\"\u{FFFD}\":1}");
    assert!(!is_canonical("{\"\u{FFFD}\":1,\"\u{1F600}\":2}".as_bytes(), Limits::ENTRY));
}

#[test]
fn the_sorting_example_of_rfc_8785_comes_out_as_printed_there() {
    let given = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
    let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\"\u{1F600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
    assert_eq!(canonical(given), expected);
}

#[test]
fn strings_are_escaped_as_rfc_8785_says() {
    assert_eq!(
        canonical(r#""\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/""#),
        "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\""
    );
    assert_eq!(canonical("\"\u{2028}\u{7f}\\b\\f\\t\""), "\"\u{2028}\u{7f}\\b\\f\\t\"");
}

#[test]
fn white_space_order_and_needless_escapes_are_not_canonical() {
    assert!(is_canonical(br#"{"a":[1,true,null],"b":"x"}"#, Limits::ENTRY));
    for text in [r#"{"a": 1}"#, r#"{"b":1,"a":1}"#, r#"{"a":"\u0041"}"#, r#"{"a":"\/"}"#, "1 ", "{\"a\":1}\n"] {
        assert!(!is_canonical(text.as_bytes(), Limits::ENTRY), "{text}");
    }
}

#[test]
fn a_value_that_cannot_be_kept_exactly_is_never_written() {
    #[derive(Serialize)]
    struct Holds<T> {
        value: T,
    }
    let float = to_bytes(&Holds { value: 1.0f64 }).expect_err("a float");
    assert!(matches!(float, CanonicalError::Json(JsonError { fault: Fault::Float, .. })));
    let large = to_bytes(&Holds { value: 9_007_199_254_740_993i64 }).expect_err("too large");
    assert!(matches!(large, CanonicalError::Json(JsonError { fault: Fault::IntegerRange, .. })));
    assert!(to_bytes(&BTreeMap::from([(vec![1u8], 1)])).is_err(), "a key that is no text");
}

#[test]
fn a_document_with_a_field_we_do_not_know_is_refused_instead_of_losing_it() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Document {
        a: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        b: Option<String>,
    }
    assert_eq!(read::<Document>(br#"{"a":1}"#, Limits::ENTRY).expect("known").a, 1);
    assert_eq!(read::<Document>(br#"{"a":1,"b":"x"}"#, Limits::ENTRY).expect("known").b.as_deref(), Some("x"));
    assert!(matches!(read::<Document>(br#"{"a":1,"c":2}"#, Limits::ENTRY), Err(CanonicalError::Shape(_))));
    assert!(matches!(read::<Document>(br#"{"a":1,"b":null}"#, Limits::ENTRY), Err(CanonicalError::Shape(_))));
    assert!(matches!(read::<Document>(br#"{"a":-1}"#, Limits::ENTRY), Err(CanonicalError::Shape(_))));
}

proptest::proptest! {
    #[test]
    fn writing_what_was_read_changes_nothing(text in r#"(\{"[a-c]":-?[0-9]{1,5}(,"[d-f]":"[a-z\u{80}-\u{300}]{0,5}")?\})"#) {
        if let Ok(value) = json::parse(text.as_bytes(), Limits::ENTRY) {
            let once = to_bytes(&value).expect("writable");
            let again = to_bytes(&parse(&once, Limits::ENTRY).expect("canonical")).expect("writable");
            proptest::prop_assert_eq!(once, again);
        }
    }
}

/// Values as records hold them, with the characters that are written in some way of their own.
fn values() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let text = || {
        proptest::string::string_regex("[\\x00-\\x22/\\\\a-c\u{7f}\u{e9}\u{2028}\u{fb33}\u{fffd}\u{1f600}]{0,6}")
            .expect("a pattern")
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-json::MAX_INTEGER..=json::MAX_INTEGER).prop_map(Value::Integer),
        text().prop_map(Value::Text),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            proptest::collection::btree_map(text(), inner, 0..6).prop_map(Value::Object),
        ]
    })
}

proptest::proptest! {
    #[test]
    fn what_is_compared_is_what_the_library_writes(value in values()) {
        let mut compared = Vec::new();
        form::put(&value, &mut compared);
        let written = write(&value).expect("writable");
        proptest::prop_assert_eq!(String::from_utf8(compared).expect("UTF-8"), String::from_utf8(written).expect("UTF-8"));
        // In this form it is read again, and in no other.
        let read = parse(&write(&value).expect("writable"), Limits { bytes: usize::MAX, depth: 64 });
        proptest::prop_assert_eq!(read.expect("canonical"), value);
    }
}
