// Two change requests as a careful engineer writes them, for the meeting of the journey.
const DAY = 86_400_000;

/** An instant `days` from now at an hour of Berlin's day, with its offset, as people write it. */
function at(days, hour) {
  const day = new Date(Date.now() + days * DAY);
  const offset = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", timeZoneName: "longOffset" })
    .formatToParts(day)
    .find((part) => part.type === "timeZoneName")
    .value.replace("GMT", "");
  return `${day.toISOString().slice(0, 10)}T${String(hour).padStart(2, "0")}:00:00${offset}`;
}

const when = (days) => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);

/** The thirteen sections under the names this server has for them. */
function plan({ service, repository, minutes, point }) {
  const sections = {
    Approach: `Node by node behind the load balancer; each node is checked before the next. The same artifact has run in staging since ${when(6)}.\n\n* Built once, promoted by digest\n* The new function stays behind its flag until the hold point has passed`,
    Prerequisites: "# All tests of the commit are green\n# Backup of the database not older than 24 hours\n# The window is confirmed by the service owner\n# Release notes are published",
    "Method of deployment": `Pipeline @${repository}/deploy-prod@ with the digest of this change. Nobody logs in to a host.\n\n<pre>\n./deploy --service ${repository} --environment production\n</pre>`,
    "Configuration items": `|_. Item |_. Before |_. After |\n| ${repository} | previous release | this release |\n| feature flags | unchanged | one new, off |`,
    Training: "The service desk read the release notes on Monday; the two new error messages are explained there.",
    Roles: "* Deploys: see the field _Deployer_\n* Decides on rolling back: the release manager\n* On call: platform team, second line",
    "Backout plan": `h3. When\n\nError rate above 2 % for five minutes, or the smoke tests fail twice.\n\nh3. How\n\n# @deploy --rollback@ with the previous digest (about ${minutes} minutes)\n# Compare the counts with the note taken before\n# Tell the service desk`,
    Testing: "Unit 2,418 of 2,418 passed, end to end 141 of 141, load test at 1.5 times the usual peak: 95th percentile 184 ms. Rollback rehearsed in staging.",
    Communication: `Service desk and users of ${service} by mail two working days before; status page during the window.`,
    "Timing and timescales": `# 22:00 announce the start, alerting into maintenance\n# 22:10 first node, ten minutes of watching\n# 22:25 the others in turn\n# 23:00 smoke tests, end of maintenance\n\nPoint of no return: ${point}.`,
    "Risk management": "|_. Risk |_. Likelihood |_. Answer |\n| Slow start after deployment | medium | warm up before traffic |\n| Wrong configuration | low | compared with staging by the pipeline |",
    Documentation: `Runbook and architecture page are updated: "runbook":https://wiki.meridian.example/${repository}/runbook`,
    "Related changes": "See the relations of this ticket. No known error is open for the version to be installed.",
  };
  return Object.fromEntries(Object.entries(sections).map(([name, text]) => [`Plan: ${name}`, text]));
}

function fields(one, accounts) {
  return {
    "Change kind": "Normal",
    "Change reason": one.reason,
    "Affected systems": one.systems,
    "Affected applications": one.applications,
    "Affected data": one.data,
    "Affected service": one.service,
    Version: one.version,
    "Security scan status": "Passed",
    "Security scan results": "No findings above low.",
    Environment: one.environment,
    Repository: `https://git.meridian.example/${one.repository}`,
    Branch: "main",
    Commit: one.commit,
    "Artifact digest": `sha256:${one.digest}`,
    "Deployment pipeline": `${one.repository}/deploy-prod`,
    "Rollback evidence": `Rolled back in staging on ${when(4)}, took ${one.minutes} minutes: https://ci.meridian.example/${one.repository}/rollback/117`,
    "Planned start": at(one.days, 22),
    "Planned end": at(one.days, 23),
    "Time zone": "Europe/Berlin",
    "Release manager": accounts.kpatel,
    "Technical development lead": accounts.cjansen,
    Deployer: accounts.jlindqvist,
    "Service criticality": one.criticality,
    "Data exposure": one.exposure,
    "Planned outage": "none",
    Rollback: "automated+tested",
    "Schema change": "none",
    Rollout: "rolling/blue-green",
    ...plan(one),
  };
}

/** What the meeting decides on, with the accounts of this server. */
export function agenda(accounts) {
  const instalments = {
    service: "Payments API",
    repository: "payments-core",
    version: "7.4.0",
    minutes: 14,
    days: 3,
    point: "none before the flag is on",
    reason: "Instalment payments are promised to three retailers for this quarter",
    systems: "pay-app-1..4, pay-db",
    applications: "payments-api, settlement-worker",
    data: "payment schedules, no card numbers",
    environment: "prod-eu-payments",
    criticality: "high",
    exposure: "internal",
    commit: "9f3c1b7e2a6d4850c1e9b3f7a2d6c4e8b0f15a39",
    digest: "4c1f5b0e9a7d2c6830fb41e7d59a2c8b6e0f3d17a94c5b28e6d0f7134a9bc2e5",
  };
  const keys = {
    service: "Identity",
    repository: "identity",
    version: "3.18.2",
    minutes: 6,
    days: 5,
    point: "when the old key is withdrawn, two weeks later",
    reason: "The signing keys of the log-in service end on the last day of the month",
    systems: "idp-1, idp-2",
    applications: "identity, login-pages",
    data: "public keys only",
    environment: "prod-eu-identity",
    criticality: "medium",
    exposure: "internal",
    commit: "1d8e5f20b7c94a63d0e2f18b5a7c3964e1f0b2d7",
    digest: "b81e07d3f5a2496cce1d0873b94f6a25d7e3810c5f9b4a26e8d1730fa4c592be",
  };
  return [
    {
      subject: "Payments API: release 7.4.0 with instalment payments",
      description:
        "Deploys version 7.4.0: customers of three retailers can pay in three instalments. The function is behind a flag per retailer.\n\n* 23 merged changes, all reviewed\n* No change of the database schema\n\nAffected: *Payments API* (Java 21 on Kubernetes).",
      fields: fields(instalments, accounts),
    },
    {
      subject: "Identity: renew the keys that sign log-in tokens",
      description:
        "Publishes the new key beside the old one, signs with the new one from the second step on, and withdraws the old one two weeks later in a change of its own.\n\nAffected: *Identity* (Keycloak with our themes).",
      fields: fields(keys, accounts),
    },
  ];
}
