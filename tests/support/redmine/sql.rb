# One statement on an instance's database, for states that its API cannot make (a bulk edit's single second).
#   ruby sql.rb FOLDER STATEMENT; prints the number of rows changed
require 'sqlite3'

folder, statement = ARGV
db = SQLite3::Database.new(File.join(folder, 'redmine.sqlite3'))
db.busy_timeout = 10_000
db.execute(statement)
puts db.changes
