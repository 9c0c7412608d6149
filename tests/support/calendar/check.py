"""An iCalendar file of ours in two parsers that are not ours: each finds the changes and releases that the calendar lists,
with their times, titles and places.

    check.py CHANGES.ics CALENDAR.json      the second is what `cab calendar --json` says of the same days
"""

import json
import sys
from datetime import datetime, timezone
from pathlib import Path

import icalendar
import vobject


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def by_icalendar(text):
    for event in icalendar.Calendar.from_ical(text).walk("VEVENT"):
        # A window that ends before it begins, as tickets have them, goes out as a moment.
        start, end = event["DTSTART"].dt, event.get("DTEND", event["DTSTART"]).dt
        yield str(event["UID"]), start, end, str(event["SUMMARY"]), str(event.get("LOCATION", ""))


def by_vobject(text):
    for event in vobject.readOne(text).contents.get("vevent", []):
        place = event.location.value if "location" in event.contents else ""
        end = event.dtend.value if "dtend" in event.contents else event.dtstart.value
        yield event.uid.value, event.dtstart.value, end, event.summary.value, place


def main():
    text, calendar = Path(sys.argv[1]).read_bytes().decode(), json.loads(Path(sys.argv[2]).read_text())
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "a line has more than 75 octets"
    wanted = {
        item["key"]: (
            instant(item["window"]["starts_at"]),
            max(instant(item["window"]["starts_at"]), instant(item["window"]["ends_at"])),
            f"{item['key']} {item['title']}", item["environment"],
        )
        for item in calendar["result"]["items"]
    }
    assert wanted, "the calendar is empty: nothing was compared"
    for release in calendar["result"]["releases"]:
        start, title = instant(release["starts_at"]), f"Release {release['name']}"
        wanted[title] = (start, max(start, instant(release["ends_at"])), title, "")
    for parser in (by_icalendar, by_vobject):
        found = {}
        for uid, start, end, summary, place in parser(text):
            # A release has an id made of its name.
            key = summary if uid.startswith("release-") else uid.split("@")[0]
            assert key not in found, f"{parser.__name__}: {key} twice"
            found[key] = (start.astimezone(timezone.utc), end.astimezone(timezone.utc), summary, place)
        for key in sorted(wanted.keys() | found.keys()):
            assert found.get(key) == wanted.get(key), f"{parser.__name__}: {key}: {found.get(key)} is not {wanted.get(key)}"
    print(f"icalendar and vobject: {len(wanted)} events of {sys.argv[1]}, with the times and titles of the calendar")


main()
