"""How soon the first page of a sealed document is seen in the real window, against pdftoppm drawing that page of that file."""

import json
import statistics
import subprocess
import time
from pathlib import Path

import measure
from measure import seconds
from syncing import say

ITEMS = 500
# What the window is held to, in seconds.
TARGET = 0.1


def peer(file, work):
    """Poppler, from a cold start, to the pixels that the window draws: 96 to the inch."""
    began = time.monotonic()
    subprocess.run(["pdftoppm", "-f", "1", "-l", "1", "-r", "96", "-png", file, work / "peer"], check=True)
    return time.monotonic() - began


def measure_previews(bench_pdf, cabinet, work, pictures, rounds):
    file = work / "preview.pdf"
    subprocess.run([bench_pdf, "seal", "minutes", str(ITEMS), "1", file], check=True, stdout=subprocess.DEVNULL)
    folder = pictures / "preview"
    folder.mkdir(parents=True, exist_ok=True)
    script = Path(__file__).with_name("preview.mjs")
    told = subprocess.run(
        ["node", script, cabinet, file, str(rounds + 1), folder], check=True, stdout=subprocess.PIPE, text=True
    )
    first, *again = [milliseconds / 1000 for milliseconds in json.loads(told.stdout.splitlines()[-1])]
    drawn = [peer(file, work) for _ in range(rounds)]
    ours, theirs = statistics.median(again), statistics.median(drawn)
    say(f"preview: first {seconds(first)}, then {', '.join(map(seconds, again))}")
    verdict = "met" if ours <= TARGET else "missed"
    return "\n".join([
        f"PREVIEW: the first page of sealed minutes of {ITEMS} items ({file.stat().st_size / 1e6:.1f} MB), in the real window under Xvfb",
        measure.table(
            ["", "asked to drawn"],
            [
                ["Cabinet, the first time a window shows pages", seconds(first)],
                [f"Cabinet, from then on ({rounds})", f"{seconds(ours)} (target {seconds(TARGET)}: {verdict})"],
                [f"pdftoppm, a process for the page ({rounds})", seconds(theirs)],
                ["pdftoppm / Cabinet", f"{theirs / ours:.2f}x"],
            ],
        ),
        "Asked as soon as the verdict is there, and nothing was prepared: of a document that holds, the first page is opened with "
        f"the verdict. No graphics card: pages are drawn by the processor. A picture lies in {folder}.",
    ])
