r"""The peer: what one writes with python-redmine to keep a Redmine project in SQLite.

    peer_redmine.py URL PROJECT TRACKER DATABASE        with the API key in $REDMINE_KEY

The list in the order of "updated", each new or changed ticket with journals, attachments and relations, then the tickets
they are related to. What is already there with the same "updated" is not read again. Says on stderr when the list
is there. Prints how many were new or changed.
"""

import json
import os
import sqlite3
import sys

from redminelib import Redmine

SCHEMA = """
create table if not exists issue (id integer primary key, updated_on text not null, subject text, status text,
    author text, assignee text, description text, raw text not null);
create table if not exists custom_value (issue integer, field text, value text);
create table if not exists journal (id integer primary key, issue integer, author text, notes text, created_on text,
    details text);
create table if not exists attachment (id integer primary key, issue integer, filename text, filesize integer,
    content_url text);
create table if not exists relation (id integer, issue integer, other integer, kind text, primary key (id, issue));
create table if not exists linked (id integer primary key, updated_on text, status text, raw text);
create index if not exists custom_of on custom_value (issue);
create index if not exists journal_of on journal (issue);
create index if not exists attachment_of on attachment (issue);
"""


def name(of):
    return of["name"] if of else None


def put_row(db, raw):
    db.execute(
        "insert or replace into issue values (?,?,?,?,?,?,?,?)",
        (raw["id"], raw["updated_on"], raw["subject"], name(raw["status"]), name(raw.get("author")),
         name(raw.get("assigned_to")), raw.get("description"), json.dumps(raw)),
    )


def put_details(db, raw):
    number = raw["id"]
    put_row(db, raw)
    for table in ("custom_value", "journal", "attachment", "relation"):
        db.execute(f"delete from {table} where issue = ?", (number,))
    for field in raw.get("custom_fields") or []:
        values = field.get("value")
        for value in values if isinstance(values, list) else [values]:
            db.execute("insert into custom_value values (?,?,?)", (number, field["name"], value))
    for journal in raw.get("journals") or []:
        db.execute(
            "insert into journal values (?,?,?,?,?,?)",
            (journal["id"], number, name(journal.get("user")), journal.get("notes"), journal["created_on"],
             json.dumps(journal.get("details") or [])),
        )
    for file in raw.get("attachments") or []:
        db.execute(
            "insert into attachment values (?,?,?,?,?)",
            (file["id"], number, file["filename"], file["filesize"], file["content_url"]),
        )
    others = set()
    for relation in raw.get("relations") or []:
        other = relation["issue_to_id"] if relation["issue_id"] == number else relation["issue_id"]
        db.execute("insert or replace into relation values (?,?,?,?)", (relation["id"], number, other, relation["relation_type"]))
        others.add(other)
    return others


def main():
    url, project, tracker, database = sys.argv[1:]
    redmine = Redmine(url, key=os.environ["REDMINE_KEY"])
    db = sqlite3.connect(database)
    db.executescript("pragma journal_mode = wal; pragma synchronous = normal;" + SCHEMA)
    known = dict(db.execute("select id, updated_on from issue"))
    asked = {"project_id": project, "tracker_id": tracker, "status_id": "*", "subproject_id": "!*", "sort": "updated_on,id"}
    if known:
        asked["updated_on"] = ">=" + max(known.values())
    changed = []
    for issue in redmine.issue.filter(**asked):
        raw = issue.raw()
        if known.get(raw["id"]) != raw["updated_on"]:
            put_row(db, raw)
            changed.append(raw["id"])
    db.commit()
    print("listed", file=sys.stderr, flush=True)
    others = set()
    for at, number in enumerate(changed):
        issue = redmine.issue.get(number, include=["journals", "relations", "attachments"])
        others |= put_details(db, issue.raw())
        if at % 50 == 49:
            db.commit()
    db.commit()
    wanted = sorted(others)
    for start in range(0, len(wanted), 100):
        some = ",".join(map(str, wanted[start : start + 100]))
        for issue in redmine.issue.filter(issue_id=some, status_id="*", sort="id"):
            raw = issue.raw()
            db.execute("insert or replace into linked values (?,?,?,?)", (raw["id"], raw["updated_on"], name(raw["status"]), json.dumps(raw)))
    db.commit()
    print(len(changed))


main()
