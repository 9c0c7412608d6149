//! R33 to R35: of each open-source component that is introduced a benefit, a licence that does not bind, and no equivalent
//! already in use.
use std::collections::BTreeSet;

use super::at_hand::{AtHand, attest};
use super::licences::{Terms, terms};
use super::{Gate, GateOutcome, Look, quoted};
use crate::attested::Question;
use crate::evidence::Components;

/// Names that are told one by one.
const TOLD: usize = 5;

/// What a change introduces.
enum Introduced {
    /// Nothing, and how that is known.
    Nothing(&'static str),
    /// Nobody can tell, and why.
    Unclear(String),
    /// These, by their names.
    These(BTreeSet<String>),
}

/// Whether a file lists the components of the version before.
fn is_base(file: &str) -> bool {
    let lower = file.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "base" | "before"))
}

/// The components as they will be, and as they were.
struct Lists<'a> {
    now: Vec<&'a Components>,
    before: Vec<&'a Components>,
}

impl<'a> Lists<'a> {
    fn of(hand: &AtHand<'a>) -> Self {
        let found = hand.components();
        let (mut now, mut before) = (Vec::new(), Vec::new());
        for (file, says) in found.files.iter().zip(found.says) {
            if is_base(&file.provenance.file) { before.push(says) } else { now.push(says) }
        }
        Self { now, before }
    }

    /// What is new by the lists; `None` where they cannot say it.
    fn fresh(&self) -> Option<BTreeSet<String>> {
        let whole = |list: &&Components| list.listed.len() >= list.total as usize;
        if self.now.is_empty() || self.before.is_empty() || !self.now.iter().chain(&self.before).all(whole) {
            return None;
        }
        let names = |lists: &[&'a Components]| -> BTreeSet<&'a str> {
            lists.iter().flat_map(|list| &list.listed).map(|component| component.name.as_str()).collect()
        };
        let before = names(&self.before);
        Some(names(&self.now).into_iter().filter(|name| !before.contains(name)).map(str::to_owned).collect())
    }

    /// The worst of what the licences allow of all components of this name, whatever their versions.
    fn worst_terms(&self, name: &str) -> Terms {
        let named = self.now.iter().flat_map(|list| &list.listed).filter(|component| component.name == name);
        named.map(|component| terms(&component.licences)).max().unwrap_or(Terms::Unknown)
    }
}

/// What the lists say is new, and what a member says besides. A member's “none” never outweighs the lists.
fn introduced(hand: &AtHand<'_>, lists: &Lists<'_>) -> Introduced {
    let said = |value: &str| value.trim_end_matches('.').eq_ignore_ascii_case("none");
    let holds = hand.answer(Question::NewComponents).map(|attested| attested.answer.value.trim());
    let none = holds.is_some_and(said);
    // What was named before an edit is still named; only that there is none has to be said again.
    let newest = hand.newest(Question::NewComponents).map(|attested| attested.answer.value.trim());
    let named = newest.filter(|value| !said(value)).unwrap_or_default().split([',', '\n']);
    let named = named.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
    let by_lists = lists.fresh();
    let known = by_lists.is_some();
    let all: BTreeSet<String> = by_lists.unwrap_or_default().into_iter().chain(named).collect();
    if !all.is_empty() {
        return Introduced::These(all);
    }
    if known {
        return Introduced::Nothing("the lists of components show none that is new");
    }
    if none {
        return Introduced::Nothing("it is attested that no component is new");
    }
    let unread = hand.unread();
    Introduced::Unclear(format!(
        "nobody can tell which components are new: there is no list of before and after{unread}"
    ))
}

/// How an unclear introduction is cleared.
fn clear() -> String {
    format!(
        "bring CycloneDX or SPDX of this version and of the one before (“base” in its name), or {}",
        attest(Question::NewComponents)
    )
}

/// Whether a character is part of a word, as names of components are written.
fn inside(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | ':')
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !inside(c)).map(|word| word.trim_matches(['.', ':']))
}

/// Whether a text names a component as a word of its own.
fn names(text: &str, component: &str) -> bool {
    words(text).any(|word| word.eq_ignore_ascii_case(component))
        || (!component.chars().all(inside) && text.contains(component))
}

/// Whether a text holds a number beside the names: a version, `1.3.0`, measures nothing.
fn measures(text: &str, components: &BTreeSet<String>) -> bool {
    let odd = components.iter().filter(|name| !name.chars().all(inside));
    let rest = odd.fold(text.to_owned(), |rest, name| rest.replace(name.as_str(), " "));
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.matches('.').count() < 2;
    words(&rest).any(|word| number(word) && !components.iter().any(|name| name.eq_ignore_ascii_case(word)))
}

/// The components beside which the text says a number: in a sentence that names them, or in one that follows and names none.
fn measured<'n>(text: &str, components: &'n BTreeSet<String>) -> BTreeSet<&'n str> {
    let (mut of, mut found) = (Vec::new(), BTreeSet::new());
    for sentence in text.split([';', '\n']).flat_map(|line| line.split(". ")) {
        let named: Vec<&str> = components.iter().map(String::as_str).filter(|name| names(sentence, name)).collect();
        if !named.is_empty() {
            of = named;
        }
        if measures(sentence, components) {
            found.extend(of.iter().copied());
        }
    }
    found
}

fn told(names: &[&str]) -> String {
    let first: Vec<String> = names.iter().take(TOLD).map(|name| quoted(name)).collect();
    let more = names.len().saturating_sub(TOLD);
    if more == 0 { first.join(", ") } else { format!("{} and {more} others", first.join(", ")) }
}

fn look(gate: Gate, hand: &AtHand<'_>, question: Question) -> Look {
    let files = hand.components();
    let (new, asked) = (hand.shown(Question::NewComponents), hand.shown(question));
    Look::at(gate, format!("{}; {new}; {asked}", files.shown_or("no list of components")))
}

/// R33 and R35: a member's word that names each; R33 asks for a number beside each name.
fn each_named(gate: Gate, hand: &AtHand<'_>, question: Question, what: &str) -> GateOutcome {
    let look = look(gate, hand, question);
    let these = match introduced(hand, &Lists::of(hand)) {
        Introduced::Nothing(why) => return look.not_applicable(why),
        Introduced::Unclear(why) => return look.no_evidence(hand.policy, why, clear()),
        Introduced::These(these) => these,
    };
    let Some(attested) = hand.answer(question) else {
        let all: Vec<&str> = these.iter().map(String::as_str).collect();
        return look.no_evidence(hand.policy, format!("nobody says {what} {}", told(&all)), attest(question));
    };
    let silent: Vec<&str> =
        these.iter().map(String::as_str).filter(|name| !names(&attested.answer.value, name)).collect();
    if !silent.is_empty() {
        return look.broken(hand.policy, format!("the answer does not say {what} {}", told(&silent)), attest(question));
    }
    if question != Question::ComponentBenefit {
        return look.passed("the answer names each new component");
    }
    let measured = measured(&attested.answer.value, &these);
    let vague: Vec<&str> = these.iter().map(String::as_str).filter(|name| !measured.contains(name)).collect();
    if vague.is_empty() {
        look.passed("the answer names each new component, with a number beside it")
    } else {
        let why = format!("no number in the answer measures {what} {}", told(&vague));
        look.broken(hand.policy, why, attest(question))
    }
}

/// R33: each brings a measurable benefit.
pub(super) fn benefit(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    each_named(gate, hand, Question::ComponentBenefit, "the benefit of")
}

/// R35: none has an equivalent already in use.
pub(super) fn equivalent(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    each_named(gate, hand, Question::NoEquivalent, "that nothing in use equals")
}

/// R34: the licence of each lets it be shared without binding; where the list does not say so, a member does.
pub(super) fn licence(gate: Gate, hand: &AtHand<'_>) -> GateOutcome {
    let look = look(gate, hand, Question::ComponentLicence);
    let lists = Lists::of(hand);
    let these = match introduced(hand, &lists) {
        Introduced::Nothing(why) => return look.not_applicable(why),
        Introduced::Unclear(why) => return look.no_evidence(hand.policy, why, clear()),
        Introduced::These(these) => these,
    };
    let word = hand.answer(Question::ComponentLicence).map(|attested| attested.answer.value.as_str());
    let (mut bound, mut unclear) = (Vec::new(), Vec::new());
    for name in these.iter().map(String::as_str) {
        match lists.worst_terms(name) {
            Terms::Free => {}
            Terms::Binds => bound.push(name),
            Terms::Unknown if word.is_some_and(|word| names(word, name)) => {}
            Terms::Unknown => unclear.push(name),
        }
    }
    if !bound.is_empty() {
        let why = format!("the licence binds what it is part of, or forbids some uses: {}", told(&bound));
        return look.broken(hand.policy, why, "take another component, or leave it out");
    }
    if !unclear.is_empty() {
        let why = format!("nobody can tell what the licence allows: {}", told(&unclear));
        return look.no_evidence(hand.policy, why, attest(Question::ComponentLicence));
    }
    look.passed("each new component may be shared without binding")
}
