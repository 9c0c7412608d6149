"""Signed minutes as PDF: our pipeline against ReportLab and pyHanko, over the same blocks, fonts and evidence."""

import re
import subprocess
from pathlib import Path

import measure
from measure import Failed, median, ratio, seconds
from syncing import say, version

HERE = Path(__file__).parent


def measure_documents(ours, python, work, rounds, sizes=(50, 500)):
    peer = HERE / "peer_document.py"
    subprocess.run([python, peer, "prepare", work], check=True)
    ratios, figures = [], []
    for items in sizes:
        subprocess.run([ours, "hand-over", str(items), work], check=True)
        costs = {"ours": [], "peer": []}
        files = {who: work / f"{who}-{items}.pdf" for who in costs}
        for who in measure.turns(rounds, "ours", "peer"):
            if who == "ours":
                cost = measure.run([ours, "seal", items, files[who]])
            else:
                cost = measure.run([python, peer, "seal", work, items, files[who]])
            cost.inside = int(cost.err[-1][1]) / 1_000_000
            costs[who].append(cost)
        pages, kib = {}, {}
        for who, file in files.items():
            check(file)
            info = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
            pages[who] = int(re.search(r"Pages:\s+(\d+)", info).group(1))
            kib[who] = file.stat().st_size / 1024
        a, b = ({w: median(costs[who], w) for w in ("wall", "cpu", "peak", "inside")} for who in ("ours", "peer"))
        say(f"{items} items: ours {seconds(a['wall'])}, peer {seconds(b['wall'])}")
        told = f"{items} items"
        whats = ("wall", "cpu", "peak", "inside")
        ratios.append([f"{told} ({rounds})", *(ratio(a[what], b[what]) for what in whats)])
        figures.append([
            told,
            *(f"{seconds(a[what])} : {seconds(b[what])}" for what in ("wall", "cpu", "inside")),
            f"{a['peak']:.0f} : {b['peak']:.0f}",
            f"{pages['ours']} : {pages['peer']}",
            f"{kib['ours']:.0f} : {kib['peer']:.0f}",
        ])
    names = " + ".join(f"{name} {version(package, python)}" for name, package in (("ReportLab", "reportlab"), ("pyHanko", "pyhanko")))
    return "\n".join([
        f"SIGNED PDF: ours against {names}; same blocks, fonts, attached evidence, one PAdES B-B signature each",
        measure.table(["runs each in brackets", "wall", "CPU", "memory", "model to bytes"], ratios),
        "",
        measure.table(["ours : peer", "wall", "CPU", "model to bytes", "peak MiB", "pages", "KiB"], figures),
        "The peer's wall holds Python's start and imports; \"model to bytes\" leaves them out. Only ours draws marks beside words.",
    ])


def check(file):
    """A file that others do not accept has no place in a comparison."""
    said = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout
    if "Signature is Valid" not in said or "Total document signed" not in said:
        raise Failed(f"pdfsig does not accept {file}:\n{said}")
