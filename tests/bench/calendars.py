"""The calendar: what is in a change's way among a year's windows, against a naive search, and as a part of a frame."""

import json
import statistics
from pathlib import Path

import measure
from measure import Failed, ratio

FRAME = 16.0  # ms
MOST = 0.10  # of a frame, at the median


def measure_calendar(ours, windows, asked):
    if not Path(ours).is_file():
        raise Failed(f"{ours} is not built")
    said = json.loads(measure.run([ours, windows, asked]).out)
    one, naive = (statistics.median(said[f"{who}_nanoseconds"]) / 1_000_000 for who in ("ours", "naive"))
    if one > MOST * FRAME:
        raise Failed(f"what is in a change's way takes {one:.3f} ms at the median, more than {MOST:.0%} of a frame of {FRAME:.0f} ms")
    if said["by_dependency"] == 0:
        raise Failed("no conflict followed from a dependency: what takes two steps was not measured")
    worst = max(said["ours_nanoseconds"]) / 1_000_000
    table = measure.table(
        [f"ours : naive ({asked} changes)", "ratio", "time", "of a frame"],
        [
            ["what is in a change's way", ratio(one, naive), f"{one:.3f} ms : {naive:.1f} ms", f"{one / FRAME:.2%}"],
            ["the slowest of them", ratio(worst, naive), f"{worst:.3f} ms", f"{worst / FRAME:.2%}"],
        ],
    )
    return "\n".join([
        f"THE CALENDAR: {windows:,} windows of a year; both find the same {said['conflicts']:,} conflicts, for the same reasons, "
        f"{said['by_dependency']:,} of them by a dependency of one step or two",
        table,
        f"A frame has {FRAME:.0f} ms. Sorting the windows, once: {said['made_microseconds'] / 1000:.0f} ms.",
    ])
