"""The record on a long record: verifying, signing off and merging, each against the bare work it stands on."""

import json
import shutil
import statistics
import sys
from pathlib import Path

import measure
from measure import Failed, median, ratio, seconds
from syncing import say

PEER = Path(__file__).parent / "peer_sqlite.py"
SOME, MANY, ACTS = 10_000, 50_000, 200


class Records:
    def __init__(self, ours, work, rounds, merges, some=SOME, many=MANY, acts=ACTS):
        self.ours, self.rounds, self.merges = ours, rounds, merges
        self.some, self.many, self.acts = some, many, acts
        self.work = work / "record"
        self.staged = self.work / "staged.sqlite3"
        self.data = self.work / "data"

    def run(self, *argv):
        """One run in a process of its own; what it says its work took, in seconds, beside what it cost."""
        cost = measure.run(argv)
        said = json.loads(cost.out)
        took = said.get("microseconds")
        cost.inside = (statistics.median(took) if isinstance(took, list) else took or 0) / 1_000_000
        cost.said = said
        shutil.rmtree(self.data, ignore_errors=True)
        return cost

    def peer(self, *argv):
        for file in self.work.glob("peer.sqlite3*"):
            file.unlink()
        return self.run(sys.executable, "-B", PEER, *argv)

    def turns(self, rounds, **who):
        costs = {name: [] for name in who}
        for name in measure.turns(rounds, *who):
            costs[name].append(who[name]())
        return costs

    def measure(self):
        self.work.mkdir()
        # The bare inserts take their rows from behind those that are there already.
        made = self.run(self.ours, "make", max(self.many, self.some + self.acts), self.work).said
        sqlite = self.peer("stage", self.work / "rows.jsonl", self.staged).said["sqlite"]
        say(f"a record of {made['entries']} entries is made")
        folder, peer = self.work, self.work / "peer.sqlite3"
        verify = self.turns(
            self.rounds,
            cold=lambda: self.run(self.ours, "cold", folder, self.some),
            bare=lambda: self.run(self.ours, "bare", folder, self.some),
            cached=lambda: self.run(self.ours, "cached", folder, self.many),
        )
        say("verified")
        sign = self.turns(
            self.rounds,
            ours=lambda: self.run(self.ours, "sign", folder, self.some, self.data, self.acts),
            bare=lambda: self.peer("insert", self.staged, peer, self.some, self.acts),
        )
        say("signed off")
        merge = self.turns(
            self.merges,
            ours=lambda: self.run(self.ours, "merge", folder, self.many, self.data),
            bare=lambda: self.peer("merge", self.staged, peer),
        )
        say("merged")
        return self.report(made, sqlite, verify, sign, merge)

    def report(self, made, sqlite, verify, sign, merge):
        cold, bare, cached = (median(verify[who], "inside") for who in ("cold", "bare", "cached"))
        again = cold * self.many / self.some  # what the same number would take cold
        rows = [
            [f"verify {self.some:,} cold : their signatures alone ({self.rounds})", ratio(cold, bare), cold, bare, verify["cold"], verify["bare"]],
            [f"verify {self.many:,} seen before : at the cold rate ({self.rounds})", ratio(cached, again), cached, again, verify["cached"], verify["cold"]],
            self.row(f"one sign-off : one durable insert ({self.rounds} of {self.acts})", sign),
            self.row(f"merge {self.many:,} : insert their rows ({self.merges})", merge),
        ]
        size = made["bytes"] / made["entries"] / 1024
        table = measure.table(
            ["ours : bare (runs each in brackets)", "ratio", "time", "peak MiB"],
            [
                [what, times, f"{seconds(a)} : {seconds(b)}", f"{median(ours, 'peak'):.0f} : {median(theirs, 'peak'):.0f}"]
                for what, times, a, b, ours, theirs in rows
            ],
        )
        return "\n".join([
            f"THE RECORD: entries of {size:.1f} KiB; one thread; each run a process of its own, setting up not counted",
            table,
            f"Bare: the p256 crate over the same bytes; SQLite {sqlite}, WAL, synchronous=FULL, on the same disk, into as many rows.",
            "A sign-off: begin, head, sign, judge, insert with projection and outbox, commit, plain copy. A merge: out of a shared",
            "folder, every signature verified, judged as a set, projected, a durable plain copy of each.",
        ])

    @staticmethod
    def row(what, costs):
        ours, bare = (median(costs[who], "inside") for who in ("ours", "bare"))
        return [what, ratio(ours, bare), ours, bare, costs["ours"], costs["bare"]]


def measure_record(ours, work, rounds, merges):
    if not Path(ours).is_file():
        raise Failed(f"{ours} is not built")
    return Records(ours, work, rounds, merges).measure()
