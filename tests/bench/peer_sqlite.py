"""SQLite and nothing else: the same rows into a bare table, as durable as Cabinet's (WAL, synchronous=FULL).

    peer_sqlite.py stage ROWS STAGED              the rows of rows.jsonl as a database, so that no JSON is read later
    peer_sqlite.py insert STAGED DATABASE COUNT ACTS    into a table of COUNT rows, ACTS more, each in a transaction of its own
    peer_sqlite.py merge STAGED DATABASE          all rows in one transaction

Prints one line of JSON: the microseconds the work took, setting up left out.
"""

import json
import sqlite3
import sys
import time

COLUMNS = "log, seq, id, kind, subject, change_key, claimed, envelope"
TABLE = """CREATE TABLE entry (position INTEGER PRIMARY KEY AUTOINCREMENT, log TEXT NOT NULL, seq INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, subject TEXT NOT NULL, change_key TEXT, claimed TEXT NOT NULL,
    envelope BLOB NOT NULL, UNIQUE (log, seq)) STRICT"""


def opened(path):
    database = sqlite3.connect(path, isolation_level=None)
    (journal,) = database.execute("PRAGMA journal_mode = WAL").fetchone()
    database.execute("PRAGMA synchronous = FULL")
    (synchronous,) = database.execute("PRAGMA synchronous").fetchone()
    if (journal, synchronous) != ("wal", 2):
        sys.exit(f"SQLite did not take the settings: {journal}, {synchronous}")
    database.execute(TABLE)
    return database


def stage(rows, staged):
    database = sqlite3.connect(staged)
    database.execute(TABLE)
    with open(rows, encoding="utf-8") as lines, database:
        cells = (json.loads(line) for line in lines)
        database.executemany(
            f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ((*row[:-1], row[-1].encode()) for row in cells)
        )
    return None


def insert(staged, path, count, acts):
    database = opened(path)
    database.execute("ATTACH ? AS staged", (staged,))
    database.execute(f"INSERT INTO entry ({COLUMNS}) SELECT {COLUMNS} FROM staged.entry ORDER BY position LIMIT ?", (count,))
    more = database.execute(f"SELECT {COLUMNS} FROM staged.entry ORDER BY position LIMIT ? OFFSET ?", (acts, count)).fetchall()
    took = []
    for row in more:
        began = time.perf_counter_ns()
        database.execute("BEGIN IMMEDIATE")
        database.execute(f"INSERT INTO entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        database.execute("COMMIT")
        took.append((time.perf_counter_ns() - began) // 1000)
    if len(took) != acts:
        sys.exit(f"{len(took)} rows where {acts} are wanted")
    return took


def merge(staged, path):
    database = opened(path)
    database.execute("ATTACH ? AS staged", (staged,))
    began = time.perf_counter_ns()
    database.execute("BEGIN IMMEDIATE")
    database.execute(f"INSERT INTO entry ({COLUMNS}) SELECT {COLUMNS} FROM staged.entry ORDER BY position")
    database.execute("COMMIT")
    return (time.perf_counter_ns() - began) // 1000


def main():
    match sys.argv[1:]:
        case ["stage", rows, staged]:
            took = stage(rows, staged)
        case ["insert", staged, path, count, acts]:
            took = insert(staged, path, int(count), int(acts))
        case ["merge", staged, path]:
            took = merge(staged, path)
        case _:
            sys.exit(__doc__)
    print(json.dumps({"microseconds": took, "sqlite": sqlite3.sqlite_version}))


main()
