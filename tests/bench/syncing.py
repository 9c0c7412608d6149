"""Full and delta sync from the real Redmine: `cab`, python-redmine into SQLite, and curl fetching cab's pages."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import measure
from measure import Failed, median, ratio, seconds
from proxy import Proxy

HERE = Path(__file__).parent
SUPPORT = HERE.parent / "support" / "redmine"
EDITS = 50
SETTLED = 3.0  # seconds; cab reads what was edited in the newest second again until the clock has moved on
TRACKER = "1"  # "Change request", the first that configure.rb makes


def with_secret(argv, flag, secret, env=None):
    """Runs a program that reads a secret from a file descriptor, and answers what it printed."""
    reading, writing = os.pipe()
    os.write(writing, (secret + "\n").encode())
    os.close(writing)
    done = subprocess.run(
        [*map(str, argv), flag, str(reading)], pass_fds=[reading], stdin=subprocess.DEVNULL, env=env,
        capture_output=True, text=True,
    )
    os.close(reading)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, argv))} ended with {done.returncode}:\n{done.stderr[-2000:]}{done.stdout[-2000:]}")
    return done.stdout


def connected_board(cab, folder, url, key, project, chair="Ines Duarte", account="5"):
    """A data folder with a board and a connection, and nothing read yet."""
    cab = [cab, "--data-dir", folder, "--json"]
    member = f"{chair};chair;{account};voting"
    with_secret([*cab, "board", "create", "--name", "Bench", "--member", member, "--accept"], "--pin-fd", "bench-pin-1")
    with_secret([*cab, "connect", "--url", url, "--project", project, "--accept-unmapped"], "--api-key-fd", key)


class Sync:
    def __init__(self, redmine, cab, python, work, rounds):
        self.redmine, self.cab, self.python, self.work, self.rounds = redmine, cab, python, work, rounds
        self.proxy = Proxy(redmine["url"])
        self.key = redmine["keys"]["svc"]
        self.folder = work / "cab"  # what cab's last full run left; deltas continue with it
        self.database = work / "peer.sqlite3"
        self.pages = []
        self.moment = None

    # --- the three ---

    def run_cab(self, fresh):
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
            shutil.copytree(self.work / "connected", self.folder)
        cost = self.costs([self.cab, "--data-dir", self.folder, "--json", "sync"])
        self.pages = [path for _, path, _, _ in self.asked]
        cost.changed = json.loads(cost.out)["result"]["changed"]
        # The list is there when the first details are asked for.
        steps = [(at, json.loads(line)) for at, line in cost.err if line.startswith("{")]
        cost.listed = next((at for at, step in steps if step.get("progress", {}).get("step") == "Reading details"), cost.wall)
        return cost

    def run_peer(self, fresh):
        if fresh:
            for file in self.work.glob("peer.sqlite3*"):
                file.unlink()
        script = HERE / "peer_redmine.py"
        env = {**os.environ, "REDMINE_KEY": self.key}
        cost = self.costs([self.python, script, self.proxy.url, self.redmine["project"], TRACKER, self.database], env)
        cost.changed = int(cost.out)
        cost.listed = next(at for at, line in cost.err if line.strip() == "listed")
        return cost

    def run_curl(self, fresh):
        """The floor: one curl, one connection, the pages that cab asked for last; nothing is read or kept."""
        del fresh
        config = self.work / "pages.curl"
        page = 'url = "{}{}"\noutput = "/dev/null"\n'
        config.write_text("".join(page.format(self.proxy.url, path) for path in self.pages))
        key = f"X-Redmine-API-Key: {self.key}"
        cost = self.costs(["curl", "--silent", "--show-error", "--fail", "--globoff", "--header", key, "--config", config])
        cost.changed, cost.listed = None, cost.wall
        return cost

    def costs(self, argv, env=None):
        self.proxy.take_log()
        cost = measure.run(argv, env)
        self.asked = self.proxy.take_log()
        cost.requests = len(self.asked)
        cost.answering = sum(took for _, _, took, _ in self.asked)
        cost.unkept = sum(asked for _, _, _, asked in self.asked)
        return cost

    def each(self, rounds, fresh, told):
        """Every client in each round; curl fetches what cab just asked for, so it never begins."""
        costs = {"cab": [], "peer": [], "curl": []}
        for pair in range(rounds):
            for who in ("cab", "peer", "curl") if pair % 2 == 0 else ("peer", "cab", "curl"):
                cost = getattr(self, f"run_{who}")(fresh)
                costs[who].append(cost)
                say(f"{told}, round {pair + 1}: {who} {seconds(cost.wall)}, {cost.requests} requests")
        return costs

    # --- the server's side ---

    def sql(self, statements):
        done = subprocess.run(
            ["ruby", SUPPORT / "sql.rb", self.redmine["dir"], statements], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise Failed(f"sql.rb: {done.stderr}")

    def edit(self, number):
        """Fifty changes scattered over the project get another title and a note, ten in each of five seconds, a few seconds ago: nobody
        reads them in the very second of the edit."""
        earliest = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(seconds=EDITS // 10 + 5)
        at = max(earliest, self.moment + timedelta(seconds=1)) if self.moment else earliest
        total = self.redmine["changes"]
        chosen = random.Random(number).sample(range(1, total + 1), min(EDITS, total))
        statements = []
        for place, change in enumerate(chosen):
            self.moment = at + timedelta(seconds=place // 10)
            stamp = self.moment.strftime("%Y-%m-%d %H:%M:%S")
            statements.append(
                f"update issues set subject = substr(subject, 1, 200) || ' ({number})', updated_on = '{stamp}' where id = {change};"
                "insert into journals (journalized_id, journalized_type, user_id, notes, created_on, private_notes)"
                f" values ({change}, 'Issue', 1, 'Edited in round {number}.', '{stamp}', 0);"
            )
        self.sql("".join(statements))

    # --- what must hold, or the figures mean nothing ---

    def check_full(self):
        total = self.redmine["changes"]
        listed = json.loads(self.listing("--limit", "1"))["result"]["total"]
        if listed != total:
            raise Failed(f"cab holds {listed} changes, the server {total}")
        with sqlite3.connect(self.database) as db:
            held, journals = (db.execute(f"select count(*) from {t}").fetchone()[0] for t in ("issue", "journal"))
        if held != total or journals == 0:
            raise Failed(f"the peer holds {held} changes and {journals} journals, the server {total} changes")

    def listing(self, *args):
        argv = [self.cab, "--data-dir", self.folder, "--json", "change", "list", *args]
        return subprocess.run(list(map(str, argv)), capture_output=True, text=True, check=True).stdout

    def check_changed(self, costs, expected, told):
        for who in ("cab", "peer"):
            for cost in costs[who]:
                if cost.changed != expected:
                    raise Failed(f"{told}: {who} found {cost.changed} changes instead of {expected}")

    # --- the whole ---

    def measure(self):
        # Nothing may lie in the future of this moment, whenever the template was seeded.
        self.sql("update issues set updated_on = datetime(updated_on, '-1 day'), created_on = datetime(created_on, '-1 day')")
        connected_board(self.cab, self.work / "connected", self.proxy.url, self.key, self.redmine["project"])
        total = self.redmine["changes"]
        full = self.each(self.rounds["full"], True, "full sync")
        self.check_full()
        self.check_changed(full, total, "full sync")
        self.proxy.mode = "replay"
        replayed = self.each(self.rounds["replay"], True, "full sync, answers replayed")
        self.check_full()
        self.proxy.mode = "pass"
        edited, after, idle = ({"cab": [], "peer": [], "curl": []} for _ in range(3))
        for number in range(self.rounds["delta"]):
            self.edit(number)
            order = ("cab", "peer", "curl") if number % 2 == 0 else ("peer", "cab", "curl")
            for costs in (edited, after, idle):
                if costs is idle:
                    # What was edited in the newest second is read once more, and not for ever: wait until it is settled.
                    time.sleep(SETTLED)
                    self.run_cab(False)
                for who in order:
                    costs[who].append(getattr(self, f"run_{who}")(False))
            say(f"delta, round {number + 1}: " + ", ".join(f"{w} {seconds(edited[w][-1].wall)}" for w in order))
        self.check_changed(edited, min(EDITS, total), "delta after 50 edits")
        self.check_changed(after, 0, "the sync after it")
        self.check_changed(idle, 0, "delta after no edits")
        self.proxy.close()
        unkept = sum(cost.unkept for costs in replayed.values() for cost in costs)
        if unkept:
            say(f"replay: {unkept} requests had no kept answer and went to the server")
        return self.report(full, replayed, edited, after, idle)

    def report(self, full, replayed, edited, after, idle):
        total = self.redmine["changes"]
        ratios, figures = [], []
        for told, costs in (
            (f"full, {total} changes", full),
            ("full, same answers replayed", replayed),
            (f"delta, {EDITS} edits", edited),
            ("the sync after it, no edits", after),
            ("delta, no edits", idle),
        ):
            whats = ("wall", "cpu", "peak", "requests", "answering")
            ours, peer, floor = ({what: median(costs[who], what) for what in whats} for who in ("cab", "peer", "curl"))
            ratios.append([
                f"{told} ({rounds_of(costs['cab'])})",
                *(ratio(ours[what], peer[what]) for what in ("wall", "cpu", "peak")),
                f"{ours['requests']:.0f} : {peer['requests']:.0f}",
                f"{ours['wall'] / floor['wall']:.2f}x",
                f"{ours['cpu'] / floor['cpu']:.1f}x",
            ])
            three = (ours, peer, floor)
            figures.append([
                told,
                *(" : ".join(seconds(who[what]) for who in three) for what in ("wall", "cpu")),
                " : ".join(f"{who['peak']:.0f}" for who in three),
                seconds(ours["answering"]),
            ])
        listed = [median(full[who], "listed") for who in ("cab", "peer")]
        peer, floor = f"python-redmine {version('python-redmine', self.python)}", curl_version()
        return "\n".join([
            f"SYNC of {self.redmine['version']}: cab against {peer} into SQLite, and against {floor} fetching cab's pages (the floor)",
            measure.table(["rounds each in brackets", "wall", "CPU", "memory", "requests", "wall cab/curl", "CPU cab/curl"], ratios),
            "",
            measure.table(["cab : peer : curl", "wall", "CPU", "peak MiB", "server's part of cab's wall"], figures),
            f"The whole list, before any details: {ratio(*listed)} ({' : '.join(map(seconds, listed))}).",
        ])


def rounds_of(costs):
    return "1 round each: no median" if len(costs) == 1 else f"{len(costs)} rounds each"


def say(line):
    print(f"  {line}", file=sys.stderr, flush=True)


def version(package, python):
    script = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def curl_version():
    return " ".join(subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout.split()[:2])
