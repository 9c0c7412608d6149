//! What the record quotes of the program's own words, in German: what a gate found and asks for, what a decision's brief
//! says of the plan, and what an emergency owes. Entries carry these sentences in English, whatever the board's language,
//! so that one record has one wording; they are translated where they are printed.
//!
//! A sentence is known by its words around its gaps. What fills a gap was written by others and stays as it is, and so
//! does a sentence that is not known: one of an older program, or one that a person wrote.
use domain::emergency::Owed;
use domain::plan::PlanSection;

use super::{Language, Words};
use crate::conditions::one_line;

mod gates;
mod pages;
mod remedies;
#[cfg(test)]
mod tests;
mod titles;

/// A sentence with `{}` for its gaps, and the German one with `{0}` for what stood in the first gap. `{0!}` is translated
/// itself, `{0,}` and `{0&}` are lists, with commas or "and" between, each part of which is.
type Row = (&'static str, &'static str);

/// The tables, in the order in which they are looked through.
const TABLES: [&[Row]; 4] = [titles::TITLES, gates::FOUND, remedies::ASKED, pages::SAID];

/// How deep sentences stand in sentences at most: what a hostile entry nests deeper stays as it is.
const DEEPEST: u32 = 6;

/// What is owed for a broken glass is in the words of whoever broke it (R52).
const GLASS: &str = "R52";

impl Words {
    /// A sentence of the program's own as an entry quotes it: the title of a gate, why it says so, and what would satisfy it.
    pub(crate) fn recorded(self, text: &str) -> String {
        match self.language {
            Language::English => text.to_owned(),
            Language::German => german(text, DEEPEST),
        }
    }

    /// The same of a text that begins with a capital and ends with a full stop, as the window shows it; of a gate without
    /// what was looked at, which is about the ticket's fields and stands beside it.
    pub(crate) fn sentence(self, shown: &str) -> String {
        if self.language == Language::English {
            return shown.to_owned();
        }
        let said = shown.split_once(" Looked at: ").map_or(shown, |(said, _)| said).trim_end();
        let bare = said.strip_suffix('.').unwrap_or(said);
        let mut letters = bare.chars();
        let small = letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>());
        // What begins with a name keeps its capital.
        let mut found = [small.as_deref(), Some(bare)].into_iter().flatten().map(|text| (text, german(text, DEEPEST)));
        let found = found.find(|(text, german)| german != text);
        crate::gates::sentence(&found.map_or_else(|| bare.to_owned(), |(_, german)| german))
    }

    /// Points of a question, and the most that it can give.
    pub(crate) fn out_of(self, points: u32, most: u32) -> String {
        format!("{points} {} {most}", self.either("of", "von"))
    }

    /// That so many lines of a difference are not shown.
    pub(crate) fn more_lines(self, more: usize) -> String {
        match self.language {
            Language::English => format!(" … and {more} more lines"),
            Language::German => format!(" … und {more} weitere Zeilen"),
        }
    }

    /// Behind the name of a field on which no signature depends.
    pub(crate) fn not_material(self) -> &'static str {
        self.either(" (not material)", " (nicht wesentlich)")
    }

    /// What is owed, in words.
    pub(in crate::minutes) fn owed_what(self, owed: &Owed) -> String {
        if owed.clause == GLASS { one_line(&owed.what) } else { self.recorded(&owed.what) }
    }

    /// What shows that it was done: a person's words, but that a provisional key was bound to its ticket.
    pub(super) fn owed_met(self, owed: &Owed, note: &str) -> String {
        if owed.id == "binding" { self.recorded(note) } else { one_line(note) }
    }

    /// How a score follows where points are not just added.
    pub(crate) fn follows_from(self, follows: &str) -> String {
        if self.language == Language::English {
            return follows.to_owned();
        }
        let said = follows.replace("likelihood ", "Wahrscheinlichkeit ").replace("impact ", "Auswirkung ");
        said.rsplit_once(" of ").map_or_else(|| said.clone(), |(score, of)| format!("{score} von {of}"))
    }
}

fn german(text: &str, depth: u32) -> String {
    split(text, "; ").into_iter().map(|clause| of_clause(clause, depth)).collect::<Vec<_>>().join("; ")
}

/// One clause. Which rows there are is fixed, so its cost is bounded by its length.
fn of_clause(clause: &str, depth: u32) -> String {
    let Some(depth) = depth.checked_sub(1) else { return clause.to_owned() };
    if let Some(section) = PlanSection::ALL.into_iter().find(|section| section.title() == clause) {
        return Words { language: Language::German }.plan_section(section).to_owned();
    }
    if let Some((head, what)) = clause.split_once(": ")
        && let Some(place) = place(head)
    {
        return format!("{place}: {}", of_clause(what, depth));
    }
    let known = |text: &str| {
        let mut rows = TABLES.into_iter().flatten();
        rows.find_map(|(english, german)| Some(filled(german, &gaps(english, text)?, depth)))
    };
    let stopped = || clause.strip_suffix('.').and_then(known).map(|said| said + ".");
    known(clause).or_else(stopped).unwrap_or_else(|| clause.to_owned())
}

/// A section of the plan, or a step in it: "Timing and timescales, step 2".
fn place(head: &str) -> Option<String> {
    let german = Words { language: Language::German };
    let of = |title: &str| PlanSection::ALL.into_iter().find(|known| known.title() == title);
    if let Some(section) = of(head) {
        return Some(german.plan_section(section).to_owned());
    }
    let (title, step) = head.rsplit_once(", step ")?;
    let section = of(title)?;
    let step: u32 = step.parse().ok()?;
    Some(format!("{}, Schritt {step}", german.plan_section(section)))
}

/// What stands in the gaps of a sentence, if the text is that sentence. Nothing ends inside of a quotation.
fn gaps<'t>(sentence: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut literals = sentence.split("{}").peekable();
    let mut rest = text.strip_prefix(literals.next()?)?;
    let mut found = Vec::new();
    while let Some(literal) = literals.next() {
        let (gap, behind) = if literals.peek().is_none() {
            (rest.strip_suffix(literal)?, "")
        } else {
            let at = find(rest, literal)?;
            (rest.get(..at)?, rest.get(at + literal.len()..)?)
        };
        if gap.is_empty() {
            return None;
        }
        found.push(gap);
        rest = behind;
    }
    rest.is_empty().then_some(found)
}

/// Where something begins in a text, outside of what the text quotes.
fn find(text: &str, part: &str) -> Option<usize> {
    let mut quoted = 0_u32;
    for (at, letter) in text.char_indices() {
        if quoted == 0 && text.get(at..).is_some_and(|rest| rest.starts_with(part)) {
            return Some(at);
        }
        match letter {
            '“' => quoted += 1,
            '”' => quoted = quoted.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The parts of a text between these, outside of what it quotes.
fn split<'t>(text: &'t str, between: &str) -> Vec<&'t str> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(at) = find(rest, between) {
        let (Some(part), Some(behind)) = (rest.get(..at), rest.get(at + between.len()..)) else { break };
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts
}

/// The German sentence with what stood in the gaps.
fn filled(german: &str, gaps: &[&str], depth: u32) -> String {
    let (mut out, mut rest) = (String::new(), german);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((named, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        let number = named.trim_end_matches(['!', ',', '&']);
        let gap = number.parse::<usize>().ok().and_then(|number| gaps.get(number)).copied().unwrap_or_default();
        let each = |between: &str, joined: &str| {
            split(gap, between).into_iter().map(|part| of_clause(part, depth)).collect::<Vec<_>>().join(joined)
        };
        match named.strip_prefix(number) {
            Some("!") => out.push_str(&of_clause(gap, depth)),
            Some(",") => out.push_str(&each(", ", ", ")),
            Some("&") => out.push_str(&each(" and ", " und ")),
            Some(_) | None => out.push_str(gap),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}
