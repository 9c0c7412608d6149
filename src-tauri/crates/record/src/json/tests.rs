use super::*;

fn fault(text: &str) -> Fault {
    parse(text.as_bytes(), Limits::ENTRY).expect_err("must be refused").fault
}

#[test]
fn a_repeated_key_is_refused_at_any_depth_and_however_it_is_escaped() {
    assert_eq!(fault(r#"{"a":1,"a":2}"#), Fault::DuplicateKey("a".into()));
    assert_eq!(fault(r#"{"x":[{"b":1,"\u0062":1}]}"#), Fault::DuplicateKey("b".into()));
}

#[test]
fn numbers_that_readers_disagree_about_are_refused() {
    for text in ["1.0", "1e3", "-1.5", "1E+2", "0.1"] {
        assert_eq!(fault(text), Fault::Float, "{text}");
    }
    for text in ["9007199254740992", "-9007199254740992", "99999999999999999999", "-0"] {
        assert_eq!(fault(text), Fault::IntegerRange, "{text}");
    }
    for text in ["01", "-", "+1", "-01", "00"] {
        assert!(matches!(fault(text), Fault::Syntax(_)), "{text}");
    }
    for n in [MAX_INTEGER, -MAX_INTEGER, 0] {
        assert_eq!(parse(n.to_string().as_bytes(), Limits::ENTRY), Ok(Value::Integer(n)));
    }
}

#[test]
fn nesting_of_32_levels_is_read_and_33_refused() {
    let nest = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(nest(32).as_bytes(), Limits::ENTRY).is_ok());
    assert_eq!(fault(&nest(33)), Fault::TooDeep(32));
    assert_eq!(fault(&"[".repeat(100_000)), Fault::TooDeep(32), "no stack is used up on the way");
    assert_eq!(fault(&"{\"a\":".repeat(100_000)), Fault::TooDeep(32));
}

#[test]
fn more_bytes_than_the_limit_are_refused_before_reading() {
    let limits = Limits { bytes: 4, depth: 2 };
    assert_eq!(parse(b"12345", limits).expect_err("too large").fault, Fault::TooLarge(4));
    assert!(parse(b"1234", limits).is_ok());
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_stand() {
    let error = parse(b"\"a\xff\"", Limits::ENTRY).expect_err("not UTF-8");
    assert_eq!(error, JsonError { fault: Fault::NotUtf8, at: 2 });
    for text in [r#""\ud800""#, r#""\udc00""#, r#""\ud800\u0041""#, r#""\ud83d\n""#] {
        assert_eq!(fault(text), Fault::NotUtf8, "{text}");
    }
    assert_eq!(parse(br#""\ud83d\ude00""#, Limits::ENTRY), Ok(Value::Text("\u{1F600}".into())));
}

#[test]
fn what_is_nearly_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "nul",
        "truefalse",
        "1 2",
        "[1 2]",
        "{\"a\" 1}",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"",
        "\u{feff}1",
        "/*c*/1",
        "NaN",
        "[1]]",
        "{\"a\":}",
    ] {
        assert!(parse(text.as_bytes(), Limits::ENTRY).is_err(), "{text:?} must be refused");
    }
}

#[test]
fn escapes_and_white_space_are_understood() {
    let value = parse(b" {\t\"a\\n\\u00e9\\/\" : [ true , null , -7 ] }\r\n", Limits::ENTRY).expect("valid");
    let list = Value::List(vec![Value::Bool(true), Value::Null, Value::Integer(-7)]);
    assert_eq!(value, Value::Object(BTreeMap::from([("a\n\u{e9}/".to_owned(), list)])));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let _ = parse(&bytes, Limits::ENTRY);
    }

    #[test]
    fn nothing_is_accepted_that_serde_json_refuses(text in r#"[\[\]{}:,"a0-9.eE\\u+ntrl-]{0,24}"#) {
        if parse(text.as_bytes(), Limits::ENTRY).is_ok() {
            proptest::prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text:?}");
        }
    }
}
