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
    rows = []
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
        pages, sizes_kb = {}, {}
        for who, file in files.items():
            check(file)
            info = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
            pages[who] = int(re.search(r"Pages:\s+(\d+)", info).group(1))
            sizes_kb[who] = file.stat().st_size / 1024
        a, b = ({w: median(costs[who], w) for w in ("wall", "cpu", "peak", "inside")} for who in ("ours", "peer"))
        say(f"{items} items: ours {seconds(a['wall'])}, peer {seconds(b['wall'])}")
        rows.append([
            f"{items} items ({rounds})", ratio(a["wall"], b["wall"]), ratio(a["cpu"], b["cpu"]), ratio(a["peak"], b["peak"]),
            ratio(a["inside"], b["inside"]),
            f"{seconds(a['wall'])} : {seconds(b['wall'])}", f"{seconds(a['cpu'])} : {seconds(b['cpu'])}",
            f"{a['peak']:.0f} : {b['peak']:.0f}", f"{seconds(a['inside'])} : {seconds(b['inside'])}",
            f"{pages['ours']} : {pages['peer']}", f"{sizes_kb['ours']:.0f} : {sizes_kb['peer']:.0f}",
        ])
    head = ["signed PDF (runs each)", "wall", "CPU", "memory", "model to bytes", "wall ours:peer", "CPU ours:peer", "MiB ours:peer",
            "model to bytes", "pages", "KiB"]
    names = ", ".join(f"{name} {version(name, python)}" for name in ("reportlab", "pyhanko"))
    return (
        f"peer: {names}; same blocks, fonts, attached evidence and one PAdES B-B signature each. Ours are PDF with the\n"
        "shapes beside their words and fields prepared; the peer's process starts Python and imports, which \"model to bytes\" leaves out.\n"
        + measure.table(head, rows)
    )


def check(file):
    """A file that others do not accept has no place in a comparison."""
    said = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout
    if "Signature is Valid" not in said or "Total document signed" not in said:
        raise Failed(f"pdfsig does not accept {file}:\n{said}")
