# Run by `rails runner` in an empty, migrated Redmine: people, roles, trackers, workflow, custom fields, projects.
# Redmine's REST API can make none of these.

# Mails about new administrators go out in threads of their own, with connections of their own: SQLite then tells
# one of them at random that the database is locked. Here they are made at once and sent to nobody.
ActiveJob::Base.queue_adapter = :inline
ActionMailer::Base.perform_deliveries = false

def made(record)
  record.save!
  record
end

Setting.rest_api_enabled = '1'
Setting.login_required = '1'
Setting.text_formatting = 'textile'
Setting.attachment_max_size = '21504' # kB: 20 MB passes, 22 MB does not
Setting.default_language = 'en'
Setting.app_title = 'Meridian change desk'
Setting.user_format = :firstname_lastname
Setting.cross_project_issue_relations = '1'
Setting.mail_from = 'redmine@meridian.example'
Setting.plain_text_mail = '1'
Setting.notified_events = []

# --- People. Four have a known API key: the tests are these four. ---
def person(login, first, last, key: nil, zone: nil, admin: false)
  user = User.find_by(login: login) || User.new
  user.login = login
  user.firstname = first
  user.lastname = last
  user.mail = "#{login}@meridian.example"
  user.language = 'en'
  user.admin = admin
  user.status = User::STATUS_ACTIVE
  user.password = user.password_confirmation = "#{login}-not-a-secret-1"
  user.must_change_passwd = false
  user.save!
  user.pref.update!(time_zone: zone) if zone
  if key
    Token.where(user_id: user.id, action: 'api').delete_all
    token = Token.create!(user: user, action: 'api')
    token.update_column(:value, key)
  end
  user
end

admin = person('admin', 'Redmine', 'Administrator', key: 'a' * 40, admin: true)
svc   = person('svc-cab', 'Cabinet', 'Service', key: 'b' * 40, zone: 'Berlin')
alice = person('alice', 'Alice', 'Moreau', key: 'c' * 40, zone: 'Eastern Time (US & Canada)')
reader = person('reader', 'Ravi', 'Reader', key: 'd' * 40)
team = [
  %w[bnkemelu Blessing Nkemelu], %w[cjansen Carla Jansen], %w[dkowalski Dariusz Kowalski],
  %w[eoconnor Eoin O'Connor], %w[ftanaka Fumiko Tanaka], %w[gsilva Gabriela Silva],
  %w[hbauer Hannes Bauer], %w[iozturk İpek Öztürk], %w[jlindqvist Johan Lindqvist], %w[kpatel Kiran Patel]
].map { |login, first, last| person(login, first, last) }

# --- Enumerations ---
%w[Low Normal High Urgent].each_with_index do |name, i|
  made IssuePriority.new(name: name, position: i + 1, is_default: name == 'Normal')
end
made DocumentCategory.new(name: 'Runbook')

# --- Statuses: eight of a change, four of an ordinary issue ---
statuses = {}
[['New', false], ['Assess', false], ['Authorize', false], ['Approved', false], ['Scheduled', false],
 ['Implement', false], ['Closed', true], ['Rejected', true],
 ['Open', false], ['In Progress', false], ['Resolved', true], ['Duplicate', true]].each do |name, closed|
  statuses[name] = made(IssueStatus.new(name: name, is_closed: closed))
end

# --- Roles ---
reading = %i[view_issues view_files browse_repository view_wiki_pages]
writing = reading + %i[add_issues edit_issues edit_own_issues copy_issues add_issue_notes edit_own_issue_notes
                       manage_issue_relations add_issue_watchers view_issue_watchers]
manager = made(Role.new(name: 'Change manager', issues_visibility: 'all', users_visibility: 'all',
                        permissions: writing + %i[view_private_notes set_notes_private edit_issue_notes delete_issues
                                                  manage_subtasks log_time view_time_entries manage_members]))
requester = made(Role.new(name: 'Requester', issues_visibility: 'all', users_visibility: 'members_of_visible_projects',
                          permissions: writing + %i[edit_issue_notes delete_issues]))
desk = made(Role.new(name: 'Board desk', issues_visibility: 'all', users_visibility: 'members_of_visible_projects',
                     permissions: reading + %i[edit_issues add_issue_notes view_private_notes]))
looker = made(Role.new(name: 'Reader', issues_visibility: 'all', users_visibility: 'members_of_visible_projects',
                       permissions: reading))

# --- Trackers ---
change = made(Tracker.new(name: 'Change request', default_status: statuses['New'], description: 'A change that the board decides'))
bug = made(Tracker.new(name: 'Bug', default_status: statuses['Open']))
feature = made(Tracker.new(name: 'Feature', default_status: statuses['Open']))
incident = made(Tracker.new(name: 'Incident', default_status: statuses['Open']))

# --- Workflow: what is not listed here Redmine ignores with 204 ---
steps = [%w[New Assess], %w[New Rejected], %w[Assess Authorize], %w[Assess Rejected], %w[Authorize Assess],
         %w[Authorize Approved], %w[Authorize Rejected], %w[Approved Scheduled], %w[Approved Authorize],
         %w[Scheduled Implement], %w[Scheduled Authorize], %w[Implement Closed], %w[Implement Rejected]]
[manager, desk, requester].each do |role|
  steps.each do |from, to|
    WorkflowTransition.create!(role_id: role.id, tracker_id: change.id,
                               old_status_id: statuses[from].id, new_status_id: statuses[to].id)
  end
end
[bug, feature, incident].each do |tracker|
  names = ['Open', 'In Progress', 'Resolved', 'Duplicate']
  [manager, requester].each do |role|
    names.product(names).reject { |a, b| a == b }.each do |from, to|
      WorkflowTransition.create!(role_id: role.id, tracker_id: tracker.id,
                                 old_status_id: statuses[from].id, new_status_id: statuses[to].id)
    end
  end
end

# --- Custom fields ---
def field(name, format, trackers, **more)
  made IssueCustomField.new({ name: name, field_format: format, is_for_all: true, is_filter: format != 'text',
                              searchable: false, visible: true, editable: true, trackers: trackers }.merge(more))
end

iso = '\A(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?\z'
on_change = [change]
# An administrator once added "Expedited"; no mapping knows it.
field('Change kind', 'list', on_change, possible_values: %w[Standard Normal Emergency Expedited])
field('Change reason', 'string', on_change)
field('Affected systems', 'string', on_change)
field('Affected applications', 'string', on_change)
field('Affected data', 'string', on_change)
field('Affected service', 'list', on_change,
      possible_values: ['Payments API', 'Customer portal', 'Identity', 'Data warehouse', 'Mail relay', 'Order intake',
                        'Warehouse terminals', 'Invoice archive', 'Kubernetes platform', 'Office network'])
field('Version', 'string', on_change)
field('Security scan status', 'list', on_change, possible_values: ['Passed', 'Passed with findings', 'Failed', 'Not run'])
field('Security scan results', 'text', on_change)
field('Environment', 'string', on_change)
field('Repository', 'link', on_change)
field('Branch', 'string', on_change)
field('Commit', 'string', on_change, regexp: '\A([0-9a-f]{7,64})?\z')
field('Artifact digest', 'string', on_change)
field('Deployment pipeline', 'string', on_change)
field('Rollback evidence', 'text', on_change)
field('Incident', 'string', on_change)
field('Planned start', 'string', on_change, regexp: iso)
field('Planned end', 'string', on_change, regexp: iso)
field('Time zone', 'string', on_change)
field('Release manager', 'user', on_change)
field('Technical development lead', 'user', on_change)
field('Deployer', 'user', on_change)
field('Service criticality', 'list', on_change, possible_values: ['none', 'low', 'medium', 'high', 'mission-critical'])
field('Data exposure', 'list', on_change, possible_values: ['none', 'internal', 'confidential or auth/crypto', 'regulated'])
field('Planned outage', 'list', on_change, possible_values: ['none', 'degraded', '≤30 min', '>30 min'])
field('Rollback', 'list', on_change, possible_values: ['automated+tested', 'manual tested', 'written, untested',
                                                       'restore/forward-fix', 'impossible'])
field('Schema change', 'list', on_change, possible_values: ['none', 'backward compatible', 'tested migration', 'irreversible'])
field('Rollout', 'list', on_change, possible_values: ['flag/canary', 'rolling/blue-green', 'all at once'])
['Approach', 'Prerequisites', 'Method of deployment', 'Configuration items', 'Training', 'Roles',
 'Backout plan', 'Testing', 'Communication', 'Timing and timescales', 'Risk management', 'Documentation',
 'Related changes'].each { |name| field("Plan: #{name}", 'text', on_change, text_formatting: 'full') }
field('CAB decision', 'list', on_change, possible_values: ['approved', 'approved with conditions', 'rejected', 'deferred',
                                                           'more information', 'withdrawn'])
field('CAB reference', 'string', on_change)
field('Severity', 'list', [bug, incident], possible_values: %w[Low Medium High Critical])
field('Security defect', 'bool', [bug], default_value: '0')

# --- Projects ---
def project(identifier, name, trackers, public: false)
  made Project.new(identifier: identifier, name: name, is_public: public, trackers: trackers,
                   enabled_module_names: %w[issue_tracking])
end
mgmt = project('change-mgmt', 'Change management', [change])
archive = project('change-archive', 'Change archive', [change])
empty = project('change-empty', 'Change management (new site)', [change])
small = project('change-small', 'Change management (branch office)', [change])
work = project('delivery', 'Product delivery', [bug, feature, incident])
hidden = project('vault', 'Vault team', [bug, feature])

def joins(user, project, role)
  made Member.new(user: user, project: project, roles: [role])
end
[mgmt, empty, small].each { |p| joins(svc, p, desk) }
joins(svc, work, looker)
[mgmt, archive, small].each { |p| joins(alice, p, requester) }
joins(alice, work, requester)
joins(reader, mgmt, looker)
team.each { |user| [mgmt, work].each { |p| joins(user, p, user.login == 'bnkemelu' ? manager : requester) } }
joins(team[0], archive, manager)
joins(team[1], hidden, requester)
puts "configured: #{User.count} users, #{IssueCustomField.count} custom fields, #{WorkflowTransition.count} transitions"
