//! Who may depend on whom. The crates' *declared* dependencies are read from `cargo metadata`, so an edge is found
//! even where nothing uses it yet. The drawing of these layers is in `src-tauri/README.md`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A crate of ours, which of our other crates it may name, and why no more.
struct Layer {
    name: &'static str,
    may_use: &'static [&'static str],
    rule: &'static str,
}

/// Every crate of the workspace stands here once; a new one must be given its place.
const LAYERS: &[Layer] = &[
    Layer { name: "domain", may_use: &[], rule: "rules are pure: domain imports nothing of ours" },
    Layer { name: "record", may_use: &["domain"], rule: "record depends on domain, never the reverse" },
    Layer { name: "store", may_use: RULES, rule: ADAPTER },
    Layer { name: "vault", may_use: RULES, rule: ADAPTER },
    Layer { name: "ticketing", may_use: RULES, rule: ADAPTER },
    Layer { name: "minutes", may_use: RULES, rule: ADAPTER },
    Layer { name: "evidence", may_use: &["domain"], rule: ADAPTER },
    Layer { name: "relay", may_use: RULES, rule: ADAPTER },
    Layer {
        name: "gate",
        may_use: RULES,
        rule: "the pipeline's check is one small static program: the rules and nothing else",
    },
    Layer {
        name: "board",
        may_use: &["domain", "record", "store", "vault", "ticketing", "minutes", "evidence", "relay"],
        rule: "the use cases know rules and adapters, and no host",
    },
    Layer {
        name: "sample",
        may_use: &[],
        rule: "the sample server speaks only the wire, or a mistake shared with the adapter would hide in it",
    },
    Layer { name: "powercut", may_use: &[], rule: "what a disk could hold is decided without any of our code" },
    Layer { name: "cli", may_use: &["board", "sample", "gate"], rule: HOST },
    Layer { name: "cabinet", may_use: HOST_MAY_USE, rule: HOST },
    Layer {
        name: "journeys",
        may_use: &["domain", "record", "store", "vault", "ticketing", "minutes", "relay", "board", "gate", "sample"],
        rule: "the users' journeys run without a window",
    },
];

const RULES: &[&str] = &["domain", "record"];
const ADAPTER: &str = "adapters know the rules and never each other: the use cases pass ports in";
const HOST_MAY_USE: &[&str] = &["board", "sample"];
const HOST: &str = "a host parses input, calls `Cabinet` and shows the answer";

/// A crate from outside that belongs to one of ours.
struct Owned {
    /// The dependency's name, or the beginning of it when it ends in `*`.
    dependency: &'static str,
    owners: &'static [&'static str],
    rule: &'static str,
}

const OWNED: &[Owned] = &[
    Owned { dependency: "tauri*", owners: &["cabinet"], rule: "only the shell names tauri" },
    Owned { dependency: "sqlx*", owners: &["store", "relay"], rule: "only store and relay speak SQL" },
    Owned { dependency: "reqwest", owners: &["ticketing"], rule: "only ticketing speaks HTTP outwards" },
    Owned { dependency: "keyring*", owners: &["vault"], rule: "only vault reaches the OS keyring" },
    Owned { dependency: "zbus", owners: &["cabinet"], rule: "only the shell listens to the desktop" },
    Owned { dependency: "age", owners: &["vault", "relay"], rule: "only vault seals keys, only relay packs" },
    Owned { dependency: "printpdf", owners: &["minutes"], rule: "only minutes makes pages" },
    Owned { dependency: "lopdf", owners: &["minutes"], rule: "only minutes takes a PDF apart" },
    Owned {
        dependency: "cms",
        owners: &["minutes", "vault"],
        rule: "only minutes makes PDF signatures, only vault reads PKCS#12",
    },
    Owned { dependency: "quick-xml", owners: &["evidence"], rule: "only evidence reads XML" },
    Owned { dependency: "axum", owners: &["sample"], rule: "only the sample server listens" },
    Owned { dependency: "clap", owners: &["cli"], rule: "only the command line has arguments" },
    Owned { dependency: "rpassword", owners: &["cli"], rule: "only the command line prompts" },
];

/// What reaches outside the process, waits, or draws chance: never in the crates that only decide.
const IMPURE: &[&str] = &[
    "tokio",
    "tokio-util",
    "futures-util",
    "rustls",
    "getrandom",
    "rand",
    "fs4",
    "tempfile",
    "tracing-appender",
    "tracing-subscriber",
];
const PURE: &[&str] = &["domain", "record", "gate"];
const PURE_RULE: &str =
    "domain and record do no IO, read no clock and draw no chance; gate only reads files it is given";

/// One line of a `Cargo.toml`: `from` names `to`; `dev` when only its tests do.
#[derive(Debug, Clone)]
struct Edge {
    from: String,
    to: String,
    dev: bool,
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// Every edge that breaks a rule, with the rule.
fn violations(edges: &[Edge]) -> Vec<String> {
    let layers: BTreeMap<&str, &Layer> = LAYERS.iter().map(|layer| (layer.name, layer)).collect();
    let mut found = Vec::new();
    for Edge { from, to, dev } in edges {
        let mut broken = |rule: &str| found.push(format!("{from} -> {to}: {rule}"));
        let Some(layer) = layers.get(from.as_str()) else {
            broken("this crate has no place among the layers yet");
            continue;
        };
        // Tests of any crate may talk to the sample server, make files and samples of their own, and let calls fail.
        let for_tests = *dev && ["sample", "powercut"].contains(&to.as_str());
        if layers.contains_key(to.as_str()) && !layer.may_use.contains(&to.as_str()) && !for_tests {
            broken(layer.rule);
        }
        for owned in OWNED {
            if matches(owned.dependency, to) && !owned.owners.contains(&from.as_str()) {
                broken(owned.rule);
            }
        }
        if !dev && PURE.contains(&from.as_str()) && IMPURE.contains(&to.as_str()) {
            broken(PURE_RULE);
        }
    }
    found
}

/// The workspace's packages and their declared dependencies, as cargo reads them.
fn declared() -> (Vec<String>, Vec<Edge>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--locked", "--offline", "--manifest-path"])
        .arg(root)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let (mut packages, mut edges) = (Vec::new(), Vec::new());
    for package in metadata["packages"].as_array().expect("packages") {
        let from = text(&package["name"]);
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = text(&dependency["name"]);
            edges.push(Edge { from: from.clone(), to, dev: dependency["kind"] == "dev" });
        }
        packages.push(from);
    }
    packages.sort();
    (packages, edges)
}

#[test]
fn every_declared_dependency_follows_the_layers() {
    let found = violations(&declared().1);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_crate_has_its_place_among_the_layers() {
    let mut named: Vec<&str> = LAYERS.iter().map(|layer| layer.name).collect();
    named.sort_unstable();
    assert_eq!(declared().0, named, "the packages of the workspace (left) and the layers named here (right)");
}

#[test]
fn a_broken_layer_is_named_with_its_edge_and_its_rule() {
    let cases = [
        ("domain", "record", false, "domain imports nothing of ours"),
        ("domain", "tokio", false, "do no IO"),
        ("store", "ticketing", false, "never each other"),
        ("minutes", "board", false, "never each other"),
        ("gate", "board", false, "one small static program"),
        ("gate", "tokio", false, "do no IO"),
        ("board", "tauri", false, "only the shell names tauri"),
        ("cli", "tauri-specta", false, "only the shell names tauri"),
        ("board", "sqlx-sqlite", false, "only store and relay speak SQL"),
        ("relay", "store", false, "never each other"),
        ("evidence", "store", false, "never each other"),
        ("board", "age", false, "only vault seals keys"),
        ("cli", "store", false, "a host parses input"),
        ("journeys", "cabinet", false, "without a window"),
        ("vault", "reqwest", true, "only ticketing speaks HTTP"),
        ("helpers", "domain", false, "no place among the layers"),
    ];
    for (from, to, dev, rule) in cases {
        let found = violations(&[Edge { from: from.into(), to: to.into(), dev }]);
        let edge = format!("{from} -> {to}: ");
        assert!(
            found.iter().any(|line| line.starts_with(&edge) && line.contains(rule)),
            "{edge}expected to break {rule:?}, got {found:?}"
        );
    }
}

#[test]
fn tests_of_an_adapter_may_talk_to_the_sample_server_and_its_code_may_not() {
    let edge = |dev| [Edge { from: "ticketing".into(), to: "sample".into(), dev }];
    assert!(violations(&edge(true)).is_empty(), "a development dependency");
    assert_eq!(violations(&edge(false)).len(), 1, "a dependency of the code itself");
}
