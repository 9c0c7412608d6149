"""From spawn to the first usable screen, and what the windows then hold in memory: Cabinet with many changes against an
empty Tauri window.

Nothing is asked of either program: Xvfb keeps its frame buffer in a file, which is read here without a single X request.
A screen is usable when it shows what it will still show when it has come to rest: of all small pieces of the settled
picture that hold anything but background, 95 in a hundred stand where they belong, byte for byte. The settled picture is
that of a first run of its own, kept as a PNG to look at.
"""

import contextlib
import json
import mmap
import os
import shutil
import signal
import statistics
import struct
import subprocess
import tempfile
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import measure
from measure import Failed, seconds
from syncing import connected_board, say

SIZE = (1400, 900)
TILE = 32  # pixels; one line high
PATIENCE = 90.0
REST = 2.0  # seconds without a changed pixel


class Screen:
    """An Xvfb of its own, seen through its frame buffer."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="bench-screen-")
        reading, writing = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "%dx%dx24" % SIZE, "-fbdir", self.folder, "-nolisten", "tcp"],
            pass_fds=[writing], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            self.display = ":" + told.readline().strip()
        self.file = open(Path(self.folder) / "Xvfb_screen0", "rb")
        self.memory = mmap.mmap(self.file.fileno(), 0, prot=mmap.PROT_READ)
        # The XWD header: its own size first, the bytes of a line 13th, the number of colours 20th; then the colours, 12 bytes each.
        fields = struct.unpack(">25I", self.memory[:100])
        self.line, self.start = fields[12], fields[0] + fields[19] * 12

    def pixels(self):
        return self.memory[self.start : self.start + self.line * SIZE[1]]

    def close(self):
        self.memory.close()
        self.file.close()
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Settled:
    """A picture to wait for: its pieces that hold anything."""

    def __init__(self, pixels, line):
        piece = TILE * 4
        everything = [(at, pixels[at : at + piece]) for top in range(0, len(pixels), line) for at in range(top, top + line, piece)]
        backgrounds = {held for held, _ in Counter(held for _, held in everything).most_common(6) if held == held[:4] * (len(held) // 4)}
        self.pieces = [(at, held) for at, held in everything if held not in backgrounds]

    def shown(self, screen):
        memory, start = screen.memory, screen.start
        wanted = len(self.pieces) * 95 // 100
        missing = len(self.pieces) - wanted
        for at, held in self.pieces:
            if memory[start + at : start + at + len(held)] != held:
                missing -= 1
                if missing < 0:
                    return False
        return True


@dataclass
class Opened:
    wall: float
    cpu: float
    pss: float
    processes: int


def family(pid):
    """A process and everything that came from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text()
                parents.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(entry.name))
    found, wave = [], [pid]
    while wave:
        found += wave
        wave = [child for parent in wave for child in parents.get(parent, [])]
    return found


def cpu_of(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(int(fields[i]) for i in (11, 12, 13, 14))
    return total / os.sysconf("SC_CLK_TCK")


def pss_of(pids):
    kib = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
    return kib / 1024


class Program:
    """A window program on a screen of its own, in a session of its own so that all of it can be ended."""

    def __init__(self, argv, home):
        self.screen = Screen()
        self.empty = self.screen.pixels()
        env = {
            **os.environ, "DISPLAY": self.screen.display, "NO_AT_BRIDGE": "1", "LANG": "C.UTF-8", "TZ": "UTC",
            "WEBKIT_DISABLE_DMABUF_RENDERER": "1", "XDG_CACHE_HOME": str(home / "cache"), "XDG_STATE_HOME": str(home / "state"),
        }
        env.pop("WAYLAND_DISPLAY", None)
        self.log = open(home / "program.log", "ab")
        self.began = time.monotonic()
        self.child = subprocess.Popen(
            list(map(str, argv)), env=env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def until(self, holds, what, every):
        while not holds():
            if self.child.poll() is not None:
                raise Failed(f"{what}: the program ended with {self.child.returncode}")
            if time.monotonic() - self.began > PATIENCE:
                raise Failed(f"{what}: not within {PATIENCE:.0f} s")
            time.sleep(every)
        return time.monotonic() - self.began

    def rest(self):
        """Waits until something is shown and nothing changes any more; answers the picture."""
        last, since = None, time.monotonic()

        def still():
            nonlocal last, since
            now = self.screen.pixels()
            if now != last:
                last, since = now, time.monotonic()
            return now != self.empty and time.monotonic() - since >= REST

        self.until(still, "the picture comes to rest", 0.1)
        return last

    def close(self):
        pids = family(self.child.pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGTERM)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        deadline = time.monotonic() + 5
        while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.log.close()
        self.screen.close()


class Windows:
    def __init__(self, programs, work, pictures, rounds):
        """`programs`: what to run, by name; a function of the run's own folder that answers the arguments."""
        self.programs, self.work, self.pictures, self.rounds = programs, work, pictures, rounds

    @contextlib.contextmanager
    def open(self, who):
        home = Path(tempfile.mkdtemp(prefix=f"{who}-", dir=self.work))
        program = None
        try:
            program = Program(self.programs[who](home), home)
            yield program
        finally:
            if program:
                program.close()
            shutil.rmtree(home, ignore_errors=True)

    def settle(self, who):
        with self.open(who) as program:
            pixels = program.rest()
            png(self.pictures / f"{who}.png", pixels, program.screen.line)
            settled = Settled(pixels, program.screen.line)
        if len(settled.pieces) < 10:
            raise Failed(f"{who} shows nothing; see {self.pictures / who}.png")
        return settled

    def once(self, who, settled):
        with self.open(who) as program:
            wall = program.until(lambda: settled.shown(program.screen), f"{who} is usable", 0.01)
            cpu = cpu_of(family(program.child.pid))
            program.rest()
            pids = family(program.child.pid)
            return Opened(wall, cpu, pss_of(pids), len(pids))

    def measure(self):
        settled = {who: self.settle(who) for who in self.programs}
        opened = {who: [] for who in self.programs}
        for who in measure.turns(self.rounds, *self.programs):
            found = self.once(who, settled[who])
            opened[who].append(found)
            say(f"{who}: usable after {seconds(found.wall)}, {found.pss:.0f} MiB in {found.processes} processes")
        return opened


def png(path, pixels, line):
    """A picture to look at, without a library: 24 bits, from blue-green-red-nothing."""
    rows = []
    for top in range(0, len(pixels), line):
        row = pixels[top : top + SIZE[0] * 4]
        rgb = bytearray(SIZE[0] * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = row[2::4], row[1::4], row[0::4]
        rows.append(b"\0" + bytes(rgb))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", *SIZE, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows), 6)) + chunk(b"IEND", b""))


@contextlib.contextmanager
def filled_board(cab, bench_sample, folder, changes):
    """A data folder with that many changes, read from the sample server, which stays up while it is used."""
    server = subprocess.Popen([bench_sample, str(changes)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(server.stdout.readline())
        connected_board(cab, folder, told["url"], told["key"], told["project"], told["chair"]["name"], told["chair"]["account"])
        began = time.monotonic()
        subprocess.run([cab, "--data-dir", folder, "--json", "sync"], check=True, capture_output=True)
        listing = [cab, "--data-dir", folder, "--json", "change", "list", "--limit", "1"]
        held = json.loads(subprocess.run(listing, check=True, capture_output=True, text=True).stdout)["result"]["total"]
        if held < changes:
            raise Failed(f"the data folder holds {held} changes instead of {changes}")
        say(f"{held} changes in {seconds(time.monotonic() - began)}")
        yield held
    finally:
        server.stdin.close()
        server.wait()


def measure_windows(cab, cabinet, empty, bench_sample, work, pictures, rounds, changes, tauri):
    pictures.mkdir(parents=True, exist_ok=True)
    filled = work / "filled"

    def ours(home):
        shutil.copytree(filled, home / "data")
        return [cabinet, "--data-dir", home / "data"]

    with filled_board(cab, bench_sample, filled, changes) as held:
        opened = Windows({"cabinet": ours, "empty": lambda home: [empty]}, work, pictures, rounds).measure()

    def middle(who, what):
        return statistics.median(getattr(found, what) for found in opened[who])

    a, b = ({w: middle(who, w) for w in ("wall", "cpu", "pss", "processes")} for who in ("cabinet", "empty"))
    whats = ("wall", "cpu", "pss")
    figures = [
        [f"{name} ({rounds})", seconds(of["wall"]), seconds(of["cpu"]), f"{of['pss']:.0f}", f"{of['processes']:.0f}"]
        for name, of in ((f"Cabinet, {held} changes", a), ("empty window", b))
    ]
    figures.append(["Cabinet / empty", *(f"{a[what] / b[what]:.2f}x" for what in whats), ""])
    return "\n".join([
        f"WINDOW: Cabinet against an empty window of tauri {tauri}, same build profile, Xvfb, no graphics card",
        measure.table(["runs each in brackets", "spawn to usable", "CPU until then", "MiB (PSS)", "processes"], figures),
        f"Below 1 would be in Cabinet's favour. Usable: the list shows its rows; pictures in {pictures}.",
    ])
