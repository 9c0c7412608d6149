//! A thousand random answer sets, scored by the model and by a program that shares no line with it.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use domain::risk::{Answer, Assessment, Facts, Model, Provenance, points_100};
use serde_json::{Value, json};

/// How many answer sets.
const SETS: usize = 1_000;

/// SplitMix64: the same sets each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let sides = u64::try_from(sides).expect("few sides");
        usize::try_from((z ^ (z >> 31)) % sides).expect("less than the sides")
    }

    fn coin(&mut self) -> bool {
        self.roll(2) == 1
    }

    /// Of five questions about one is open; the sets lean to the best or the worst answers, so that every level comes up.
    fn assessment(&mut self, model: &Model) -> Assessment {
        let lean = self.roll(3);
        let mut answers = BTreeMap::new();
        for question in &model.questions {
            if self.roll(5) == 0 {
                continue;
            }
            let most = question.answers.len();
            let (one, other) = (self.roll(most), self.roll(most));
            let at = match lean {
                0 => one.min(other),
                1 => one.max(other),
                _ => one,
            };
            let provenance = if self.coin() { Provenance::Synced } else { Provenance::Attested };
            let answer = Answer { choice: question.answers[at].id.clone(), provenance };
            answers.insert(question.id.clone(), answer);
        }
        let facts = Facts {
            emergency: self.roll(4) == 0,
            inside_freeze: self.roll(8) == 0,
            error_budget_spent: self.roll(6) == 0,
            is_fix: self.coin(),
        };
        Assessment::new(model.clone(), answers, facts).expect("answers of the model")
    }
}

#[test]
fn a_thousand_answer_sets_score_the_same_in_another_program() {
    let model = points_100();
    let mut dice = Dice(0x000c_ab1e);
    let sets: Vec<Assessment> = (0..SETS).map(|_| dice.assessment(&model)).collect();
    let lines: Vec<String> =
        sets.iter().map(|set| json!({"answers": set.answers(), "facts": set.facts()}).to_string()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sets.jsonl");
    fs::write(&file, lines.join("\n")).expect("the sets");
    let done = Command::new("python3")
        .arg("-B")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("second-verifier/score.py"))
        .arg(&file)
        .output()
        .expect("python3 runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).expect("text");
    let said: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(said.len(), SETS);
    let mut levels = BTreeMap::new();
    for (set, said) in sets.iter().zip(&said) {
        let decided = set.decide();
        let ours = json!({
            "assumed": decided.assumed,
            "confidence": decided.confidence,
            "level": decided.level,
            "level_by_score": decided.level_by_score,
            "score": decided.score,
        });
        assert_eq!(&ours, said, "{:?} {:?}", set.answers(), set.facts());
        *levels.entry(decided.level).or_insert(0_usize) += 1;
    }
    assert_eq!(levels.len(), 4, "every level came up: {levels:?}");
}
