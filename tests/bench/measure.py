"""What a program cost: wall time, CPU of it and all its children, peak memory; and how figures are printed."""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Cost:
    """One run of a program."""

    wall: float  # seconds from start to end
    cpu: float  # user and system seconds, children included
    peak: float  # MiB resident at the worst moment
    out: str = ""
    err: list = field(default_factory=list)  # (seconds since the start, line)
    requests: int = 0  # that reached the server
    answering: float = 0.0  # seconds the server took for them


class Failed(Exception):
    """A program did not do what the benchmark is about."""


def run(argv, env=None):
    """Runs a program to its end. GNU time stands between: its own memory is small, while a child of this
    interpreter would inherit the interpreter's peak."""
    with tempfile.NamedTemporaryFile("r", prefix="peak-") as peak:
        began = time.monotonic()
        child = subprocess.Popen(
            ["/usr/bin/time", "--quiet", "--format=%M", f"--output={peak.name}", *map(str, argv)],
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        lines, said = [], []
        readers = [
            threading.Thread(target=lambda: lines.extend((time.monotonic() - began, line) for line in child.stderr)),
            threading.Thread(target=lambda: said.append(child.stdout.read())),
        ]
        for reader in readers:
            reader.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        for reader in readers:
            reader.join()
        if child.returncode != 0:
            told = "".join(line for _, line in lines[-20:]) + said[0][-2000:]
            raise Failed(f"{' '.join(map(str, argv))} ended with {child.returncode}:\n{told}")
        kib = int(peak.read().split()[-1])
    return Cost(wall, usage.ru_utime + usage.ru_stime, kib / 1024, said[0], lines)


def median(costs, what):
    """The median of one figure over several runs."""
    return statistics.median(getattr(cost, what) for cost in costs)


def turns(rounds, *who):
    """The order of runs: everybody in each round, and each round begins with somebody else."""
    for number in range(rounds):
        shift = number % len(who)
        yield from who[shift:] + who[:shift]


def ratio(ours, theirs):
    """How many times ours goes into theirs: above 1 is in our favour."""
    if ours <= 0:
        return "–"
    times = theirs / ours
    return f"{times:.0f}x" if times >= 20 else f"{times:.1f}x" if times >= 2 else f"{times:.2f}x"


def seconds(value):
    return f"{value:.1f} s" if value >= 10 else f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def table(head, rows):
    """Columns as wide as they must be; the first to the left, figures to the right."""
    cells = [list(head)] + [list(map(str, row)) for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = []
    for number, row in enumerate(cells):
        lines.append("  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))).rstrip())
        if number == 0:
            lines.append("  ".join("-" * w for w in widths))
    return "\n".join(lines)
