"""Signed documents as PDF: our pipeline against ReportLab and pyHanko, over the same blocks, fonts and evidence; and each of
our figures beside its target, which is told and fails nothing: it holds for an idle core."""

import json
import re
import statistics
import subprocess
from pathlib import Path

import measure
from measure import Failed, median, ratio, seconds
from syncing import say, version

HERE = Path(__file__).parent
KINDS = {"minutes": "a full block for each item", "register": "one table of all items, as in the trial that set the targets"}
SIZES = (50, 500)
SIGNATURES = (2, 3)
COMPOSED, SIGNED, MEMORY, TIMES = 100, 10, 32, {50: 40, 500: 10}  # ms, ms, MiB, times less CPU than the peer


class Documents:
    def __init__(self, ours, python, work, rounds, runs):
        self.ours, self.python, self.work, self.rounds, self.runs = ours, python, work, rounds, runs
        self.peer = HERE / "peer_document.py"
        self.sealed = {}  # (kind, items, signatures) to the figures of each program

    def once(self, who, kind, items, signatures, file):
        if who == "ours":
            argv = [self.ours, "seal", kind, items, signatures, file]
        else:
            argv = [self.python, self.peer, "seal", self.work, f"{kind}-{items}-{signatures}", file]
        cost = measure.run(argv)
        told = json.loads(cost.out)
        if len(told["signed"]) != signatures:
            raise Failed(f"{who} made {len(told['signed'])} signatures instead of {signatures}")
        cost.composed, cost.signed = told["composed"] / 1_000_000, statistics.mean(told["signed"]) / 1_000_000
        cost.own = told.get("peak", 0) / 1024
        return cost

    def seal(self, kind, items, signatures):
        """Both programs in turn; their medians."""
        subprocess.run([self.ours, "hand-over", kind, str(items), str(signatures), self.work], check=True, capture_output=True)
        costs = {"ours": [], "peer": []}
        files = {who: self.work / f"{who}-{kind}-{items}-{signatures}.pdf" for who in costs}
        for who in measure.turns(self.rounds, *costs):
            costs[who].append(self.once(who, kind, items, signatures, files[who]))
        figures = {}
        for who, file in files.items():
            check(file, signatures)
            info = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
            figures[who] = {w: median(costs[who], w) for w in ("wall", "cpu", "peak", "own", "composed", "signed")}
            figures[who] |= {"pages": int(re.search(r"Pages:\s+(\d+)", info).group(1)), "kib": file.stat().st_size / 1024}
        a, b = figures["ours"]["wall"], figures["peer"]["wall"]
        say(f"{kind}, {items} items, {signatures} signatures: ours {seconds(a)}, peer {seconds(b)}")
        self.sealed[kind, items, signatures] = (figures["ours"], figures["peer"])

    def nothing(self, kind, signatures):
        """What is resident when a document without items is sealed, in MiB."""
        file = self.work / "nothing.pdf"
        return median([self.once("ours", kind, 0, signatures, file) for _ in range(self.rounds)], "own")

    def against_targets(self, kind):
        """A column of the table: our figures, and whether each is as good as it should be."""
        told = json.loads(measure.run([self.ours, "warm", kind, 500, 3, self.runs]).out)
        found = [at_most(told["composed"] / 1000, COMPOSED, "ms")]
        found += [at_most(microseconds / 1000, SIGNED, "ms") for microseconds in told["signed"]]
        for signatures in SIGNATURES:
            more = self.sealed[kind, 500, signatures][0]["own"] - self.nothing(kind, signatures)
            found.append(at_most(more, MEMORY, "MiB"))
        for items, signatures in ((items, signatures) for items in SIZES for signatures in SIGNATURES):
            a, b = self.sealed[kind, items, signatures]
            met = b["cpu"] >= TIMES[items] * a["cpu"]
            found.append(f"{ratio(a['cpu'], b['cpu'])}, {'met' if met else 'missed'}")
        return found

    def targets(self):
        whats = ["500 items composed: model to unsigned bytes"]
        most = [f"≤ {COMPOSED} ms"]
        for turn in ("first", "second", "third"):
            whats.append(f"500 items, the {turn} signature")
            most.append(f"≤ {SIGNED} ms")
        for signatures in SIGNATURES:
            whats.append(f"500 items, {signatures} signatures: memory beyond no items")
            most.append(f"≤ {MEMORY} MiB")
        for items, signatures in ((items, signatures) for items in SIZES for signatures in SIGNATURES):
            whats.append(f"{items} items, {signatures} signatures: less CPU than the peer")
            most.append(f"≥ {TIMES[items]}x")
        columns = [self.against_targets(kind) for kind in KINDS]
        return measure.table(["our figure, target, met or missed", "target", *KINDS], list(zip(whats, most, *columns)))

    def measure(self):
        subprocess.run([self.python, self.peer, "prepare", self.work], check=True)
        for kind in KINDS:
            for items in SIZES:
                for signatures in SIGNATURES:
                    self.seal(kind, items, signatures)
        ratios, figures = [], []
        for (kind, items, signatures), (a, b) in self.sealed.items():
            what = f"{kind}, {items} items, {signatures} signatures"
            ratios.append([what, *(ratio(a[w], b[w]) for w in ("wall", "cpu", "peak", "composed", "signed"))])
            figures.append([
                what,
                *(f"{seconds(a[w])} : {seconds(b[w])}" for w in ("wall", "cpu", "composed", "signed")),
                *(f"{a[w]:.0f} : {b[w]:.0f}" for w in ("peak", "pages", "kib")),
            ])
        names = " + ".join(
            f"{name} {version(package, self.python)}" for name, package in (("ReportLab", "reportlab"), ("pyHanko", "pyhanko"))
        )
        said = "; ".join(f"{kind}: {what}, {self.sealed[kind, 500, 2][0]['pages']} pages at 500" for kind, what in KINDS.items())
        return "\n".join([
            f"SIGNED PDF: ours against {names}; same blocks, fonts, attached evidence, PAdES B-B signatures in prepared fields",
            said,
            self.targets(),
            f"Composing and signing: medians of {self.runs} runs in one warm process; their targets are for an idle core. Memory: "
            "VmHWM of two processes.",
            "",
            measure.table([f"medians of {self.rounds} runs each", "wall", "CPU", "memory", "composing", "a signature"], ratios),
            "",
            measure.table(["ours : peer", "wall", "CPU", "composing", "a signature", "peak MiB", "pages", "KiB"], figures),
            "The peer's wall, CPU and memory hold Python's start and imports; composing and signing leave them out. Only ours "
            "tags its pages, draws marks beside words, and verifies the signatures that a later one is put on.",
        ])


def at_most(value, most, unit):
    return f"{value:.1f} {unit}, {'met' if value <= most else 'missed'}"


def check(file, signatures):
    """A file that others do not accept has no place in a comparison."""
    said = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout
    if said.count("Signature is Valid") != signatures or "Total document signed" not in said:
        raise Failed(f"pdfsig does not accept {file} with {signatures} signatures:\n{said}")


def measure_documents(ours, python, work, rounds, runs):
    return Documents(ours, python, work, rounds, runs).measure()
