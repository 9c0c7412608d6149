//! The parts of a plan that follow from the service and the window rather than from the change: teams keep such
//! wordings at hand, each team its own. A change that says it itself wins.
use super::people;
use super::services::Service;
use super::window::Window;
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
            ("{lead}", people::name(s.lead)),
            ("{manager}", people::name(s.manager)),
            ("{deployer}", people::name(s.deployer)),
            ("{engineer}", people::name(s.engineer)),
            ("{dashboard}", s.dashboard.to_owned()),
            ("{runbook}", s.runbook.to_owned()),
            ("{consumers}", s.consumers.to_owned()),
            ("{rto}", s.rto.to_string()),
            ("{version}", self.version.to_owned()),
            ("{kind}", self.kind.to_lowercase()),
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
    facts.say(
        "scan",
        &[
            "Trivy on image {key}:{version}: 0 critical, 0 high, 2 medium (base image, no fix released), 7 low.",
            "SAST and dependency scan of main at the commit below: no critical or high finding; two medium accepted until the next base image.",
            "Container scan clean above medium. Secret scan clean. Report in the pipeline {pipeline}, stage security.",
            "0 critical / 0 high / 1 medium / 4 low. The medium one is in a test-only dependency.",
            "Images {key}:{version} and its base scanned in the pipeline: nothing above medium. Licences unchanged.",
            "No finding above low. Secrets: none. Last full scan by Security: this month, no open action for {service}.",
            "1 medium (denial of service in an XML parser that we do not use on outside input), rest low; accepted by Piotr Wójcik.",
            "Dependency scan: 0 critical, 0 high. Dynamic scan of staging: 0 findings. Both reports in {pipeline}.",
        ],
    )
}

const PREREQUISITES: [&str; 9] = [
    "* Pipeline @{pipeline}@ green on main, including the security stage\n* {engineer} has production access for the window (request expires at {end})\n* The dashboard \"{dashboard}\" shows no open alert at {before}",
    "# Last night's backup of {systems} restored once in staging, restore time noted in the runbook\n# Version {version} has been on staging for at least 48 hours\n# No other change to {env} in the same window (checked in the change calendar on Monday)",
    "Before {start} three things must be true: the artifact digest in staging equals the one on this ticket, the on-call engineer of {team} is at the keyboard, and the consumers ({consumers}) have acknowledged the notice. If one of them is missing we do not start.",
    "* Change approved and scheduled\n* Feature flags reviewed with {lead}; defaults are *off*\n* Free disk space on all nodes above 30 %, checked with @make preflight@ from @{repo}@\n* Vendor hotline number tested",
    "|_. What|_. Who|_. Until|\n|Staging sign-off|{engineer}|the day before|\n|Access for the window|{manager}|the day before|\n|Alert silences prepared, not active|{deployer}|{before}|",
    "Nothing special beyond the team's checklist in @{runbook}@ (section \"Before a release\"): green pipeline, fresh backup, on-call named, calendar checked.",
    "|_. Check|_. How|\n|Backup younger than six hours|@make backup-age@|\n|Digest in staging = digest here|pipeline, stage verify|\n|Nobody else in {env}|calendar|",
    "{deployer} confirms on the evening before: access works, the phone list is right, @{runbook}@ is at hand on paper.",
    "* No open incident of severity 1 or 2 on {service} or on {consumers}\n* Error rate of the last 24 hours normal\n* {engineer} and {deployer} not at the end of a night shift",
];

const ITEMS: [&str; 8] = [
    "* {systems}\n* {apps}\n* Repository @{repo}@, release {version}",
    "|_. Item|_. Before|_. After|\n|{apps}|previous release|{version}|\n|{systems}|unchanged|unchanged|\nThe configuration database is updated by the pipeline when it ends.",
    "{apps} on {systems}. No new configuration item is created, none is retired.",
    "Changed: {apps}.\nTouched but not changed: {systems}.\nData: {data}.",
    "h4. In the configuration database\n\n* @app/{key}@ - version attribute becomes {version}\n* @env/{env}@ - deployment record added by @{pipeline}@",
    "One application: {apps}. Hosts ({systems}) keep their configuration; their entry in the inventory is not touched.",
    "* {apps}: to {version}\n* {systems}: restart only\n* {data}: not changed in form or place",
    "See @{repo}@, file @deploy/{env}.yml@: the difference in the merge request is the list of items.",
];

const TRAINING: [&str; 13] = [
    "None needed: users see no difference. The service desk has a two-line note in its shift book.",
    "The service desk was shown the new behaviour on Thursday (20 minutes, recording in the wiki). Nobody else is affected.",
    "{team} walked through the release together; {engineer} and {deployer} have each run it once on staging, so either can finish it alone.",
    "On-call engineers of {team} have read the changed pages of @{runbook}@ and confirmed it in the ticket. No training for end users.",
    "No training. The only people who notice are the operators of {service}, and they wrote the change.",
    "Short briefing for key users by {manager} in the weekly call; hand-out is attached to the announcement. Questions go to the team channel.",
    "{engineer} showed {version} to the night shift on Tuesday; the questions and answers are on the team's page. No certificate is needed for anything here.",
    "Not applicable to users. For operations: two new log lines and one new alert, explained in @{runbook}@.",
    "The tool is the same, the button has moved. A screenshot is in the announcement; the service desk got it a day earlier ({service} has its own page there).",
    "|_. Group|_. What|_. Done|\n|{team}|dry run together|yes|\n|Service desk|answer for callers|yes|\n|Users|nothing|-|",
    "{deployer} does this for the first time and is accompanied by {engineer}, who has done it often.",
    "Everyone who may be called at night has done the backout once, by hand, on staging: {engineer}, {deployer}, {lead}.",
    "None. (We asked the shift leads; they agree.)",
];

const ROLES: [&str; 8] = [
    "|_. Role|_. Who|\n|Release Manager|{manager}|\n|Deploys|{deployer}|\n|Watches the dashboard|{engineer}|\n|Decides on backout|{lead}|",
    "{deployer} runs the pipeline, {engineer} checks, {manager} keeps the log and talks to the service desk. {lead} is reachable by phone for the whole window and decides if we turn back.",
    "* *Responsible* {deployer}\n* *Accountable* {manager}\n* *Consulted* {lead}, owners of {consumers}\n* *Informed* service desk, shift leads",
    "Two people, four eyes: {deployer} types, {engineer} reads along and confirms each step of @{runbook}@. Backout is decided by the Release Manager ({manager}) without asking anyone.",
    "Deployment: {deployer}. Verification: {engineer}. Communication: {manager}. Escalation: {lead}, then the duty manager.",
    "{manager} leads, {deployer} does, {engineer} checks. If {lead} cannot be reached, the duty manager decides.",
    "Release Manager: {manager}. One pair of hands: {deployer}. One pair of eyes: {engineer}. Nobody else touches {env} in the window.",
    "h4. On the bridge\n\n* {deployer} (deployment)\n* {engineer} (verification)\n\nh4. On call\n\n* {lead} (backout, extension of the window)\n* duty manager (everything that leaves the house)",
];

const BACKOUT: [&str; 7] = [
    "Run @{pipeline}@ with the parameter @target=previous@. It redeploys the release before {version} from the registry and takes about six minutes.\n\nTriggers: error rate above 1 % for five minutes, or the on-call engineer's word. {lead} decides; nobody has to be asked.",
    "# Stop the pipeline (it is safe to stop between stages)\n# @make rollback TO=previous@ in @{repo}@\n# Compare the dashboard \"{dashboard}\" with the screenshot taken at {before}\n# Tell the service desk\n\nLast chance without extending the window: {late}.",
    "The previous version stays deployed beside the new one until the next morning. Backing out is switching the traffic back in the load balancer, which took 40 seconds in the rehearsal.",
    "Revert the merge commit on main and let @{pipeline}@ run; the configuration is part of the commit, so nothing is left behind. Expected duration 12 minutes, well inside the recovery time of {rto} minutes.",
    "|_. Until|_. How|_. Takes|\n|{quarter}|stop the pipeline|1 min|\n|{late}|@{pipeline}@ with @target=previous@|8 min|\n|later|repair forward, {lead} decides|-|",
    "Redeploy the release before {version}. Nothing is written in a form that the old release could not read, so there is no order to keep and nothing to restore.",
    "One command, described in @{runbook}@ under \"Back\": it names the previous digest and waits until all nodes answer with it. {engineer} has used it in earnest in August.",
];

const TESTING: [&str; 7] = [
    "Unit and functional tests run with every merge; regression and end-to-end suites ran on the release candidate last night without a failure. Test data: the anonymised set of last month.",
    "* Unit, functional: green on main\n* Regression: green, 2 known flaky cases repeated by hand\n* Performance: not repeated, nothing on the hot path changes\n* Pre-production: same digest since Monday",
    "Tested in staging by {engineer} with the steps of @{runbook}@, section \"Smoke test\". After the deployment the same smoke test runs in {env}; it takes four minutes.",
    "The pipeline's test stages are green. In addition {team} ran one full business day of recorded traffic against the candidate; no difference in the answers.",
    "|_. Stage|_. Result|\n|unit, functional|green|\n|regression|green|\n|end-to-end|green on second run, first run had a network failure|\n|pre-production|three days, no new error in the log|",
    "Automatic: everything that @{pipeline}@ knows. By hand: {engineer} went through the seven cases of the checklist on staging and noted the times.",
    "Staging has the same version of everything below it. {team} compared answers of old and new for 10,000 recorded requests; differences: none that matter, two in the order of fields.",
];

const COMMUNICATION: [&str; 10] = [
    "Notice to {consumers} three working days ahead; reminder in the operations channel at {before}; one line when it is done. If we back out, the duty manager is told first.",
    "|_. When|_. To whom|_. By|\n|two days before|service desk, shift leads|{manager}|\n|{start}|operations channel|{deployer}|\n|{end}|everyone who got the first notice|{manager}|",
    "Status page entry is prepared as a draft and published only if users notice something. Internally: operations channel.",
    "The owners of {consumers} have been written to and have no objection. During the window {manager} posts every 30 minutes, also when there is nothing to say.",
    "No outside communication. The service desk knows the window and the sentence to use: \"planned maintenance of {service} until {end}\".",
    "Mail to the distribution list of {team}, entry in the weekly change bulletin. On failure: phone call to the duty manager, then the status page within 15 minutes.",
    "Three sentences to {consumers}: when, what, whom to call. Sent by {manager}, answers collected in the ticket.",
    "Entry in the change calendar and in the Monday mail of {team}. Nothing is sent outside because nothing is seen outside.",
    "# Calendar entry for {env}\n# {before}: \"we begin\" in #ops\n# {end}: \"we are done\" or \"we went back\", with one sentence why",
    "The service desk reads the ticket anyway; we call them at {start} and at {end}. Owners of {consumers} are on the mailing list of the calendar.",
];

const TIMING: [&str; 6] = [
    "|_. Time|_. Step|\n|{before}|checks, go or no-go|\n|{start}|deployment starts|\n|{quarter}|first verification, *hold point*|\n|{half}|rest of the nodes|\n|{late}|point of no return: afterwards only forward|\n|{end}|window closes|",
    "{minutes} minutes in all, of which about a third is deployment and the rest is watching. Hold point at {quarter}; if the checks are not green by {late} we go back so that the window still closes at {end}.",
    "# {start} start of @{pipeline}@\n# {quarter} canary verified, {engineer} says go\n# {half} all nodes on {version}\n# {late} smoke test finished, last moment for a backout\n# {end} end",
    "Window {start} to {end}. The deployment itself needs {minutes} minutes at most; there is no point of no return, it can be turned back at any step.",
    "|_. Minute|_. What|\n|-30|look at the dashboard, say go|\n|0|start ({start})|\n|+{minutes}|closed ({end})|\n\nMost of it is waiting. If nothing is verified by {half}, we go back.",
    "Start {start}, end {end}. {deployer} needs a third of it; the rest is reserve for the backout, which is why nothing else may be planned for {env} before {end}.",
];

const RISKS: [&str; 7] = [
    "|_. Risk|_. Likelihood|_. What we do|\n|New release behaves differently under load|low|canary first, watch \"{dashboard}\"|\n|Deployment takes too long|low|stop at {late}|",
    "The risk is small and known: this kind of release has been done nine times in the last quarter, once with a backout that went as planned.",
    "Main risk is a consumer ({consumers}) that relies on undocumented behaviour. We asked, two answered, none objected.",
    "If {service} fails, the effect is limited by its recovery time of {rto} minutes and by the backout above. Residual risk accepted by {lead}.",
    "* *Known*: short peaks in latency while nodes restart; harmless below 30 seconds\n* *Feared*: a dependency of {consumers} that nobody wrote down\n* *Answer*: watch \"{dashboard}\", back out before {late}",
    "Worst case: {service} is unavailable for as long as the backout takes. That is inside the {rto} minutes that the service promises.",
    "We have not found a risk that a routine release does not have. Reviewed by {engineer} and {lead} independently.",
];

const DOCUMENTATION: [&str; 9] = [
    "Release notes are generated from the merged requests and linked in the ticket. @{runbook}@ is updated in the same merge request.",
    "* Runbook: @{runbook}@\n* Architecture page: no change\n* Known issues: page of {service} in the wiki, reviewed by {engineer}",
    "No page changes except the version table. The runbook was last reviewed in the quarterly check.",
    "The operations manual gets a new section for this; draft reviewed by {manager}. Log and screenshots of the window are attached to this ticket afterwards.",
    "Everything lives in @{repo}@ under @docs/@; the wiki only links there.",
    "Changed: @{runbook}@ (two commands), release notes. Not changed: architecture, data flow, emergency contacts.",
    "Release notes of {version} in the repository. The operations team read them and asked for one more example, which is in.",
    "Runbook and dashboard description belong to the merge request and were reviewed with it by {lead}.",
    "After the window {manager} attaches the pipeline log. The wiki page of {service} shows versions by itself.",
];

const RELATED: [&str; 8] = [
    "See the linked issues. No known error or problem record is open for this part of {service}.",
    "None besides the linked tickets.",
    "The linked issue is the reason for this change. No other change depends on it; the calendar of {env} was checked for the week.",
    "Linked tickets, and the previous release of {service}, which went through without findings.",
    "Checked: change calendar for {env}, open incidents of {service}, open problems of {team}. The linked tickets are the whole list.",
    "Belongs to the linked work; otherwise independent. If it is moved to another week nothing else has to move.",
    "No dependency on other teams' changes ({consumers} asked). Linked issues for the reason, nothing more.",
    "Known errors of {service}: see its page, none is touched by this.",
];

const UNRELATED: [&str; 6] = [
    "None. No known error or problem record is open for {service}.",
    "Nothing depends on this change and it depends on nothing; checked against the calendar of {env} for two weeks.",
    "No related change. The issue behind it is tracked in the team's own list ({repo}, issues).",
    "Stands alone. {consumers} have nothing planned that would touch it.",
    "-none- (calendar, open incidents and problem records of {team} looked through by {manager})",
    "The same change was last made without findings; see the history of {service}. No open links.",
];

const APPROACH: [&str; 6] = [
    "Rolling release of {version} by @{pipeline}@, node by node, with health checks between. Consumers keep working because both versions serve the same interface.",
    "One node first, a quarter of an hour of watching \"{dashboard}\", then the others. We prefer slow and boring.",
    "A routine release in the team's usual window. {deployer} starts the pipeline, everything else happens by itself and stops by itself when a check fails.",
    "Deploy in the team's quiet hour, look at \"{dashboard}\", leave. {version} differs from the release before by what the description says and nothing else.",
    "Old and new side by side, traffic moved in three steps, the old one kept until the next morning.",
    "Smallest possible step: only what is described above, nothing that happens to be ready as well. Other merged work waits for the next release.",
];

const METHOD: [&str; 5] = [
    "Pipeline @{pipeline}@ in @{repo}@, job @deploy-production@, started by hand with this ticket's number as parameter. No manual step on any host.",
    "# @{pipeline}@ -> stage @plan@ (prints the difference)\n# {engineer} confirms the difference\n# stage @apply@\n# stage @verify@",
    "Release automation only: job @{pipeline}/production@. The job refuses to start without an approved change and outside the window.",
    "Job @deploy@ of pipeline @{pipeline}@, environment @{env}@, version {version}. Started by {deployer}, confirmed by {engineer} in the pipeline itself.",
    "As always by @{pipeline}@. The run's address is written into this ticket when it starts; its log is kept for two years.",
];

/// A section of the plan that the change itself does not spell out.
pub(crate) fn section(word: &str, facts: &Facts<'_>) -> String {
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
