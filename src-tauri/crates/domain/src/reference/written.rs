//! Random texts in which a line may or may not be a sign-off, read by the rules and by hand.
use super::generate::{Dice, change};
use crate::entry::Verdict;
use crate::ids::Digest;
use crate::written::{NotWritten, said_in};

/// What a person sees in it: the words of each line one by one.
fn by_hand(text: &str, key: &str, digits: &str) -> Result<(Verdict, String), &'static str> {
    let (mut approved, mut rejected) = (false, Vec::new());
    for line in text.split('\n') {
        let mut words: Vec<String> = Vec::new();
        let mut word = String::new();
        for letter in line.chars().chain([' ']) {
            if letter != ' ' && letter != '\t' && letter != '\r' {
                word.push(letter);
            } else if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let full_stop = format!("{digits}.");
        match words.as_slice() {
            ["I", "approve", named, last] if *named == key && (*last == digits || *last == full_stop) => {
                approved = true;
            }
            ["I", "reject", named, last, why @ ..] if *named == key => {
                let Some(first) = last.strip_prefix(digits).and_then(|rest| rest.strip_prefix(':')) else { continue };
                let mut reason: Vec<&str> = why.to_vec();
                if !first.is_empty() {
                    reason.insert(0, first);
                }
                if !reason.is_empty() {
                    rejected.push(reason.join(" "));
                }
            }
            _ => {}
        }
    }
    match (approved, rejected.first()) {
        (true, None) => Ok((Verdict::Approve, String::new())),
        (false, Some(reason)) => Ok((Verdict::Reject, reason.clone())),
        (true, Some(_)) => Err("written-both"),
        (false, None) => Err("written-not-said"),
    }
}

/// Scraps of what people write around such lines.
const SCRAPS: [&str; 24] = [
    "I",
    "approve",
    "reject",
    "CHG-1",
    "CHG-2",
    "abababababababab",
    "abababababababab.",
    "abababababababab:",
    "abababababababab:untested",
    "ababababababababab",
    "cdcdcdcdcdcdcdcd",
    "I approve CHG-1 abababababababab",
    "I reject CHG-1 abababababababab: untested",
    "I approve CHG-2 abababababababab",
    "\nI approve CHG-1 abababababababab\n",
    "\nI reject CHG-1 abababababababab: too early\n",
    ">",
    "not",
    "untested",
    "\n",
    "\n",
    "\r\n",
    "\t",
    ".",
];

#[test]
fn random_texts_are_read_by_the_rules_as_by_hand() {
    let mut seen = std::collections::BTreeMap::new();
    for n in 0..super::histories() * 10 {
        let mut dice = Dice::new(super::seed().wrapping_add(n));
        let scraps = 1 + dice.roll(9);
        let mut text = String::new();
        for _ in 0..scraps {
            text.push_str(dice.of(&SCRAPS));
            if !dice.one_in(4) {
                text.push(' ');
            }
        }
        let rules = said_in(&text, &change(1), Digest([0xab; 32]));
        let hand = by_hand(&text, "CHG-1", "abababababababab");
        let rules = rules.map(|said| (said.verdict, said.reason)).map_err(|why| NotWritten::code(&why));
        assert_eq!(rules, hand, "{text:?}");
        *seen.entry(format!("{:?}", rules.as_ref().map(|(verdict, _)| *verdict))).or_insert(0_u64) += 1;
    }
    assert!(seen.len() == 4, "each answer is met: {seen:?}");
}
