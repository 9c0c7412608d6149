# What an instance's database holds of a project's changes, as JSON: the tests compare a synchronisation with it.
#   ruby dump.rb FOLDER PROJECT
require 'json'
require 'sqlite3'

folder, project = ARGV
db = SQLite3::Database.new(File.join(folder, 'redmine.sqlite3'), readonly: true)
db.busy_timeout = 10_000
db.results_as_hash = true

def clean(row)
  row.reject { |key, _| key.is_a?(Integer) }
end

id = db.get_first_value('select id from projects where identifier = ?', [project])
issues = db.execute('select * from issues where project_id = ? and tracker_id = 1', [id]).to_h { |row| [row['id'], clean(row)] }
names = db.execute("select id, trim(firstname || ' ' || lastname) as name from users").to_h { |r| [r['id'], r['name']] }
statuses = db.execute('select id, name from issue_statuses').to_h { |r| [r['id'], r['name']] }
fields = db.execute('select id, name from custom_fields').to_h { |r| [r['id'], r['name']] }
issues.each_value do |issue|
  issue['status'] = statuses[issue['status_id']]
  issue['author'] = names[issue['author_id']]
  issue['assignee'] = names[issue['assigned_to_id']]
  issue.update('custom' => {}, 'journals' => [], 'attachments' => [], 'relations' => [])
end
db.execute("select customized_id, custom_field_id, value from custom_values where customized_type = 'Issue'").each do |r|
  issues[r['customized_id']]&.dig('custom')&.store(fields[r['custom_field_id']], r['value'])
end
details = db.execute('select journal_id, count(*) as n from journal_details group by 1').to_h { |r| [r['journal_id'], r['n']] }
db.execute("select * from journals where journalized_type = 'Issue' order by id").each do |r|
  issues[r['journalized_id']]&.dig('journals')&.push(
    'id' => r['id'], 'author' => names[r['user_id']], 'notes' => r['notes'], 'created_on' => r['created_on'],
    'private' => r['private_notes'], 'details' => details[r['id']] || 0
  )
end
db.execute("select * from attachments where container_type = 'Issue' order by id").each do |r|
  issues[r['container_id']]&.dig('attachments')&.push(
    'id' => r['id'], 'name' => r['filename'], 'size' => r['filesize'], 'sha256' => r['digest']
  )
end
all = db.execute('select i.id, i.subject, s.is_closed as closed, t.name as tracker, p.identifier as project from issues i ' \
                 'join issue_statuses s on s.id = i.status_id join trackers t on t.id = i.tracker_id ' \
                 'join projects p on p.id = i.project_id').to_h { |r| [r['id'], clean(r)] }
db.execute('select * from issue_relations order by id').each do |r|
  [[r['issue_from_id'], r['issue_to_id'], r['relation_type']],
   [r['issue_to_id'], r['issue_from_id'], "inverse #{r['relation_type']}"]].each do |own, other, type|
    issues[own]&.dig('relations')&.push('other' => all[other], 'type' => type)
  end
end
puts JSON.generate(issues.values)
