#!/usr/bin/env python3
"""Puts the second verifier to the test, in one process: what `run.sh` runs.

    check.py vectors FOLDER          every file of valid/ accepted, every file of invalid/ refused with the code of its name
    check.py mutants FILE ROOT STEP  one-byte mutants of the envelope of FILE's last entry, few values at every STEP-th place
    check.py mutants FILE ROOT all   the same at every place: every other value, the byte left out, each of 256 put in
    check.py kinds FILE ROOT STEP    as `mutants`, of an envelope of every kind that FILE has: all refused
    check.py bytes FILE ROOT STEP    FILE with one byte changed, every STEP-th byte: all refused, what is changed is named
    check.py rows FILE ROOT          FILE with each row of its lists left out, doubled, moved: all refused, the row is named
"""
import base64
import json
import multiprocessing
import os
import pathlib
import re
import sys
import tempfile
import types
from collections import Counter

sys.dont_write_bytecode = True
import verify


def codes(data, root):
    return [refused.code for refused in verify.verify(data, root)[0]]


def vectors(folder):
    folder = pathlib.Path(folder)
    root = (folder / "roster-root.txt").read_text().strip()
    wrong, counts, seen = [], Counter(), set()
    for kind in ("valid", "invalid"):
        for file in sorted((folder / kind).glob("*.json")):
            said = set(codes(file.read_bytes(), root))
            expected = {file.name.split("--")[0]} if kind == "invalid" else set()
            seen |= expected
            counts[kind] += 1
            if said != expected:
                wrong.append(f"{kind}/{file.name}: said {', '.join(sorted(said)) or 'holds'}")
    print("\n".join(wrong), file=sys.stderr)
    print(f"vectors: {counts['valid']} valid accepted, {counts['invalid']} invalid refused with the code of their name "
          f"({len(seen)} codes), {len(wrong)} otherwise")
    return not wrong and counts["valid"] > 0 and counts["invalid"] >= 60


def mutants_of(data, at, whole):
    """The mutants of one place, and what was done: the byte changed, left out, another put before it, or after the last.

    As a whole every other value and all 256 are tried; else each bit is turned, and one of six is put in."""
    if at < len(data):
        values = range(256) if whole else (data[at] ^ 1 << bit for bit in range(8))
        yield from (("changed", data[:at] + bytes([value]) + data[at + 1:]) for value in values if value != data[at])
        yield "left out", data[:at] + data[at + 1:]
    yield from (("put in", data[:at] + bytes([put]) + data[at:]) for put in (range(256) if whole else b' \nA="\0'))


def naive(envelope, spki):
    """What one writes at first, with the libraries as they come: DSSE to the letter and no further."""
    try:
        envelope = json.loads(envelope)
        payload, kind = base64.b64decode(envelope["payload"] + "=="), envelope["payloadType"].encode()
        signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        signatures = [base64.b64decode(signature["sig"] + "==") for signature in envelope["signatures"]]
        return any(verify.openssl(spki, signature, signed) for signature in signatures)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def every(step):
    """How many bytes were tried, in words."""
    ending = "th" if step % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(step % 10, "th")
    return "every byte" if step == 1 else f"every {step}{ending} byte"


def envelopes_of(file, root):
    """Each envelope of a file, with what judges bytes in its stead."""
    b, rosters, policies, *_ = verify.open_bundle(pathlib.Path(file).read_bytes())
    entries = [verify.open_statement(verify.open_envelope(wire, "")) for wire in b["entries"]]
    chain = verify.chain_of(rosters, entries)
    assert chain.versions[0].digest == root, "the file is of this board"

    def judge(bytes_):
        try:
            wire = verify.read(bytes_, "envelope", "envelope")
            verify.judge("envelope", wire, chain, b["scope"], dict(policies))
            return "accepted"
        except verify.Refused as refused:
            return "fields" if refused.args == ("schema", "envelope") else refused.code

    for entry in entries:
        bytes_ = verify.canonical(entry.wire)
        assert judge(bytes_) == "accepted", f"the {entry.kind} itself holds"
        yield types.SimpleNamespace(kind=entry.kind, bytes=bytes_, spki=chain.keys[entry.key], judge=judge)


def tried_at(task):
    """What was done at one place of an envelope, what was said of it, and what a naive verifier says of some."""
    number, at, whole = task
    envelope, tried = ENVELOPES[number], Counter()
    if len(verify.KNOWN) > 4096:
        verify.KNOWN.clear()
    for count, (done, mutant) in enumerate(mutants_of(envelope.bytes, at, whole)):
        tried["done", done] += 1
        tried["said", envelope.judge(mutant)] += 1
        # Most of what reaches the naive one costs it a signature.
        if not whole or (at + count) % 31 == 0:
            tried["naive", naive(mutant, envelope.spki)] += 1
    return tried


ENVELOPES = []


KEPT = []


def own_scratch():
    """A folder of its own for each process: the names that openssl is given are the same in all."""
    KEPT.append(verify.SCRATCH)  # let go of here, the folder of all of them would be removed
    verify.SCRATCH = types.SimpleNamespace(name=tempfile.mkdtemp(dir=verify.SCRATCH.name))


def try_mutants(envelopes, step):
    """Every STEP-th place of each envelope; with no step every place, and every value there. Many places on all cores."""
    ENVELOPES[:], whole = envelopes, step is None
    tasks = [(n, at, whole) for n, e in enumerate(envelopes) for at in range(0, len(e.bytes) + 1, step or 1)]
    tried = Counter()
    if len(tasks) < 200:
        for task in tasks:
            tried.update(tried_at(task))
    else:
        with multiprocessing.get_context("fork").Pool(os.cpu_count(), own_scratch) as pool:
            for one in pool.imap_unordered(tried_at, tasks, 8):
                tried.update(one)
    size, accepted = sum(len(e.bytes) for e in envelopes), tried.pop(("said", "accepted"), 0)
    done, places = {name: tried["done", name] for name in ("changed", "left out", "put in")}, size + len(envelopes)
    if whole:
        assert [*done.values()] == [size * 255, size, places * 256], "nothing is passed over"
    at = "every byte, every other value of it, and all 256 put in" if whole else f"{every(step)}, each of its 8 bits, and 6 put in"
    print(f"mutants: {', '.join(e.kind for e in envelopes)}: {len(envelopes)} envelopes of {size} bytes; {at}, one at a time: "
          f"{sum(done.values())} mutants ({', '.join(f'{count} {name}' for name, count in done.items())}), {accepted} accepted; "
          f"a naive verifier accepts {tried['naive', True]} of {tried['naive', True] + tried['naive', False]}; "
          + ", ".join(f"{code} {count}" for (what, code), count in sorted(tried.items(), key=str) if what == "said"))
    return accepted == 0 and sum(done.values()) > 0


def mutants(file, root, step):
    return try_mutants([*envelopes_of(file, root)][-1:], None if step == "all" else int(step))


def kinds(file, root, step):
    """The last of every kind. Each place is tried of some kind: the envelopes are of many lengths, their heads alike."""
    last = {envelope.kind: envelope for envelope in envelopes_of(file, root)}
    assert len(last) >= 40, "a file of every kind"
    return try_mutants([*last.values()], int(step))


LISTS = ("roster", "policies", "entries", "manifests", "blobs", "digests", "proofs")


def names_of(bundle, noun, row):
    """What may stand in the place of a refusal for a row of a list: the list, the row's number, or what is in the row."""
    part, entries = bundle[noun][row], [verify.open_statement(verify.open_envelope(wire, "")) for wire in bundle["entries"]]
    names = {noun, f"{noun} {row + 1}"}
    if noun == "roster":  # the version after it is what has no predecessor
        names |= {f"roster {row + 2}"}
    if noun == "entries":
        e = entries[row]
        # A gap is told where the log goes on.
        names |= {f"entry {e.id[:8]}", *(f"log {e.log[:8]}:{e.log[65:]} #{seq}" for seq in (e.seq, e.seq + 1))}
        names |= {f"roster {e.body['version']}"} if e.kind == "roster" else set()
    if noun in ("blobs", "manifests"):
        names |= {f"{noun[:-1]} {part['sha256'][:8]}"}
    if noun in ("policies", "manifests"):  # who names what is gone
        names |= {f"entry {e.id[:8]}" for e in entries if part["sha256"] in (e.p["policy"], *e.subjects)}
    return names | {f"entry {part['entry'][:8]}"} if noun == "proofs" else names


def named(refused, names):
    """Whether it is refused, each time with a place, and one of the places is among the names."""
    places = [refusal.args[1] for refusal in refused]
    return all(places) and bool(names & {word for place in places for word in place.split(", ")})


def places_of(bundle):
    """Where each row of each list stands in the canonical bytes of a bundle."""
    at = 1
    for key in sorted(bundle):
        at += len(verify.canonical(key)) + 1
        inside = at + 1
        for row, part in enumerate(bundle[key] or [] if key in LISTS else []):
            size = len(verify.canonical(part))
            yield range(inside, inside + size), key, row
            inside += size + 1
        at += len(verify.canonical(bundle[key])) + 1


def as_changed(row):
    """What a row goes by where the digest in its own name was changed: the file now has it so."""
    digests = [found.decode()[:8] for found in re.findall(rb'"(?:entry|sha256)":"([0-9a-f]{64})"', row)]
    return {f"{noun} {digest}" for noun in ("blob", "entry", "manifest") for digest in digests}


def bytes_of(file, root, step):
    data = pathlib.Path(file).read_bytes()
    assert codes(data, root) == [], "the file itself holds"
    bundle = json.loads(data)
    # What makes the file no canonical JSON, or of another shape, is refused before there is a row.
    rows = [(place, names_of(bundle, noun, row) | {"evidence", "digests"}) for place, noun, row in places_of(bundle)]
    assert all(json.loads(data[place.start:place.stop]) for place, _ in rows), "the rows are where they are looked for"
    said, wrong, known = Counter(), [], 0
    for at in range(step // 2, len(data), step):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        refused = verify.verify(changed, root)[0]
        said.update({refusal.code for refusal in refused} or {"accepted"})
        place, names = next(((place, names) for place, names in rows if at in place), (None, None))
        known += names is not None
        names = names and names | as_changed(changed[place.start:place.stop])
        good = named(refused, names) if names else refused and all(refusal.args[1] for refusal in refused)
        wrong += [] if good else [at]
    print(f"bytes: {len(data)} bytes, one bit of {every(step)} turned, {known} of them in a row of a list: {len(wrong)} accepted "
          f"or not named {wrong[:9] or ''}; " + ", ".join(f"{code} {count}" for code, count in sorted(said.items())))
    return not wrong and known > 0


def relisted(bundle):
    """The list of digests made anew, as whoever changes a file on purpose would."""
    nouns = {"roster": "roster", "policy": "policies", "entry": "entries", "manifest": "manifests"}
    listed = [(f"{noun}/{n}", verify.sha(part["text"].encode() if "text" in part else verify.canonical(part)))
              for noun, key in nouns.items() for n, part in enumerate(bundle[key], 1)]
    listed += [(f"blob/{blob['sha256']}", blob["sha256"]) for blob in bundle["blobs"] if blob["salted"]]
    return {**bundle, "digests": [{"name": name, "sha256": digest} for name, digest in listed]}


def tampered(bundle):
    """Each row of each list left out, doubled, and in the place of the next; as it is, and with the digests listed anew."""
    for noun in LISTS:
        rows = bundle[noun] or []
        for row in range(len(rows)):
            moved, after = list(rows), (row + 1) % len(rows)
            moved[row], moved[after] = rows[after], rows[row]
            tricks = {"left out": rows[:row] + rows[row + 1:], "doubled": rows[:row + 1] + rows[row:], "moved": moved}
            for trick, changed in ((trick, changed) for trick, changed in tricks.items() if changed != rows):
                # What is listed otherwise than it is shows in the list of digests first.
                yield f"{noun} {row} {trick}", {**bundle, noun: changed}, names_of(bundle, noun, row) | {"digests"}
                if noun != "digests":
                    yield f"{noun} {row} {trick}, listed anew", relisted({**bundle, noun: changed}), names_of(bundle, noun, row)


def rows_of(file, root):
    data = pathlib.Path(file).read_bytes()
    assert codes(data, root) == [], "the file itself holds"
    said, wrong, tried = Counter(), [], 0
    for name, changed, names in tampered(json.loads(data)):
        refused = verify.verify(verify.canonical(changed), root)[0]
        said.update({refusal.code for refusal in refused})
        wrong += [] if named(refused, names) else [name]
        tried += 1
    print("\n".join(wrong), file=sys.stderr, end="\n" * bool(wrong))
    print(f"rows: {tried} changed rows of {pathlib.Path(file).name}, {len(wrong)} accepted or refused without naming the row; "
          + ", ".join(f"{code} {count}" for code, count in sorted(said.items())))
    return tried > 0 and not wrong


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "vectors":
        good = vectors(sys.argv[2])
    elif len(sys.argv) == 4 and sys.argv[1] == "rows":
        good = rows_of(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 5 and sys.argv[1] in ("mutants", "kinds"):
        good = (mutants if sys.argv[1] == "mutants" else kinds)(*sys.argv[2:])
    elif len(sys.argv) == 5 and sys.argv[1] == "bytes":
        good = bytes_of(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(__doc__)
    sys.exit(0 if good else 1)
