"""The whole benchmark, in the keyring session that run.sh made around it. Prints the tables on stdout, how it goes on
stderr. Arguments come from run.sh: the folder of the programs, the Python of the peers, the versions of tauri and rustc
(which a session with another home cannot ask for), and the parts to measure."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from calendars import measure_calendar
from documents import measure_documents
from previews import measure_previews
from records import measure_record
from syncing import Sync
from windows import measure_windows

ROOT = Path(__file__).resolve().parents[2]


def count(name, usual):
    return int(os.environ.get(f"BENCH_{name}", usual))


def machine(rustc):
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "an unnamed processor")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores of {model}, Linux {platform.release().split('-')[0]}, rustc {rustc}, load at the start {load}"


def redmine_version():
    return "Redmine " + subprocess.run(
        ["dpkg-query", "-W", "-f", "${source:Upstream-Version}", "redmine"], capture_output=True, text=True, check=True
    ).stdout


def main():
    programs, python, (tauri, rustc), parts = Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(), sys.argv[4:]
    work = Path(tempfile.mkdtemp(prefix="cabinet-bench-"))
    began = time.monotonic()
    print("Medians of alternated runs in one go. Ratios are the peer's figure divided by Cabinet's: above 1 is in Cabinet's favour.")
    print(machine(rustc), flush=True)
    try:
        if "documents" in parts:
            tell(measure_documents(programs / "bench-pdf", python, work, count("DOCUMENT_ROUNDS", 5), count("DOCUMENT_RUNS", 15)))
        if "record" in parts:
            tell(measure_record(programs / "bench-record", work, count("RECORD_ROUNDS", 5), count("MERGE_ROUNDS", 3)))
        if "calendar" in parts:
            tell(measure_calendar(programs / "bench-calendar", count("CALENDAR_WINDOWS", 100_000), count("CALENDAR_ASKED", 200)))
        if "windows" in parts:
            tell(measure_windows(
                programs / "cab", programs / "cabinet", programs / "empty-window", programs / "bench-sample", work,
                ROOT / ".artifacts/bench", count("WINDOW_ROUNDS", 5), count("WINDOW_CHANGES", 10_000), tauri,
            ))
        if "preview" in parts:
            tell(measure_previews(
                programs / "bench-pdf", programs / "cabinet", work, ROOT / ".artifacts/bench", count("PREVIEW_ROUNDS", 7),
            ))
        if "sync" in parts:
            redmine = json.loads(os.environ["CABINET_REDMINE"])
            redmine["version"] = redmine_version()
            rounds = {"full": count("FULL_ROUNDS", 1), "replay": count("REPLAY_ROUNDS", 5), "delta": count("DELTA_ROUNDS", 5)}
            tell(Sync(redmine, programs / "cab", python, work, rounds).measure())
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tell(f"Measured in {(time.monotonic() - began) / 60:.1f} minutes.")


def tell(report):
    """As soon as it is known: a later part that fails takes no earlier one with it."""
    print(f"\n{report}", flush=True)


main()
