//! What builds say that they made.
use domain::ids::Digest;

use super::*;

fn statement(form: &str, predicate_type: &str, sha256: &str, predicate: &str) -> String {
    format!(
        r#"{{"_type":"https://in-toto.io/Statement/{form}","subject":[{{"name":"pay.tar","digest":{{"sha256":"{sha256}"}}}},
            {{"name":"notes","digest":{{"sha512":"00"}}}}],"predicateType":"{predicate_type}","predicate":{predicate}}}"#
    )
}

const SLSA_1: &str = r#"{"buildDefinition":{"buildType":"t","resolvedDependencies":[{"uri":"pkg:a","digest":{"sha1":"11"}},
    {"uri":"git+https://code.example/pay","digest":{"gitCommit":"5f0c3a9b"}}]},"runDetails":{"builder":{"id":"https://ci.example/7"}}}"#;
const SLSA_0: &str = r#"{"builder":{"id":"https://ci.example/6"},"buildType":"t",
    "materials":[{"uri":"pkg:a","digest":{"sha1":"11"}},{"uri":"git+https://code.example/pay","digest":{"sha1":"aaaaaaa"}}]}"#;

#[test]
fn a_statement_says_what_was_built_by_whom_and_of_which_commit() {
    let digest = "ab".repeat(32);
    for (form, predicate_type, predicate, builder, commit) in [
        ("v1", "https://slsa.dev/provenance/v1", SLSA_1, "https://ci.example/7", "5f0c3a9b"),
        ("v0.1", "https://slsa.dev/provenance/v0.2", SLSA_0, "https://ci.example/6", "aaaaaaa"),
        ("v1", "https://slsa.dev/provenance/v1", "null", "", ""),
    ] {
        let text = statement(form, predicate_type, &digest.to_uppercase(), predicate);
        let evidence = read("pay.intoto.json", text.as_bytes()).expect("it is read");
        assert_eq!((evidence.provenance.format, evidence.run.commit.as_str()), (Format::InTotoStatement, commit));
        let Says::Artifacts(made) = evidence.says else { panic!("artifacts") };
        assert_eq!((made.total, made.listed.len(), made.builder.as_str()), (2, 1, builder));
        assert_eq!(made.listed[0].sha256, Digest([0xab; 32]));
    }
}

#[test]
fn statements_about_other_things_and_digests_that_are_none_are_refused() {
    let digest = "ab".repeat(32);
    let slsa = "https://slsa.dev/provenance/v1";
    let twice = statement("v1", slsa, &digest, "null").replace("\"subject\":[", "\"subject\":[],\"subject\":[");
    for (text, code) in [
        (statement("v2", slsa, &digest, "null"), "evidence_version"),
        (statement("v1", "https://cyclonedx.org/bom", &digest, "null"), "evidence_version"),
        (statement("v1", slsa, "short", "null"), "evidence_malformed"),
        (statement("v1", slsa, &digest, "7"), "evidence_malformed"),
        (twice, "evidence_malformed"),
    ] {
        let error = refused("pay.intoto.json", &text);
        assert_eq!(error.fault.code(), code, "{text}: {error}");
    }
    let many: Vec<String> =
        (0..30_000).map(|n| format!(r#"{{"name":"a","digest":{{"sha256":"{n:064x}"}}}}"#)).collect();
    let text = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","predicateType":"{slsa}","subject":[{}]}}"#,
        many.join(",")
    );
    let Says::Artifacts(made) = says("many.json", text) else { panic!("artifacts") };
    assert_eq!((made.total, made.listed.len()), (30_000, domain::evidence::LISTED_COMPONENTS));
}
