//! Deployment by release automation: whether a text names a pipeline or a job (R3).
use super::Runbook;
use super::said::Said;
use crate::plan::PlanSection;

const AUTOMATION: &[&str] = &["pipeline*", "job", "jobs", "workflow*"];

/// Words that look like names and are none.
const NO_NAMES: &[&str] = &["by-hand", "n/a", "t.b.d", "e.g", "i.e", "go/no-go"];

/// Words beside a pipeline that do not name it.
const PLAIN: &[&str] = &[
    "the",
    "a",
    "an",
    "our",
    "its",
    "this",
    "that",
    "by",
    "via",
    "with",
    "from",
    "in",
    "some",
    "any",
    "new",
    "usual",
    "ci",
    "cd",
    "run",
    "runs",
    "start",
    "starts",
    "release",
    "deployment",
    "manual",
];

impl Runbook {
    /// The sentence of the method of deployment that names a pipeline or a job, if one does.
    #[must_use]
    pub fn pipeline(&self) -> Option<&str> {
        self.sentences(&[PlanSection::Method]).find(|said| names_one(said)).map(|said| said.text.as_str())
    }
}

/// Whether the ticket's method of deployment names a pipeline or a job: `pipeline payments-deploy`, `payments job`, or a
/// name alone, as `payments/deploy-prod`.
#[must_use]
pub fn names_pipeline(method: &str) -> bool {
    let method = &method[..method.floor_char_boundary(super::MOST_READ)];
    let mut words = method.split_whitespace();
    let alone = words.next().is_some_and(|word| is_name(trimmed(word))) && words.next().is_none();
    alone || super::sentences(method).iter().any(names_one)
}

/// Whether the sentence says of a pipeline or job which one it is: its name stands beside the word, or holds it.
fn names_one(said: &Said) -> bool {
    if !said.affirms(AUTOMATION) {
        return false;
    }
    let automation = |word: &str| Said::of(word).says(AUTOMATION);
    let words: Vec<&str> = said.text.split_whitespace().map(trimmed).filter(|word| !word.is_empty()).collect();
    // Where nothing else is said, any word beside it is its name.
    let short = words.len() == 2;
    let names = |word: &str| is_name(word) || (short && is_plain_name(word));
    words.iter().any(|word| is_name(word) && automation(word))
        || words.windows(2).any(|pair| match pair {
            [before, after] => (automation(before) && names(after)) || (automation(after) && names(before)),
            _ => false,
        })
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Whether a word looks like the name of something: letters, and within them a sign or a digit.
fn is_name(word: &str) -> bool {
    let sign = |c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '/' | '.' | ':' | '#');
    word.chars().any(char::is_alphabetic) && word.chars().any(sign) && !NO_NAMES.contains(&word.to_lowercase().as_str())
}

fn is_plain_name(word: &str) -> bool {
    word.chars().any(char::is_alphabetic)
        && !Said::of(word).says(AUTOMATION)
        && !PLAIN.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_or_job_is_named_beside_the_word_or_alone() {
        for (method, named) in [
            ("pipeline payments-deploy", true),
            ("Pipeline gateway-release, canary stage first", true),
            ("session-store/deploy-prod", true),
            ("https://ci.example/job/12", true),
            ("Pipeline payments", true),
            ("payments job", true),
            ("Started by hand. Job deploy-production of the platform's pipeline.", true),
            ("payments-pipeline, every Tuesday", true),
            ("by hand", false),
            ("by-hand", false),
            ("the pipeline", false),
            ("CI pipeline", false),
            ("The pipeline deploys it", false),
            ("No pipeline: run deploy-prod.sh on each host", false),
            ("Copy the files with scp-all", false),
            ("n/a", false),
            ("", false),
        ] {
            assert_eq!(names_pipeline(method), named, "{method:?}");
        }
        assert!(!names_pipeline(&"ä ".repeat(64 * 1024)), "a long text is read in part");
    }
}
