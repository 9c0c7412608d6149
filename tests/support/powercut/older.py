#!/usr/bin/env python3
"""Takes a board's database back to an older version, with its entries, for tests of upgrades.

    older.py DATA_FOLDER MIGRATIONS VERSION

The tables are those of the migrations up to VERSION; every row that fits is copied. What is copied from is still in
the write-ahead log afterwards, as after a power cut: nothing is checkpointed.
"""
import os
import pathlib
import shutil
import sqlite3
import sys

folder, migrations, version = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
now, older = folder / "cabinet.db", folder / "older.db"
steps = sorted(f for f in migrations.glob("*.sql") if int(f.name.split("_")[0]) <= version)
if len(steps) != version:
    sys.exit(f"{migrations} has {len(steps)} steps up to version {version}")

db = sqlite3.connect(older, isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
for step in steps:
    db.executescript(step.read_text())
db.execute(f"PRAGMA user_version = {version}")
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
# The system's SQLite is older than the program's: json_valid(NULL) was 0 before 3.45. The rows passed the newer's checks.
db.execute("PRAGMA ignore_check_constraints = ON")
db.execute("ATTACH ? AS newer", (str(now),))
tables = [name for (name,) in db.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
db.execute("BEGIN")
for table in tables:
    columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
    there = [row[1] for row in db.execute(f"PRAGMA newer.table_info({table})")]
    both = ", ".join(c for c in columns if c in there)
    order = " ORDER BY position" if "position" in columns else ""
    db.execute(f"INSERT INTO main.{table} ({both}) SELECT {both} FROM newer.{table}{order}")
# sqlx notes the steps it has taken in a table of its own.
(noted,) = db.execute("SELECT sql FROM newer.sqlite_schema WHERE name = '_sqlx_migrations'").fetchone()
db.execute(noted)
db.execute("INSERT INTO main._sqlx_migrations SELECT * FROM newer._sqlx_migrations WHERE version <= ?", (version,))
db.execute("COMMIT")
copied = db.execute("SELECT count(*) FROM main.entry").fetchone()[0]
wanted = db.execute("SELECT count(*) FROM newer.entry").fetchone()[0]
db.execute("DETACH newer")
if copied != wanted or copied == 0:
    sys.exit(f"{copied} of {wanted} entries were copied")
# Copied while it is open: closing would checkpoint.
for suffix in ("", "-wal"):
    shutil.copyfile(f"{older}{suffix}", f"{now}.copy{suffix}")
db.close()
for suffix in ("", "-wal", "-shm"):
    pathlib.Path(f"{now}{suffix}").unlink(missing_ok=True)
    pathlib.Path(f"{older}{suffix}").unlink(missing_ok=True)
for suffix in ("", "-wal"):
    os.rename(f"{now}.copy{suffix}", f"{now}{suffix}")
print(copied)
