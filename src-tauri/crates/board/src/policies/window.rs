//! The policy as the window shows it: what is in force in words, what a draft is, and what whoever adopts it signs.
use std::collections::BTreeMap;

use domain::ids::Digest;
use domain::policy::authored::{SettingInWords, describe, pack, parse};
use domain::policy::{Policy, Strength};

use super::adopt::{may_be_adopted, meaning};
use super::compile;
use super::proposals::listed;
use crate::cabinet::Cabinet;
use crate::disposals::holders;
use crate::error::{Answer, BoardError, refusal};
use crate::requests::FileText;
use crate::signing_hands::Prepared;
use crate::state::BoardState;
use crate::views::{Difference, Fact, MemberRef, PolicyChecked, PolicyPack, PolicyView, Refusal, SigningSubject};

/// The mildest first.
const STRENGTHS: [Strength; 3] = [Strength::Observe, Strength::Starter, Strength::Full];

impl Cabinet {
    /// The policy in force, in words and as a text, and what another could begin with.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] before the first run.
    pub async fn policy_view(&self) -> Answer<PolicyView> {
        let in_force = self.policy_in_force().await?;
        let board = self.board()?;
        let state = board.state().await?;
        let holders = holders(&board, &state);
        let signs_here = state.roster().root_holders.iter().any(|holder| board.is_enrolled_here(*holder));
        Ok(PolicyView {
            name: in_force.name,
            digest: in_force.digest,
            strength: in_force.strength,
            adopted_by: in_force.adopted_by,
            adopted_at: in_force.adopted_at,
            entry: in_force.entry,
            blocking: in_force.blocking,
            sections: describe(&state.policy),
            text: in_force.text,
            as_adopted: in_force.as_adopted,
            packs: STRENGTHS.map(|strength| PolicyPack { strength, text: pack(strength).to_owned() }).into(),
            refusal: (!signs_here).then(|| elsewhere(&holders)),
            holders,
            proposals: listed(&state),
        })
    }

    /// What a text is beside the policy in force. Its mistakes are an answer, not a failure: each is shown at its line.
    ///
    /// # Errors
    /// [`BoardError::NotFound`] before the first run.
    pub async fn policy_checked(&self, request: FileText) -> Answer<PolicyChecked> {
        let board = self.board()?;
        let state = board.state().await?;
        if let Err(problems) = parse(&request.text) {
            return Ok(PolicyChecked { problems, ..PolicyChecked::default() });
        }
        let compiled = compile(&request.text)?;
        let refusal = match may_be_adopted(&state, &compiled) {
            Ok(()) => None,
            Err(BoardError::Refused(refusal)) => Some(refusal),
            Err(error) => return Err(error),
        };
        Ok(PolicyChecked {
            name: Some(compiled.policy.name.clone()),
            digest: Some(compiled.digest.to_string()),
            strength: Some(compiled.policy.strength),
            in_force: compiled.digest == state.policy_digest,
            problems: Vec::new(),
            refusal,
            differences: differences(&state.policy, &compiled.policy),
        })
    }
}

/// Why no adoption is signed on this device.
fn elsewhere(holders: &[MemberRef]) -> Refusal {
    let names: Vec<&str> = holders.iter().map(|holder| holder.name.as_str()).collect();
    refusal(
        "root_elsewhere",
        "Nobody who holds root has a key on this device, and a policy decides what is enough to approve a change.",
        Some("R14"),
        format!("Copy the draft into a file and hand it over: {} can adopt it.", names.join(", ")),
    )
}

/// What differs, setting by setting, in the order of the text.
fn differences(before: &Policy, after: &Policy) -> Vec<Difference> {
    let lines = |policy: &Policy| -> BTreeMap<String, String> {
        settings(policy).map(|setting| (setting.path, setting.values.join("\n"))).collect()
    };
    let mut found = crate::changes::between(&lines(before), &lines(after), |_| true);
    let said: Vec<SettingInWords> = settings(after).chain(settings(before)).collect();
    found.sort_by_key(|difference| said.iter().position(|setting| setting.path == difference.field));
    for difference in &mut found {
        if let Some(setting) = said.iter().find(|setting| setting.path == difference.field) {
            let clause = if setting.clause.is_empty() { String::new() } else { format!(" ({})", setting.clause) };
            difference.label = format!("{}{clause}", setting.says.trim_end_matches('.'));
        }
    }
    found
}

fn settings(policy: &Policy) -> impl Iterator<Item = SettingInWords> + use<> {
    describe(policy).into_iter().flat_map(|section| section.settings)
}

/// What the act in the signing window would change of the policy in force; nothing for every other act.
pub(crate) fn differences_in(state: &BoardState, subject: &SigningSubject) -> Vec<Difference> {
    let SigningSubject::Policy { text } = subject else { return Vec::new() };
    compile(text).map(|compiled| differences(&state.policy, &compiled.policy)).unwrap_or_default()
}

/// What the signing window shows of an adoption.
pub(crate) fn prepare(state: &BoardState, subject: &SigningSubject, text: &str) -> Answer<Prepared> {
    let compiled = compile(text)?;
    may_be_adopted(state, &compiled)?;
    let sha256 = Digest::of(text.as_bytes());
    let (now, then) = (&state.policy, &compiled.policy);
    let titled = |policy: &Policy| format!("{}, of strength {}", policy.name, policy.strength.word());
    Ok(Prepared {
        subject: subject.clone(),
        title: format!("Policy {}", then.name),
        meaning: meaning(state, &compiled, sha256),
        facts: vec![
            fact("In force now", titled(now)),
            fact("From then on", titled(then)),
            fact("Settings that differ", differences(now, then).len().to_string()),
            fact("To undo it", "adopt the earlier rules again, under a name of their own".to_owned()),
        ],
        digest: compiled.digest,
        manifest: vec![fact("Rules", compiled.digest.to_string()), fact("policy.toml", sha256.to_string())],
        signers: state.roster().root_holders.clone(),
    })
}

fn fact(label: &str, value: String) -> Fact {
    Fact { label: label.to_owned(), value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_told_by_setting_in_the_order_of_the_text_with_its_clause() {
        let before = Policy::built_in(Strength::Starter);
        let mut after = before.clone();
        after.quorum.mandatory_seats = false;
        after.branch = "release".to_owned();
        after.blocking.retain(|clause| clause != "R84");
        let found = differences(&before, &after);
        let fields: Vec<&str> = found.iter().map(|difference| difference.field.as_str()).collect();
        assert_eq!(fields, ["branch", "blocking", "quorum.mandatory_seats"]);
        assert_eq!(found[0].label, "The only branch that is promoted (R42)");
        let gone: Vec<&str> =
            found[1].rows.iter().filter(|row| row.after.is_empty()).map(|row| row.before.as_str()).collect();
        assert_eq!(gone, ["R84, evidence of a rollback test, above Medium"]);
        assert!(differences(&before, &before).is_empty());
    }
}
