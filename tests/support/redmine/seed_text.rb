# The words of the seeded organisation: an online wholesaler, Meridian, with ten services and eleven kinds of change.
# Textile, as its Redmine is set. Everything comes from the random source handed in: the same seed, the same text.
module SeedText
  Service = Struct.new(:name, :repo, :systems, :apps, :data, :criticality, :exposure, :env, :tech, :lead, :zone)

  SERVICES = [
    Service.new('Payments API', 'payments-api', 'pay-app-1..4, pay-db', 'payments-api, settlement-worker', 'card tokens, settlements', 'mission-critical', 'regulated', 'prod-eu-payments', 'Java 21 on Kubernetes', 'ftanaka', 'Europe/Berlin'),
    Service.new('Customer portal', 'portal-web', 'web-1..6, cdn-edge', 'portal-web, portal-bff', 'customer profiles', 'high', 'confidential or auth/crypto', 'prod-eu-portal', 'TypeScript behind the CDN', 'eoconnor', 'Europe/Dublin'),
    Service.new('Identity', 'identity', 'idp-1, idp-2, idp-db', 'identity, login-pages', 'credentials, sessions', 'mission-critical', 'confidential or auth/crypto', 'prod-eu-identity', 'Keycloak with our themes', 'dkowalski', 'Europe/Warsaw'),
    Service.new('Data warehouse', 'warehouse-dbt', 'dwh-node-1..8', 'dbt models, finance marts', 'orders, invoices (pseudonymised)', 'medium', 'internal', 'prod-eu-analytics', 'dbt on PostgreSQL', 'gsilva', 'Europe/Lisbon'),
    Service.new('Mail relay', 'mail-relay', 'mx-1, mx-2', 'postfix, rspamd', 'mail in transit', 'medium', 'confidential or auth/crypto', 'prod-eu-mail', 'Postfix on Debian', 'hbauer', 'Europe/Berlin'),
    Service.new('Order intake', 'order-intake', 'oi-app-1..3, oi-queue', 'order-intake, edi-gateway', 'orders, price lists', 'high', 'internal', 'prod-eu-orders', 'Go with RabbitMQ', 'jlindqvist', 'Europe/Stockholm'),
    Service.new('Warehouse terminals', 'terminal-fleet', '412 handheld terminals', 'picking app 7.x', 'stock movements', 'high', 'none', 'prod-depots', 'Android, rolled out by MDM', 'kpatel', 'Europe/London'),
    Service.new('Invoice archive', 'invoice-archive', 'arc-1, object store', 'archive-api, ocr-worker', 'invoices, ten years', 'medium', 'regulated', 'prod-eu-archive', 'Python and object storage', 'gsilva', 'Europe/Lisbon'),
    Service.new('Kubernetes platform', 'platform-infra', 'three clusters, 64 nodes', 'all workloads', 'none of its own', 'mission-critical', 'none', 'prod-eu-platform', 'Terraform and Argo CD', 'hbauer', 'Europe/Berlin'),
    Service.new('Office network', 'network-config', 'core-sw-1, core-sw-2, 38 access switches', 'none', 'none', 'low', 'none', 'prod-offices', 'Ansible', 'kpatel', 'America/New_York')
  ].freeze

  Kind = Struct.new(:title, :reason, :what, :rollback, :rollout, :schema, :outage)

  KINDS = [
    Kind.new('%{s}: release %{v}', 'Planned release of the %{s} team, sprint %{n}', 'Deploys version %{v} with %{k} merged changes, among them faster search and clearer error pages.', 'automated+tested', 'rolling/blue-green', 'none', 'none'),
    Kind.new('%{s}: patch %{v}', 'Mends defects found by customers since the last release', 'A patch without new behaviour. The full list of defects is in the release notes; each has a regression test.', 'automated+tested', 'rolling/blue-green', 'none', 'none'),
    Kind.new('%{s}: migrate the database schema to %{v}', 'The next release needs a new column and two indexes', 'Adds the column in the expand phase, back-fills in batches of 5,000 rows and switches reads over. The contract phase is a change of its own.', 'manual tested', 'rolling/blue-green', 'backward compatible', 'degraded'),
    Kind.new('%{s}: renew TLS certificates', 'Certificates end within thirty days', 'New certificates from the internal authority, installed on each node in turn, key size unchanged.', 'manual tested', 'rolling/blue-green', 'none', 'none'),
    Kind.new('%{s}: security update of the operating system', 'Advisories of this month, two rated high', 'Debian security updates, kernel included. Each node is drained, updated, rebooted and checked before the next.', 'restore/forward-fix', 'rolling/blue-green', 'none', 'degraded'),
    Kind.new('%{s}: raise capacity before the season', 'Load forecast of the autumn campaign: 2.4 times today', 'Two more nodes, connection pools from 40 to 80, autoscaling ceiling from 12 to 20.', 'automated+tested', 'all at once', 'none', 'none'),
    Kind.new('%{s}: move to the new message queue', 'The old queue leaves support at the end of the quarter', 'Producers write to both queues for a week; consumers are switched one by one behind a flag.', 'manual tested', 'flag/canary', 'none', 'none'),
    Kind.new('%{s}: change the firewall rules', 'A new partner connects from two fixed addresses', 'Two rules are added and eleven unused ones removed; the difference is attached.', 'automated+tested', 'all at once', 'none', 'none'),
    Kind.new('%{s}: switch on single sign-on for partners', 'Contract with the partner group, milestone 2', 'Turns on the federation for three partners behind a flag, one partner a day.', 'automated+tested', 'flag/canary', 'none', 'none'),
    Kind.new('%{s}: archive and delete data older than ten years', 'Retention period reached, request of the data-protection officer', 'Exports to the cold archive, compares counts and digests, then deletes in batches.', 'impossible', 'all at once', 'irreversible', 'none'),
    Kind.new('%{s}: replace the storage controllers', 'The vendor ends support of the firmware in use', 'One controller at a time, with the volumes moved to the partner node first.', 'restore/forward-fix', 'all at once', 'none', '>30 min')
  ].freeze

  STEPS = ['Announce the start in the operations channel', 'Check dashboards for an hour without alarms',
           'Take a backup and note its identifier', 'Put the alerting into maintenance for the affected hosts',
           'Start the pipeline with the approved digest', 'Watch error rate and latency for ten minutes',
           'Run the smoke tests', 'Let the service desk try the three main cases',
           'End maintenance of the alerting', 'Announce the end'].freeze

  module_function

  # Thirteen sections by their names on the server; `full` false leaves holes, as people do.
  def plan(rng, s, k, version, start, full)
    minutes = 10 * (1 + rng.rand(8))
    sections = {
      'Approach' => "h3. Approach\n\n#{k.rollout == 'all at once' ? 'One step in a quiet window.' : 'Node by node, each checked before the next.'} The same artifact ran in staging since #{(start - 6 * 86_400).strftime('%-d %B')}.\n\n* Built once, promoted by digest\n* Flags stay off until the hold point has passed",
      'Prerequisites' => "# Tests of the commit are green\n# Backup of #{s.systems.split(',').first} not older than 24 hours\n# Change window confirmed by the service owner\n# Release notes published",
      'Method of deployment' => "Pipeline @#{s.repo}/deploy-prod@ with the digest of this change. Nobody logs in to a host.\n\n<pre>\n./deploy --service #{s.repo} --version #{version} --environment #{s.env}\n</pre>",
      'Configuration items' => "|_. Item |_. Before |_. After |\n| #{s.repo} | previous release | #{version} |\n| #{s.systems} | unchanged | unchanged |",
      'Training' => ['None needed: nothing changes for users.', 'The service desk read the release notes on Monday; two new error messages are explained there.', 'A half-hour walk-through for shift leads, recorded.'][rng.rand(3)],
      'Roles' => "* Deploys: see the field _Deployer_\n* Decides on rolling back: release manager\n* On call: #{s.lead}, second line platform team",
      'Backout plan' => "h3. When\n\nError rate above 2 % for five minutes, or the smoke tests fail twice.\n\nh3. How\n\n# @deploy --rollback@ with the previous digest (about #{minutes} minutes)\n# Compare counts with the note taken before\n# Tell the service desk\n\nLast known good: previous release, restored by @#{s.repo}/rollback@.",
      'Testing' => "Unit #{1200 + rng.rand(2000)} of #{'all'} passed, end to end #{80 + rng.rand(90)} passed, load test at 1.5 times the usual peak: 95th percentile #{120 + rng.rand(200)} ms. Rollback rehearsed in staging.",
      'Communication' => "Service desk and #{s.name} users by mail two working days before; status page during the window; account managers are told by the release manager if it is delayed.",
      'Timing and timescales' => (STEPS.each_with_index.map { |step, i| "# #{(start + i * 600).strftime('%H:%M')} #{step}" }).join("\n") + "\n\nPoint of no return: none before step 6.",
      'Risk management' => "|_. Risk |_. Likelihood |_. Answer |\n| Slow start after deployment | medium | warm up before traffic |\n| Wrong configuration | low | compared with staging by the pipeline |",
      'Documentation' => "Runbook and architecture page updated; \"runbook\":https://wiki.meridian.example/#{s.repo}/runbook",
      'Related changes' => 'See the relations of this ticket. No known error is open for the version to be installed.'
    }
    return sections if full

    sections.keys.sample(2 + rng.rand(5), random: rng).each { |name| sections[name] = rng.rand(3).zero? ? 'tbd' : '' }
    sections
  end

  NOTES = ['Tests are green on staging, I attached the report.', 'Please add who is on call during the window.',
           'Done, see the section on roles.', 'Service owner agrees with the window.',
           'Moved by a day because of the supplier\'s maintenance.', 'The load test ran with last week\'s data set.',
           'Can we do this before the freeze?', 'Yes, window moved to Tuesday evening.',
           'Scan finished without findings above medium.', 'Rollback rehearsed, took 14 minutes.'].freeze

  # What hostile or careless people put into tickets. Each must stay harmless and readable.
  HOSTILE = [
    ['Portal: <script>alert(1)</script> in the title', "<script>document.title='owned'</script>\n<img src=x onerror=alert(1)>\n\"click me\":javascript:alert(1)\n!https://tracker.example/pixel.gif!\n<iframe src=\"https://evil.example\"></iframe>\n\nThe real text: raise the session time-out to 30 minutes."],
    ["Identity: direction \u202Etrof emaner\u202C and hidden\u200B\u200Bsigns", "Account \u202Enimda\u202C is renamed.\r\nSecond line after CRLF.\r\n\tTabbed.\u0000"],
    ['Überprüfung der Rechnungsläufe 💶 – 年度決算', "Łódź, İstanbul, Ελλάδα, 東京, 🚢🧾\n\nh1. Looks like a heading\n\n* not *bold\n_under_score_names_\n@code with | pipe@\n{{macro(evil)}}\n[[Wiki page]] #1 r123 commit:abc"],
    ['=HYPERLINK("https://evil.example","pay") in a title', "=cmd|' /C calc'!A0\n+1+1\n-2+3\n@SUM(A1)\n"]
  ].freeze
end
