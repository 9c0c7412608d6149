//! Risk levels that were overridden after the signature.
use domain::risk::RiskLevel;

use super::Case;
use crate::Reason;
use crate::testing::{Handed, Story, digest_of, fields, with};

#[test]
fn a_level_that_is_raised_after_the_signature_makes_it_stale_and_one_persons_word_lowers_nothing() {
    use RiskLevel::{Critical, High, Low, Medium};
    let (signed, elsewhere) = (digest_of(&fields()), digest_of(&with("title", "Another")));
    for (said, codes, why) in [
        (vec![], vec![], "nobody said anything"),
        (vec![(Medium, High, signed)], vec![Reason::Stale], "raised"),
        (vec![(Low, Medium, signed)], vec![], "to the level at which it was signed"),
        (vec![(Medium, Critical, elsewhere)], vec![], "for what stands there no more"),
        (vec![(Medium, Low, signed)], vec![], "lowered makes nothing stale"),
        (vec![(Medium, High, signed), (High, Low, signed)], vec![Reason::Stale], "and lowered by one is not lowered"),
    ] {
        let mut story = Story::signed();
        for (from, to, content) in said {
            story.override_level((from, to), content);
        }
        story.export(Handed::of(&fields()));
        let verdict = Case::of(&story).judge();
        assert_eq!(verdict.codes(), codes, "{why}: {}", verdict.text(false));
    }
}
