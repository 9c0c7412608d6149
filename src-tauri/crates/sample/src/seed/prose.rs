//! The parts of a plan that follow from the service and the window rather than from the change: teams keep such
//! wordings at hand, each team its own. A change that says it itself wins.
use super::services::Service;
use super::window::Window;
use super::wordings::*;
use crate::dialect::mix;

/// What a text may name.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) id: u32,
    pub(crate) service: &'static Service,
    pub(crate) window: Option<Window>,
    pub(crate) version: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) title: &'a str,
    /// Names of those on the ticket.
    pub(crate) lead: String,
    pub(crate) manager: String,
    pub(crate) deployer: String,
    /// Who checks what the deployer does: somebody else.
    pub(crate) engineer: String,
    /// Whether the change names related tickets.
    pub(crate) linked: bool,
}

impl Facts<'_> {
    /// Takes turns through the variants, so that neighbours in the list differ in every section.
    fn pick<'t>(&self, salt: &str, variants: &[&'t str]) -> &'t str {
        let shift = mix(salt.as_bytes()) % 97;
        let at = (u64::from(self.id) + shift) % u64::try_from(variants.len().max(1)).unwrap_or(1);
        usize::try_from(at).ok().and_then(|at| variants.get(at)).copied().unwrap_or_default()
    }

    fn at(&self, minutes: i64) -> String {
        self.window.as_ref().map_or_else(|| format!("T+{minutes} min"), |window| window.at(minutes))
    }

    fn minutes(&self) -> i64 {
        self.window.as_ref().map_or(60, Window::minutes)
    }

    /// Puts the facts in the place of `{words}`.
    fn fill(&self, text: &str) -> String {
        let s = self.service;
        let minutes = self.minutes();
        let words: [(&str, String); 26] = [
            ("{service}", s.name.to_owned()),
            ("{team}", s.team.to_owned()),
            ("{repo}", s.repository.to_owned()),
            ("{pipeline}", s.pipeline.to_owned()),
            ("{env}", s.environment.to_owned()),
            ("{systems}", s.systems.to_owned()),
            ("{apps}", s.applications.to_owned()),
            ("{data}", s.data.to_owned()),
            ("{lead}", self.lead.clone()),
            ("{manager}", self.manager.clone()),
            ("{deployer}", self.deployer.clone()),
            ("{engineer}", self.engineer.clone()),
            ("{dashboard}", s.dashboard.to_owned()),
            ("{runbook}", s.runbook.to_owned()),
            ("{consumers}", s.consumers.to_owned()),
            ("{rto}", s.rto.to_string()),
            ("{version}", self.version.to_owned()),
            ("{tag}", self.version.rsplit(' ').next().unwrap_or_default().to_owned()),
            ("{start}", self.at(0)),
            ("{quarter}", self.at(minutes / 4)),
            ("{half}", self.at(minutes / 2)),
            ("{late}", self.at(minutes * 3 / 4)),
            ("{end}", self.at(minutes)),
            ("{before}", self.at(-30)),
            ("{minutes}", minutes.to_string()),
            ("{key}", s.key.to_owned()),
        ];
        words.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value))
    }

    fn say(&self, salt: &str, variants: &[&str]) -> String {
        self.fill(self.pick(salt, variants))
    }
}

/// The result of a scan, in a team's own words.
pub(crate) fn scan(facts: &Facts<'_>) -> String {
    if facts.kind == "Standard" {
        return facts.say(
            "scan",
            &[
                "No code is deployed. The service's monthly scan passed.",
                "Covered by the last scan of {service}: passed, nothing open.",
                "Passed with the template's review; see {pipeline}.",
            ],
        );
    }
    facts.say(
        "scan",
        &[
            "Trivy on image {key}:{tag}: 0 critical, 0 high, 2 medium (base image, no fix released), 7 low.",
            "SAST and dependency scan of main at the commit below: no critical or high finding; two medium accepted until the next base image.",
            "Container scan clean above medium. Secret scan clean. Report in the pipeline {pipeline}, stage security.",
            "0 critical / 0 high / 1 medium / 4 low. The medium one is in a test-only dependency.",
            "Images {key}:{tag} and its base scanned in the pipeline: nothing above medium. Licences unchanged.",
            "No finding above low. Secrets: none. Last full scan by Security: this month, no open action for {service}.",
            "1 medium (denial of service in an XML parser that we do not use on outside input), rest low; accepted by Piotr Wójcik.",
            "Dependency scan: 0 critical, 0 high. Dynamic scan of staging: 0 findings. Both reports in {pipeline}.",
        ],
    )
}

/// A section of the plan that the change itself does not spell out.
pub(crate) fn section(word: &str, facts: &Facts<'_>) -> String {
    if facts.kind == "Standard" {
        let found = STANDARD.iter().find(|(section, _)| *section == word);
        return found.map_or_else(String::new, |(_, variants)| facts.say(word, variants));
    }
    let variants: &[&str] = match word {
        "approach" => &APPROACH,
        "prerequisites" => &PREREQUISITES,
        "method" => &METHOD,
        "items" => &ITEMS,
        "training" => &TRAINING,
        "roles" => &ROLES,
        "backout" => &BACKOUT,
        "testing" => &TESTING,
        "communication" => &COMMUNICATION,
        "timing" => &TIMING,
        "risks" => &RISKS,
        "documentation" => &DOCUMENTATION,
        "related" if facts.linked => &RELATED,
        "related" => &UNRELATED,
        _ => &[],
    };
    facts.say(word, variants)
}

/// A step-by-step plan as a text file.
pub(crate) fn plan_file(facts: &Facts<'_>) -> String {
    facts.fill(
        "Step plan for {service}, release {version}\n\n\
         {before}  {engineer}   checks: dashboard, free space, backup age, calendar\n\
         {start}  {deployer}   start pipeline {pipeline}, parameter change=CHG\n\
         {quarter}  {engineer}   first node verified: version, health, one real transaction\n\
         {half}  {deployer}   remaining nodes\n\
         {late}  {manager}   go or back; after this minute only forward\n\
         {end}  {manager}   close the window, tell the service desk\n\n\
         Phone: duty manager 4400, {lead} 4417\n",
    )
}

/// The output of a rollback rehearsal.
pub(crate) fn rollback_log(facts: &Facts<'_>) -> String {
    let took = 90 + mix(facts.title.as_bytes()) % 420;
    facts.fill(&format!(
        "rollback rehearsal {{service}} staging\n\
         [00:00:00] deployed {{version}}\n\
         [00:00:04] smoke test passed (14 checks)\n\
         [00:00:05] make rollback TO=previous\n\
         [00:{:02}:{:02}] previous release serving, health ok\n\
         [00:{:02}:{:02}] smoke test passed (14 checks)\n\
         result: ok, {took} seconds, recovery time objective {{rto}} minutes\n",
        took / 60,
        took % 60,
        (took + 21) / 60,
        (took + 21) % 60,
    ))
}

/// The lines of the one-page PDF.
pub(crate) fn pdf_lines(facts: &Facts<'_>) -> Vec<String> {
    let text = facts.fill(
        "Ostwind Pay & Freight - release sheet\n\nService: {service} ({env})\nRelease: {version}\nPipeline: {pipeline}\n\
         Window: {start} to {end}\nDeploys: {deployer}\nVerifies: {engineer}\nDecides on backout: {lead}\n\n\
         Checks after deployment\n1. Version endpoint answers {version}\n2. Dashboard without alerts for ten minutes\n\
         3. One real transaction traced end to end",
    );
    [facts.title.to_owned()].into_iter().chain(text.lines().map(str::to_owned)).collect()
}
