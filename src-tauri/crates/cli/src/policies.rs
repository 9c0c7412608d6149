//! `cab policy`: the rules in force, what others would do to the changes on the desk, and adopting them.
use std::path::{Path, PathBuf};

use board::{
    AdoptPolicyRequest, ChangeUnder, ClauseTotals, LevelsUnder, PolicyFare, PolicyInForce, PolicyProposal,
    PolicyProposed, PolicySimulation,
};
use clap::Subcommand;
use serde_json::json;

use crate::exit::{CabError, Done};
use crate::host::Host;
use crate::names;
use crate::reply::{self, Reply};
use crate::secrets;
use crate::table::{Table, counted, cut};

/// How many changes are listed to be read.
const LISTED: usize = 40;

/// The policy: what is in force, and what another would do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The policy in force: who adopted it, and what blocks.
    Show {
        /// As a policy.toml that can be edited.
        #[arg(long)]
        toml: bool,
    },
    /// Whether a policy.toml can be adopted; every mistake with its line.
    Check {
        /// The policy.toml.
        file: PathBuf,
    },
    /// What a policy would block, and no longer block, on the desk, and whose risk level would be another; nothing is written.
    Simulate {
        /// The policy.toml.
        #[arg(required_unless_present = "proposal")]
        file: Option<PathBuf>,
        /// Instead the policy in force with a proposal put into it, by its id as `cab policy proposals` shows it.
        #[arg(long, value_name = "ID", conflicts_with = "file")]
        proposal: Option<String>,
        /// Changes that were updated within so many days.
        #[arg(long, default_value_t = 90, value_name = "N")]
        days: u32,
    },
    /// How the changes on the desk would have fared under observe, starter and full, and which to switch on.
    Fare {
        /// Changes that were updated within so many days.
        #[arg(long, default_value_t = 90, value_name = "N")]
        days: u32,
    },
    /// What reviews propose for the policy, those that no policy took up first.
    Proposals {
        /// Its id: shows the policy in force with it put in, as a policy.toml that can be edited.
        id: Option<String>,
    },
    /// Adopt a policy: signed with the PIN by somebody who holds root, after what it would do is shown.
    Adopt {
        /// The policy.toml.
        file: PathBuf,
        /// Who adopts it; otherwise the first who holds root and whose keys are on this device.
        #[arg(long = "as", value_name = "MEMBER")]
        member: Option<String>,
    },
}

/// Runs the verb.
pub async fn run(host: &Host, verb: Verb) -> Done<Reply> {
    let cabinet = host.open().await?;
    match verb {
        Verb::Show { toml } => {
            let policy = cabinet.policy_in_force().await?;
            // As lines of this system; an editor elsewhere may have ended them its own way.
            let lines = policy.text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
            let text = if toml { lines } else { in_force(&policy) };
            Ok(Reply::of(&policy, text))
        }
        Verb::Check { file } => {
            let read = cabinet.check_policy(&text_of(&file)?).await?;
            let now = if read.in_force { "It is in force." } else { "It can be adopted." };
            let text = format!("{} is a policy of strength {}. {now}", read.name, read.strength.word());
            Ok(Reply::of(&read, format!("{text}\nSHA-256 {}", read.digest)))
        }
        Verb::Simulate { file, proposal, days } => {
            let text = match (&file, &proposal) {
                (Some(file), _) => text_of(file)?,
                (None, Some(id)) => with_proposal(&cabinet, id).await?,
                (None, None) => return Err(CabError::Usage("simulate needs a policy.toml".to_owned())),
            };
            let found = cabinet.simulate_policy(&text, days).await?;
            let text = format!("{}\n{}", totals(&found), differing(&found.differing));
            Ok(Reply::of(&found, text))
        }
        Verb::Proposals { id: Some(id) } => {
            let text = with_proposal(&cabinet, &id).await?;
            Ok(Reply { result: json!({ "text": text }), text })
        }
        Verb::Proposals { id: None } => {
            let all = cabinet.policy_proposals().await?;
            let text = proposals(&all);
            Ok(Reply { result: json!({ "proposals": all }), text })
        }
        Verb::Fare { days } => {
            let fare = cabinet.how_they_would_have_fared(days).await?;
            let text = fared(&fare);
            Ok(Reply::of(&fare, text))
        }
        Verb::Adopt { file, member } => adopt(host, &cabinet, &file, member.as_deref()).await,
    }
}

async fn adopt(host: &Host, cabinet: &board::Cabinet, file: &Path, member: Option<&str>) -> Done<Reply> {
    let text = text_of(file)?;
    let proposed = cabinet.propose_policy(&text).await?;
    let found = cabinet.simulate_policy(&text, 90).await?;
    if !host.global.json {
        reply::complain(&format!("{}\n{}", totals(&found), to_sign(&proposed)));
    }
    let who = match member {
        Some(typed) => names::member(&cabinet.members().await?, typed)?.member.clone(),
        None => {
            let first = proposed.holders.first().cloned();
            first.ok_or_else(|| board::BoardError::not_found("member", "who holds root"))?
        }
    };
    let pin = secrets::one(host.global.pin_fd, "--pin-fd", &format!("PIN of {}: ", who.name))?;
    let adopted = cabinet.adopt_policy(AdoptPolicyRequest { text, by: who.id, pin }).await?;
    host.finish(cabinet).await;
    let told = format!(
        "{} is in force, adopted by {}.\nrules SHA-256 {}\ntext SHA-256 {}\nentry {}",
        adopted.name, who.name, adopted.digest, adopted.text_sha256, adopted.entry
    );
    Ok(Reply { result: json!({ "adopted": adopted, "simulation": found }), text: told })
}

/// The policy in force with a proposal put into it.
async fn with_proposal(cabinet: &board::Cabinet, id: &str) -> Done<String> {
    let all = cabinet.policy_proposals().await?;
    let mut named = all.iter().filter(|one| !id.is_empty() && one.id.starts_with(id));
    let (Some(one), None) = (named.next(), named.next()) else {
        return Err(board::BoardError::not_found("single proposal", id).into());
    };
    match (&one.text, &one.taken_up) {
        (Some(text), _) => Ok(text.clone()),
        (None, Some(policy)) => Err(board::BoardError::invalid("proposal", format!("{policy} took it up.")).into()),
        (None, None) if one.problems.is_empty() => {
            let why = "It is said in words only; write the settings into a policy.toml.";
            Err(board::BoardError::invalid("proposal", why).into())
        }
        (None, None) => Err(board::BoardError::invalid("proposal", one.problems.join("\n")).into()),
    }
}

/// Each proposal with its words, its settings and how it stands.
fn proposals(all: &[PolicyProposal]) -> String {
    if all.is_empty() {
        return "No review proposes anything for the policy.".to_owned();
    }
    let mut text = String::new();
    for one in all {
        let state = one.taken_up.as_ref().map_or_else(|| "open".to_owned(), |policy| format!("taken up by {policy}"));
        let id = one.id.get(..12).unwrap_or(&one.id);
        text.push_str(&format!("{id}  {}, {} on {} (claimed), {state}\n", one.change, one.by, one.at));
        let problems = one.problems.iter().map(|why| format!("cannot be put in: {why}"));
        for line in one.words.lines().map(str::to_owned).chain(one.settings.iter().cloned()).chain(problems) {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text.push_str("Look at one: cab policy simulate --proposal ID. As a text: cab policy proposals ID > policy.toml");
    text
}

fn text_of(file: &Path) -> Done<String> {
    std::fs::read_to_string(file).map_err(CabError::file(file))
}

fn in_force(policy: &PolicyInForce) -> String {
    let mut text = format!("{}, of strength {}", policy.name, policy.strength.word());
    if let (Some(at), Some(entry)) = (&policy.adopted_at, &policy.entry) {
        text.push_str(&format!("\nadopted by {} on {at} (claimed), entry {entry}", policy.adopted_by));
    }
    text.push_str(&format!("\nSHA-256 {}\nblocks: {}", policy.digest, policy.blocking.join(", ")));
    if policy.pin_every_act {
        text.push_str("\nevery act takes the PIN");
    }
    text
}

fn totals(found: &PolicySimulation) -> String {
    let mut text = format!(
        "{} beside {}, over {} of the last {}:\n  blocked now {}, then {}; newly {}, no longer {}; approvals lost {}\n",
        found.then,
        found.now,
        counted(found.changes, "change", "changes"),
        counted(found.days, "day", "days"),
        found.blocked_now,
        found.blocked_then,
        found.newly_blocked,
        found.released,
        found.approvals_lost
    );
    if !found.clauses.is_empty() {
        text.push_str(&by_clause(&found.clauses));
    }
    if let Some(levels) = &found.levels {
        text.push_str(&moved(levels));
    }
    text
}

/// Whose level would be another under another risk model.
fn moved(levels: &LevelsUnder) -> String {
    let changes = counted(levels.assessed, "change", "changes");
    let mut text = format!(
        "Risk model {} instead of {}, over {changes} assessed: {} would rise, {} fall, {} stay\n",
        levels.then, levels.now, levels.rise, levels.fall, levels.stay
    );
    if !levels.moved.is_empty() {
        let mut table = Table::new(&["Change", "Is", "Would be"]);
        let scored = |score: u32, of: u32, level: &str| format!("{score}/{of} {level}");
        for one in levels.moved.iter().take(LISTED) {
            let (is, then) = (one.level.word(), one.new_level.word());
            let (is, then) = (scored(one.score, levels.of, is), scored(one.new_score, levels.new_of, then));
            table.row([one.change.clone(), is, then]);
        }
        text.push_str(&table.text());
        if let Some(more) = levels.moved.len().checked_sub(LISTED).filter(|more| *more > 0) {
            text.push_str(&format!("and {more} more; --json has them all\n"));
        }
    }
    for one in &levels.unscored {
        text.push_str(&format!("not scored: {one}\n"));
    }
    if !levels.questions_gone.is_empty() {
        text.push_str(&format!("no longer asked: {}\n", levels.questions_gone.join(", ")));
    }
    for floor in &levels.floors_gone {
        text.push_str(&format!("floor that no longer applies: {floor}\n"));
    }
    text
}

fn by_clause(clauses: &[ClauseTotals]) -> String {
    let mut table = Table::new(&["Clause", "Gate", "Now", "Then"]);
    for totals in clauses {
        table.row([totals.clause.clone(), totals.title.clone(), totals.now.to_string(), totals.then.to_string()]);
    }
    table.text()
}

fn differing(changes: &[ChangeUnder]) -> String {
    if changes.is_empty() {
        return "No change would fare otherwise.".to_owned();
    }
    let mut table = Table::new(&["Change", "Title", "Would block", "No longer", "Approval"]);
    for change in changes.iter().take(LISTED) {
        let approval = if change.approval_lost { "lost" } else { "" };
        table.row([
            change.change.clone(),
            cut(&change.title, 48),
            change.newly.join(" "),
            change.no_longer.join(" "),
            approval.to_owned(),
        ]);
    }
    let more = changes.len().saturating_sub(LISTED);
    if more == 0 { table.text() } else { format!("{}and {more} more; --json has them all", table.text()) }
}

fn fared(fare: &PolicyFare) -> String {
    let mut table = Table::new(&["Strength", "Blocked", "Newly", "Approvals lost"]);
    for pack in &fare.packs {
        table.row([
            pack.strength.word().to_owned(),
            pack.blocked.to_string(),
            pack.newly_blocked.to_string(),
            pack.approvals_lost.to_string(),
        ]);
    }
    format!(
        "{} of the last {}, now under {}:\n{}Proposed: {}. {}",
        counted(fare.changes, "change", "changes"),
        counted(fare.days, "day", "days"),
        fare.now,
        table.text(),
        fare.proposed.word(),
        fare.why
    )
}

fn to_sign(proposed: &PolicyProposed) -> String {
    let holders: Vec<&str> = proposed.holders.iter().map(|holder| holder.name.as_str()).collect();
    format!("What is signed:\n  {}\nWho may sign: {}", proposed.meaning, holders.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(count: usize) -> Vec<ChangeUnder> {
        let change = |n: usize| ChangeUnder {
            change: format!("CHG-{n}"),
            title: "Rotate the certificates".to_owned(),
            now: vec!["R36".to_owned()],
            then: vec!["R84".to_owned()],
            newly: vec!["R84".to_owned()],
            no_longer: vec!["R36".to_owned()],
            approval_lost: n == 0,
        };
        (0..count).map(change).collect()
    }

    #[test]
    fn a_change_says_what_would_block_it_what_no_longer_and_whether_its_approval_is_lost() {
        let text = differing(&changes(2));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].starts_with("CHG-0") && lines[1].ends_with("R84          R36        lost"), "{text}");
        assert!(lines[2].ends_with("R36"), "{text}");
        assert_eq!(differing(&[]), "No change would fare otherwise.");
    }

    #[test]
    fn who_would_move_to_another_level_is_named_with_the_points() {
        let moved = |n: u32| board::LevelMoved {
            change: format!("CHG-{n}"),
            score: 8,
            level: board::views::RiskLevel::Low,
            new_score: 11,
            new_level: board::views::RiskLevel::Medium,
        };
        let mut levels = LevelsUnder {
            now: "points-100/1".to_owned(),
            then: "ours/1".to_owned(),
            assessed: 3,
            rise: 1,
            fall: 0,
            stay: 2,
            moved: vec![moved(7)],
            unscored: vec!["CHG-9: no such answer".to_owned()],
            of: 100,
            new_of: 25,
            floors_gone: vec!["No rollback: at least High (R93)".to_owned()],
            questions_gone: vec!["B1".to_owned(), "E4".to_owned()],
        };
        let text = super::moved(&levels);
        let begins = "Risk model ours/1 instead of points-100/1, over 3 changes assessed: 1 would rise, 0 fall, ";
        assert!(text.starts_with(begins), "{text}");
        assert!(text.contains("CHG-7   8/100 Low  11/25 Medium") && text.contains("not scored: CHG-9"), "{text}");
        assert!(text.contains("no longer asked: B1, E4\n"), "{text}");
        assert!(text.contains("floor that no longer applies: No rollback: at least High (R93)\n"), "{text}");
        levels.assessed = 1;
        assert!(super::moved(&levels).contains(", over 1 change assessed: "));
        levels.moved = (0..43).map(moved).collect();
        assert!(super::moved(&levels).contains("and 3 more; --json has them all\n"));
    }

    #[test]
    fn one_change_of_one_day_is_said_as_one() {
        let mut found = PolicySimulation {
            now: "starter/1".to_owned(),
            then: "ours/1".to_owned(),
            digest: "1f3a".repeat(16),
            days: 1,
            changes: 1,
            blocked_now: 0,
            blocked_then: 1,
            newly_blocked: 1,
            released: 0,
            approvals_lost: 0,
            clauses: Vec::new(),
            differing: Vec::new(),
            levels: None,
        };
        let first = |found: &PolicySimulation| totals(found).lines().next().map(str::to_owned);
        assert_eq!(first(&found).as_deref(), Some("ours/1 beside starter/1, over 1 change of the last 1 day:"));
        (found.changes, found.days) = (0, 90);
        assert_eq!(first(&found).as_deref(), Some("ours/1 beside starter/1, over 0 changes of the last 90 days:"));
    }

    #[test]
    fn a_proposal_is_shown_with_who_when_of_which_change_and_how_it_stands() {
        let one = |taken_up: Option<&str>, problems: &[&str]| PolicyProposal {
            id: "1f3a".repeat(16),
            change: "CHG-7".to_owned(),
            by: "Ines Duarte".to_owned(),
            at: "2026-11-27T22:40:00Z".to_owned(),
            words: "It was scored too low".to_owned(),
            settings: vec!["risk.levels.high = 45".to_owned()],
            taken_up: taken_up.map(str::to_owned),
            text: None,
            problems: problems.iter().map(|line| (*line).to_owned()).collect(),
        };
        let text = proposals(&[one(None, &["levels do not rise"]), one(Some("ours/2"), &[])]);
        for part in [
            "1f3a1f3a1f3a  CHG-7, Ines Duarte on 2026-11-27T22:40:00Z (claimed), open\n",
            "    It was scored too low\n    risk.levels.high = 45\n    cannot be put in: levels do not rise\n",
            "taken up by ours/2\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(proposals(&[]), "No review proposes anything for the policy.");
    }

    #[test]
    fn a_long_list_says_how_much_of_it_is_not_shown() {
        let text = differing(&changes(LISTED + 3));
        assert!(text.ends_with("and 3 more; --json has them all"), "{text}");
    }
}
