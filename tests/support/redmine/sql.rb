# Statements on an instance's database, for states that its API cannot make (a bulk edit's single second).
#   ruby sql.rb FOLDER STATEMENTS; prints the number of rows changed
require 'sqlite3'

folder, statements = ARGV
db = SQLite3::Database.new(File.join(folder, 'redmine.sqlite3'))
db.busy_timeout = 10_000
db.transaction { db.execute_batch(statements) }
puts db.total_changes
