//! The register as a page for people.

use super::{Kind, Register, Requirement, Sections};

/// What stands above the numbers, below the count.
const HEAD: &str = "\
For auditors, and for whoever wants to know how far Cabinet has come. A number stands for one requirement of a policy for
releases and deployments, and never changes: gates, refusals and minutes name it as their *clause*. Below each number stand
the code that enforces it, the tests that prove it, and where it is seen. *Open* says what is not there yet; what stands
beside it is the part that is kept. *Limit* says where one that is kept ends, by its nature or by decision. A *gate* blocks
or warns, a *record* is a field, a form or a stored fact, a *view* is looked at or exported, and *admin* is what a board
sets up.

This page is made from [requirements.toml](requirements.toml) and never edited: change that file, then
`CABINET_WRITE=1 cargo nextest run -p journeys requirements`. [The tests](../tests/src/requirements.rs) fail when a number is
missing, when it is neither kept nor open, and when it names code or a test that is not in the tree.
";

/// The page.
pub(super) fn of(sections: Sections<'_>, register: &Register) -> String {
    let all: Vec<&Requirement> = register.requirement.iter().collect();
    let (whole, open) = counted(&all);
    let mut lines = vec![
        "# The requirements, and what keeps them".to_owned(),
        String::new(),
        format!("**Of {} numbers, {whole} are kept whole and {open} are open.**", all.len()),
        String::new(),
        HEAD.to_owned(),
        "| section | numbers | kept whole | open |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    for (section, _) in sections {
        let here = in_section(register, section);
        let (whole, open) = counted(&here);
        lines.push(format!("| {section} | {} | {whole} | {open} |", here.len()));
    }
    for (section, _) in sections {
        lines.extend([String::new(), format!("## {section}")]);
        lines.extend(in_section(register, section).into_iter().flat_map(told));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn in_section<'r>(register: &'r Register, section: &str) -> Vec<&'r Requirement> {
    register.requirement.iter().filter(|one| one.section == section).collect()
}

/// How many are kept whole, and how many are open.
fn counted(requirements: &[&Requirement]) -> (usize, usize) {
    let open = requirements.iter().filter(|one| one.open.is_some()).count();
    (requirements.len() - open, open)
}

/// One number: what is required, and a line for each thing that is said of it.
fn told(one: &Requirement) -> Vec<String> {
    let state = if one.open.is_some() { "open" } else { "kept whole" };
    let mut lines = vec![
        String::new(),
        format!("### {}", one.number),
        String::new(),
        format!("*{}, {state}.* {}", word(one.kind), one.text),
        String::new(),
    ];
    for (what, references) in [("code", &one.code), ("tests", &one.tests)] {
        if !references.is_empty() {
            let links: Vec<String> = references.iter().map(|reference| link(reference)).collect();
            lines.push(format!("- {what}: {}", links.join(", ")));
        }
    }
    if !one.seen.is_empty() {
        lines.push(format!("- seen: {}", one.seen.join("; ")));
    }
    if let Some(open) = &one.open {
        lines.push(format!("- open: {open}"));
    }
    if let Some(limit) = &one.limit {
        lines.push(format!("- limit: {limit}"));
    }
    lines
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Gate => "Gate",
        Kind::Record => "Record",
        Kind::View => "View",
        Kind::Admin => "Admin",
    }
}

/// A reference as a link from `docs` to its file.
fn link(reference: &str) -> String {
    let (path, name) = reference.split_once('#').unwrap_or((reference, reference));
    format!("[`{name}`](../{path})")
}
