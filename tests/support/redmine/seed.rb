# Run by `rails runner` on a configured copy: CABINET_SEED_CHANGES changes with all that hangs on them, in bulk
# (through the models it would take minutes). Deterministic but for the day it is run on.
require 'digest'
require 'fileutils'
require_relative 'seed_text'

# Mails about new administrators go out in threads of their own, with connections of their own: SQLite then tells
# one of them at random that the database is locked. Here they are made at once and sent to nobody.
ActiveJob::Base.queue_adapter = :inline
ActionMailer::Base.perform_deliveries = false

total = Integer(ENV.fetch('CABINET_SEED_CHANGES'))
rng = Random.new(20_260_101)
now = [Time.now.utc.beginning_of_day + 8.hours, Time.now.utc - 1.hour].min.change(usec: 0)

tracker = Tracker.all.index_by(&:name)
status = IssueStatus.all.index_by(&:name)
fields = IssueCustomField.all.index_by(&:name)
users = User.where(type: 'User').index_by(&:login)
mgmt, small, work, hidden = %w[change-mgmt change-small delivery vault].map { |id| Project.find(id) }
priorities = IssuePriority.order(:position).pluck(:id)
team = users.values.reject { |u| %w[admin svc-cab reader].include?(u.login) }.sort_by(&:login)

issues = []
values = []
journals = []
details = []
attachments = []
relations = []
journal_id = 0
storage = Attachment.storage_path

row = lambda do |id, project, tracker_id, status_row, subject, text, author, assignee, created, updated, priority|
  { id: id, project_id: project.id, tracker_id: tracker_id, status_id: status_row.id, subject: subject[0, 255],
    description: text, author_id: author.id, assigned_to_id: assignee&.id, priority_id: priority, lock_version: 0,
    created_on: created, updated_on: updated, start_date: nil, due_date: nil, done_ratio: 0, is_private: false,
    root_id: id, parent_id: nil, lft: 1, rgt: 2, closed_on: status_row.is_closed? ? updated : nil }
end
value = ->(id, name, text) { values << { customized_type: 'Issue', customized_id: id, custom_field_id: fields.fetch(name).id, value: text.to_s } }
note = lambda do |issue, user, at, text, private_note, changed|
  journal_id += 1
  journals << { id: journal_id, journalized_id: issue, journalized_type: 'Issue', user_id: user.id, notes: text,
                created_on: at, private_notes: private_note }
  changed.each { |(key, old, new)| details << { journal_id: journal_id, property: 'attr', prop_key: key, old_value: old, value: new } }
end
attach = lambda do |issue, name, type, bytes, author, at|
  digest = Digest::SHA256.hexdigest(bytes)
  disk = "#{digest[0, 24]}.bin"
  path = File.join(storage, 'seed', disk)
  unless File.exist?(path)
    FileUtils.mkdir_p(File.dirname(path))
    File.binwrite(path, bytes)
  end
  attachments << { container_id: issue, container_type: 'Issue', filename: name, disk_filename: disk,
                   disk_directory: 'seed', filesize: bytes.bytesize, content_type: type, digest: digest,
                   downloads: 0, author_id: author.id, created_on: at, description: '' }
end

# --- When each was last updated: scattered over 90 days; every tenth dozen shares one second (a bulk edit), and
#     one bulk edit is larger than a page of a hundred. ---
moments = Array.new(total) { |i| now - 90 * 86_400 + (i * 90.0 * 86_400 / [total, 1].max).floor + rng.rand(60) }
(0...total).each_slice(12).with_index { |slice, group| slice.each { |i| moments[i] = moments[slice.first] } if (group % 10).zero? }
(200...[total, 345].min).each { |i| moments[i] = moments[200] } if total >= 400
moments = moments.shuffle(random: rng)

path_to = { 'New' => [], 'Assess' => %w[New], 'Authorize' => %w[New Assess], 'Approved' => %w[New Assess Authorize],
            'Scheduled' => %w[New Assess Authorize Approved], 'Implement' => %w[New Assess Authorize Approved Scheduled],
            'Closed' => %w[New Assess Authorize Approved Scheduled Implement], 'Rejected' => %w[New Assess Authorize] }
weights = %w[New Assess Assess Authorize Authorize Authorize Authorize Approved Scheduled Scheduled Implement Closed Closed Closed Closed Rejected]

(1..total).each do |id|
  updated = moments[id - 1]
  s = SeedText::SERVICES[rng.rand(SeedText::SERVICES.size)]
  k = SeedText::KINDS[rng.rand(SeedText::KINDS.size)]
  kind = case rng.rand(20) when 0, 1 then 'Emergency' when 2..6 then 'Standard' when 7 then (id % 5).zero? ? 'Expedited' : 'Normal' else 'Normal' end
  version = "#{2 + rng.rand(6)}.#{rng.rand(30)}.#{rng.rand(10)}"
  names = { s: s.name, v: version, n: 10 + rng.rand(40), k: 3 + rng.rand(30) }
  state = weights[rng.rand(weights.size)]
  author = team[rng.rand(team.size)]
  assignee = team[rng.rand(team.size)]
  created = updated - (2 + rng.rand(20)) * 86_400 - rng.rand(40_000)
  start = (%w[Closed Implement].include?(state) ? updated : now) + (1 + rng.rand(21)) * 86_400
  start = start.beginning_of_day + (17 + rng.rand(6)) * 3600
  hostile = id % 97 == 13 ? SeedText::HOSTILE[(id / 97) % SeedText::HOSTILE.size] : nil
  title = hostile ? hostile[0] : format(k.title, names)
  text = hostile ? hostile[1].delete("\u0000") : "#{format(k.what, names)}\n\nAffected: *#{s.name}* (#{s.tech}). Requested for #{start.strftime('%-d %B %Y')}."
  issues << row.call(id, mgmt, tracker['Change request'].id, status[state], title, text, author, assignee, created, updated, priorities[rng.rand(4)])

  gap = ->(odds) { rng.rand(odds).zero? }
  value.call(id, 'Change kind', gap.(60) ? '' : kind)
  value.call(id, 'Change reason', gap.(25) ? '' : format(k.reason, names))
  value.call(id, 'Affected systems', gap.(20) ? '' : s.systems)
  value.call(id, 'Affected applications', s.apps)
  value.call(id, 'Affected data', s.data)
  value.call(id, 'Affected service', s.name)
  value.call(id, 'Version', gap.(18) ? '' : version)
  scan = ['Passed', 'Passed', 'Passed', 'Passed with findings', 'Failed', 'Not run'][rng.rand(6)]
  value.call(id, 'Security scan status', gap.(25) ? '' : scan)
  value.call(id, 'Security scan results', { 'Passed' => 'No findings above low.', 'Passed with findings' => "2 medium findings, accepted until the next release.\nReport: https://scan.meridian.example/#{s.repo}/#{version}", 'Failed' => '1 high finding in a transitive dependency.', 'Not run' => '' }[scan])
  value.call(id, 'Environment', gap.(30) ? '' : s.env)
  value.call(id, 'Repository', "https://git.meridian.example/#{s.repo}")
  value.call(id, 'Branch', gap.(12) ? "release/#{version}" : 'main')
  value.call(id, 'Commit', Digest::SHA1.hexdigest("#{s.repo}#{id}"))
  value.call(id, 'Artifact digest', "sha256:#{Digest::SHA256.hexdigest("#{s.repo} #{version} #{id}")}")
  value.call(id, 'Deployment pipeline', gap.(15) ? '' : "#{s.repo}/deploy-prod")
  value.call(id, 'Rollback evidence', gap.(4) ? '' : "Rolled back in staging on #{(start - 4 * 86_400).strftime('%Y-%m-%d')}, took #{5 + rng.rand(25)} minutes: https://ci.meridian.example/#{s.repo}/rollback/#{id}")
  value.call(id, 'Incident', kind == 'Emergency' ? "INC-#{4000 + id}" : '')
  zone = ActiveSupport::TimeZone[s.zone]
  local = start.in_time_zone(zone)
  stop = local + (1 + rng.rand(4)).hours
  # Three ways people write an instant: with the offset, in UTC, and without either (the zone field then counts).
  shape = [->(t) { t.strftime('%Y-%m-%dT%H:%M:%S%:z') }, ->(t) { t.utc.strftime('%Y-%m-%dT%H:%M:%SZ') }, ->(t) { t.strftime('%Y-%m-%dT%H:%M') }][id % 3]
  value.call(id, 'Planned start', gap.(25) ? '' : shape.(local))
  value.call(id, 'Planned end', shape.(stop))
  value.call(id, 'Time zone', s.zone)
  value.call(id, 'Release manager', team[rng.rand(team.size)].id)
  value.call(id, 'Technical development lead', users.fetch(s.lead).id)
  value.call(id, 'Deployer', team[rng.rand(team.size)].id)
  value.call(id, 'Service criticality', s.criticality)
  value.call(id, 'Data exposure', gap.(4) ? '' : s.exposure)
  value.call(id, 'Planned outage', k.outage)
  value.call(id, 'Rollback', gap.(6) ? '' : k.rollback)
  value.call(id, 'Schema change', k.schema)
  value.call(id, 'Rollout', k.rollout)
  SeedText.plan(rng, s, k, version, start, !gap.(3)).each { |name, section| value.call(id, "Plan: #{name}", section) }
  value.call(id, 'CAB decision', '')
  value.call(id, 'CAB reference', '')

  previous = nil
  (path_to[state] + [state]).each_with_index do |step, i|
    note.call(id, assignee, [created + (i * 7 + 1) * 3600, updated].min, '', false, [['status_id', status[previous].id.to_s, status[step].id.to_s]]) if previous
    previous = step
  end
  rng.rand(3).times { |i| note.call(id, team[rng.rand(team.size)], [created + (i + 2) * 5000, updated].min, SeedText::NOTES[rng.rand(SeedText::NOTES.size)], gap.(15), []) }
  if (id % 5).zero?
    attach.call(id, "test-report-#{version}.txt", 'text/plain', "Report of #{s.repo} #{version}\n" + (1..40).map { |n| "case #{n}: passed\n" }.join, author, created + 60)
    attach.call(id, 'plan.pdf', 'application/pdf', "%PDF-1.4\n% rehearsal of #{s.repo}\n%%EOF\n", author, created + 90) if (id % 15).zero?
  end
end

# --- Issues that changes are for, defects that may block them, and two a service account cannot see ---
next_id = total
ticket = lambda do |project, kind, state, subject, severity, security|
  next_id += 1
  at = now - 80 * 86_400 + rng.rand(70 * 86_400)
  issues << row.call(next_id, project, tracker[kind].id, status[state], subject, "#{subject}.\n\nSteps and logs are in the comments.", team[rng.rand(team.size)], nil, at, at + 3600, priorities[1])
  value.call(next_id, 'Severity', severity) if severity
  value.call(next_id, 'Security defect', security ? '1' : '0') if kind == 'Bug'
  next_id
end
relate = ->(from, to, type) { relations << { issue_from_id: from, issue_to_id: to, relation_type: type, delay: nil } }
(1..total).each do |id|
  next if id % 9 == 4 # some changes name no issue (R5)

  case id % 10
  when 0 then relate.(id, ticket.(work, 'Bug', 'Open', 'Session tokens stay valid after log-out', 'Critical', true), 'relates')
  when 1 then relate.(id, ticket.(work, 'Bug', 'Resolved', 'Injection in the order search', 'High', true), 'relates')
  when 2 then relate.(id, ticket.(work, 'Bug', 'In Progress', 'Totals off by a cent in the basket', 'Medium', false), 'relates')
  when 3 then relate.(id, ticket.(work, 'Bug', 'Open', 'Import stops at midnight', 'High', false), 'blocks') if (id % 20) == 3
  when 4 then relate.(id, ticket.(hidden, 'Bug', 'Open', 'Not for everyone', 'Critical', true), 'relates') if (id % 50) == 14
  when 5 then relate.(id, id - 1, 'precedes') if id > 1 && (id % 20) == 5
  else relate.(id, ticket.(work, 'Feature', rng.rand(2).zero? ? 'Open' : 'Resolved', "Faster #{%w[search checkout import login].sample(random: rng)}", nil, false), 'relates')
  end
end

# --- The branch office: twenty changes in a project of its own, all in one state ---
if total.positive?
  20.times do |i|
    next_id += 1
    at = now - (i + 1) * 3600
    issues << row.call(next_id, small, tracker['Change request'].id, status['Authorize'], "Branch office: replace switch #{i + 1}", 'Swap of one access switch outside opening hours.', team[i % team.size], nil, at - 86_400, at, priorities[1])
    value.call(next_id, 'Change kind', %w[Standard Normal][i % 2])
    value.call(next_id, 'Affected service', 'Office network')
  end
end

insert = ->(rows, model) { rows.each_slice(400) { |slice| model.insert_all!(slice) } }
ActiveRecord::Base.transaction do
  insert.call(issues, Issue)
  insert.call(values, CustomValue)
  insert.call(journals, Journal)
  insert.call(details, JournalDetail)
  insert.call(attachments, Attachment)
  insert.call(relations, IssueRelation)
end
puts "seeded: #{issues.size} issues, #{values.size} values, #{journals.size} journals, #{attachments.size} attachments, #{relations.size} relations"
