//! Wordings of sections that follow from the service rather than from the change. `{words}` are filled in by
//! [`super::prose`].

pub(super) const PREREQUISITES: [&str; 9] = [
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

pub(super) const ITEMS: [&str; 8] = [
    "* {systems}\n* {apps}\n* Repository @{repo}@, release {version}",
    "|_. Item|_. Before|_. After|\n|{apps}|previous release|{version}|\n|{systems}|unchanged|unchanged|\nThe configuration database is updated by the pipeline when it ends.",
    "{apps} on {systems}. No new configuration item is created, none is retired.",
    "Changed: {apps}.\nTouched but not changed: {systems}.\nData: {data}.",
    "h4. In the configuration database\n\n* @app/{key}@ - version attribute becomes {version}\n* @env/{env}@ - deployment record added by @{pipeline}@",
    "One application: {apps}. Hosts ({systems}) keep their configuration; their entry in the inventory is not touched.",
    "* {apps}: to {version}\n* {systems}: restart only\n* {data}: not changed in form or place",
    "See @{repo}@, file @deploy/{env}.yml@: the difference in the merge request is the list of items.",
];

pub(super) const TRAINING: [&str; 13] = [
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

pub(super) const ROLES: [&str; 8] = [
    "|_. Role|_. Who|\n|Release Manager|{manager}|\n|Deploys|{deployer}|\n|Watches the dashboard|{engineer}|\n|Decides on backout|{lead}|",
    "{deployer} runs the pipeline, {engineer} checks, {manager} keeps the log and talks to the service desk. {lead} is reachable by phone for the whole window and decides if we turn back.",
    "* *Responsible* {deployer}\n* *Accountable* {manager}\n* *Consulted* {lead}, owners of {consumers}\n* *Informed* service desk, shift leads",
    "Two people, four eyes: {deployer} types, {engineer} reads along and confirms each step of @{runbook}@. Backout is decided by the Release Manager ({manager}) without asking anyone.",
    "Deployment: {deployer}. Verification: {engineer}. Communication: {manager}. Escalation: {lead}, then the duty manager.",
    "{manager} leads, {deployer} does, {engineer} checks. If {lead} cannot be reached, the duty manager decides.",
    "Release Manager: {manager}. One pair of hands: {deployer}. One pair of eyes: {engineer}. Nobody else touches {env} in the window.",
    "h4. On the bridge\n\n* {deployer} (deployment)\n* {engineer} (verification)\n\nh4. On call\n\n* {lead} (backout, extension of the window)\n* duty manager (everything that leaves the house)",
];

pub(super) const BACKOUT: [&str; 7] = [
    "Run @{pipeline}@ with the parameter @target=previous@. It redeploys the release before {version} from the registry and takes about six minutes.\n\nTriggers: error rate above 1 % for five minutes, or the on-call engineer's word. {lead} decides; nobody has to be asked.",
    "# Stop the pipeline (it is safe to stop between stages)\n# @make rollback TO=previous@ in @{repo}@\n# Compare the dashboard \"{dashboard}\" with the screenshot taken at {before}\n# Tell the service desk\n\nLast chance without extending the window: {late}.",
    "The previous version stays deployed beside the new one until the next morning. Backing out is switching the traffic back in the load balancer, which took 40 seconds in the rehearsal.",
    "Revert the merge commit on main and let @{pipeline}@ run; the configuration is part of the commit, so nothing is left behind. Expected duration 12 minutes, well inside the recovery time of {rto} minutes.",
    "|_. Until|_. How|_. Takes|\n|{quarter}|stop the pipeline|1 min|\n|{late}|@{pipeline}@ with @target=previous@|8 min|\n|later|repair forward, {lead} decides|-|",
    "Redeploy the release before {version}. Nothing is written in a form that the old release could not read, so there is no order to keep and nothing to restore.",
    "One command, described in @{runbook}@ under \"Back\": it names the previous digest and waits until all nodes answer with it. {engineer} has used it in earnest in August.",
];

pub(super) const TESTING: [&str; 7] = [
    "Unit and functional tests run with every merge; regression and end-to-end suites ran on the release candidate last night without a failure. Test data: the anonymised set of last month.",
    "* Unit, functional: green on main\n* Regression: green, 2 known flaky cases repeated by hand\n* Performance: not repeated, nothing on the hot path changes\n* Pre-production: same digest since Monday",
    "Tested in staging by {engineer} with the steps of @{runbook}@, section \"Smoke test\". After the deployment the same smoke test runs in {env}; it takes four minutes.",
    "The pipeline's test stages are green. In addition {team} ran one full business day of recorded traffic against the candidate; no difference in the answers.",
    "|_. Stage|_. Result|\n|unit, functional|green|\n|regression|green|\n|end-to-end|green on second run, first run had a network failure|\n|pre-production|three days, no new error in the log|",
    "Automatic: everything that @{pipeline}@ knows. By hand: {engineer} went through the seven cases of the checklist on staging and noted the times.",
    "Staging has the same version of everything below it. {team} compared answers of old and new for 10,000 recorded requests; differences: none that matter, two in the order of fields.",
];

pub(super) const COMMUNICATION: [&str; 10] = [
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

pub(super) const TIMING: [&str; 6] = [
    "|_. Time|_. Step|\n|{before}|checks, go or no-go|\n|{start}|deployment starts|\n|{quarter}|first verification, *hold point*|\n|{half}|rest of the nodes|\n|{late}|point of no return: afterwards only forward|\n|{end}|window closes|",
    "{minutes} minutes in all, of which about a third is deployment and the rest is watching. Hold point at {quarter}; if the checks are not green by {late} we go back so that the window still closes at {end}.",
    "# {start} start of @{pipeline}@\n# {quarter} canary verified, {engineer} says go\n# {half} all nodes on {version}\n# {late} smoke test finished, last moment for a backout\n# {end} end",
    "Window {start} to {end}. The deployment itself needs {minutes} minutes at most; there is no point of no return, it can be turned back at any step.",
    "|_. Minute|_. What|\n|-30|look at the dashboard, say go|\n|0|start ({start})|\n|+{minutes}|closed ({end})|\n\nMost of it is waiting. If nothing is verified by {half}, we go back.",
    "Start {start}, end {end}. {deployer} needs a third of it; the rest is reserve for the backout, which is why nothing else may be planned for {env} before {end}.\n\nMonitoring: dashboard {dashboard}.\nAlerting: the pager of {team}.",
];

pub(super) const RISKS: [&str; 7] = [
    "|_. Risk|_. Likelihood|_. What we do|\n|New release behaves differently under load|low|canary first, watch \"{dashboard}\"|\n|Deployment takes too long|low|stop at {late}|",
    "The risk is small and known: this kind of release has been done nine times in the last quarter, once with a backout that went as planned.",
    "Main risk is a consumer ({consumers}) that relies on undocumented behaviour. We asked, two answered, none objected.",
    "If {service} fails, the effect is limited by its recovery time of {rto} minutes and by the backout above. Residual risk accepted by {lead}.",
    "* *Known*: short peaks in latency while nodes restart; harmless below 30 seconds\n* *Feared*: a dependency of {consumers} that nobody wrote down\n* *Answer*: watch \"{dashboard}\", back out before {late}",
    "Worst case: {service} is unavailable for as long as the backout takes. That is inside the {rto} minutes that the service promises.",
    "We have not found a risk that a routine release does not have. Reviewed by {engineer} and {lead} independently.",
];

pub(super) const DOCUMENTATION: [&str; 9] = [
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

pub(super) const RELATED: [&str; 8] = [
    "See the linked issues. No known error or problem record is open for this part of {service}.",
    "None besides the linked tickets.",
    "The linked issue is the reason for this change. No other change depends on it; the calendar of {env} was checked for the week.",
    "Linked tickets, and the previous release of {service}, which went through without findings.",
    "Checked: change calendar for {env}, open incidents of {service}, open problems of {team}. The linked tickets are the whole list.",
    "Belongs to the linked work; otherwise independent. If it is moved to another week nothing else has to move.",
    "No dependency on other teams' changes ({consumers} asked). Linked issues for the reason, nothing more.",
    "Known errors of {service}: see its page, none is touched by this.",
];

pub(super) const UNRELATED: [&str; 6] = [
    "None. No known error or problem record is open for {service}.",
    "Nothing depends on this change and it depends on nothing; checked against the calendar of {env} for two weeks.",
    "No related change. The issue behind it is tracked in the team's own list ({repo}, issues).",
    "Stands alone. {consumers} have nothing planned that would touch it.",
    "-none- (calendar, open incidents and problem records of {team} looked through by {manager})",
    "The same change was last made without findings; see the history of {service}. No open links.",
];

pub(super) const APPROACH: [&str; 6] = [
    "Rolling release of {version} by @{pipeline}@, node by node, with health checks between. Consumers keep working because both versions serve the same interface.",
    "One node first, a quarter of an hour of watching \"{dashboard}\", then the others. We prefer slow and boring.",
    "A routine release in the team's usual window. {deployer} starts the pipeline, everything else happens by itself and stops by itself when a check fails.",
    "Deploy in the team's quiet hour, look at \"{dashboard}\", leave. {version} differs from the release before by what the description says and nothing else.",
    "Old and new side by side, traffic moved in three steps, the old one kept until the next morning.",
    "Smallest possible step: only what is described above, nothing that happens to be ready as well. Other merged work waits for the next release.",
];

pub(super) const METHOD: [&str; 5] = [
    "Pipeline @{pipeline}@ in @{repo}@, job @deploy-production@, started by hand with this ticket's number as parameter. No manual step on any host.",
    "# @{pipeline}@ -> stage @plan@ (prints the difference)\n# {engineer} confirms the difference\n# stage @apply@\n# stage @verify@",
    "Release automation only: job @{pipeline}/production@. The job refuses to start without an approved change and outside the window.",
    "Job @deploy@ of pipeline @{pipeline}@, environment @{env}@, version {version}. Started by {deployer}, confirmed by {engineer} in the pipeline itself.",
    "As always by @{pipeline}@. The run's address is written into this ticket when it starts; its log is kept for two years.",
];

/// What a standard change says: its template has said the rest. By the section's word.
pub(super) const STANDARD: [(&str, [&str; 3]); 13] = [
    (
        "approach",
        [
            "By the template, nothing deviates. Job of {pipeline}, one step after the other, watched by {engineer}.",
            "Same procedure as every time; the last three runs had no finding.",
            "Pre-approved procedure for {service}. Everything that is not in the template needs a normal change.",
        ],
    ),
    (
        "prerequisites",
        [
            "Those of the template; ticked by {deployer} on the day.",
            "* Template still valid (reviewed this quarter)\n* No open incident on {service}",
            "Calendar of {env} free between {start} and {end}; nothing else.",
        ],
    ),
    (
        "method",
        [
            "@{pipeline}@, job @standard@, parameter {tag}.",
            "As in the template: @{pipeline}@ with the value from this ticket. It refuses values outside the approved bounds.",
            "Started by {deployer} from the pipeline's page; runs by itself.",
        ],
    ),
    (
        "items",
        [
            "{systems}, as listed in the template.",
            "Only what the title says. Owner of the item: {team}.",
            "{apps}: {version}.",
        ],
    ),
    ("training", ["None.", "Not needed for a standard change.", "No (see template)."]),
    (
        "roles",
        [
            "{deployer} does it, {engineer} looks at the result. {manager} is told.",
            "{deployer}; in case of illness {engineer}.",
            "Done by {team}, today {deployer}. Owner of the template: {lead}.",
        ],
    ),
    (
        "backout",
        [
            "Previous value or version, same job, {minutes} minutes at most. Decided by whoever runs it.",
            "As in the template: @{pipeline}@ with @target=previous@. Last used in spring, took four minutes.",
            "Undo by the same job; {engineer} can do it alone.",
        ],
    ),
    (
        "testing",
        [
            "Once on staging this morning, by {engineer}.",
            "Check list of the template, seven points, ticked afterwards.",
            "The job verifies itself and says so; {deployer} looks at one example by hand.",
        ],
    ),
    (
        "communication",
        [
            "Entry in the calendar, one line in #ops at {start} and at {end}.",
            "None beyond the calendar.",
            "Service desk sees it in the shift book: \"{service}, {start} to {end}\".",
        ],
    ),
    (
        "timing",
        [
            "{start} to {end}; most of it is reserve.",
            "Starts at {start}, takes about a third of the window.",
            "{minutes} minutes from {start}. If it is not done by {late}, undo.",
        ],
    ),
    (
        "risks",
        [
            "Assessed with the template: low. Nothing new this time.",
            "Low. Worst case: {service} shows the old state until somebody repeats the job.",
            "Low, see template; {lead} reviews the template every half-year.",
        ],
    ),
    (
        "documentation",
        [
            "None to change.",
            "The job writes its own record, linked here afterwards.",
            "@{runbook}@ describes it; last edited in summer.",
        ],
    ),
    ("related", ["None.", "Previous run of the same template: without findings.", "Nothing but the template itself."]),
];
