#!/usr/bin/env python3
"""Puts the second verifier to the test, in one process: what `run.sh` runs.

    check.py vectors FOLDER          every file of valid/ accepted, every file of invalid/ refused with the code of its name
    check.py mutants FILE ROOT STEP  one-byte mutants of the envelope of FILE's last entry, every STEP-th byte: all refused
    check.py bytes FILE ROOT STEP    FILE with one byte changed, every STEP-th byte: all refused
    check.py rows FILE ROOT          FILE with each row of its lists left out, doubled, moved: all refused, each with a place
"""
import base64
import json
import pathlib
import sys
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


def mutants_of(data, step):
    """Each bit of a byte turned, the byte left out, and one of six put before it. The record crate's own test tries all 256."""
    for at in range(0, len(data), step):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]
        yield data[:at] + data[at + 1:]
    for at in range(0, len(data) + 1, step):
        for put in b' \nA="\0':
            yield data[:at] + bytes([put]) + data[at:]


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


def mutants(file, root, step):
    data = pathlib.Path(file).read_bytes()
    b, rosters, policies, *_ = verify.open_bundle(data)
    entries = [verify.open_statement(verify.open_envelope(wire, "")) for wire in b["entries"]]
    chain = verify.chain_of(rosters, entries)
    whole = verify.canonical(b["entries"][-1])

    def judge(bytes_):
        try:
            wire = verify.read(bytes_, "envelope", "envelope")
            verify.judge("envelope", wire, chain, b["scope"], dict(policies))
            return None
        except verify.Refused as refused:
            return "fields" if refused.args == ("schema", "envelope") else refused.code

    assert chain.versions[0].digest == root and judge(whole) is None, "the envelope itself holds"
    tried = [mutant for mutant in mutants_of(whole, step) if mutant != whole]
    said = Counter(map(judge, tried))
    accepted = said.pop(None, 0)
    passed = sum(naive(mutant, chain.keys[entries[-1].key]) for mutant in tried)
    print(f"mutants: one {entries[-1].kind}, {len(whole)} bytes; at {every(step)} each of its 8 bits turned, it left out, and 6 "
          f"bytes put before it, one at a time: {len(tried)} mutants, {accepted} accepted, {passed} by a naive verifier; "
          + ", ".join(f"{code} {count}" for code, count in sorted(said.items())))
    return accepted == 0


def bytes_of(file, root, step):
    data = pathlib.Path(file).read_bytes()
    assert codes(data, root) == [], "the file itself holds"
    said, accepted = Counter(), []
    for at in range(step // 2, len(data), step):
        refused = verify.verify(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:], root)[0]
        said.update({refusal.code for refusal in refused} or {"accepted"})
        accepted += [] if refused else [at]
    print(f"bytes: {len(data)} bytes, one bit of {every(step)} turned: {len(accepted)} accepted {accepted[:9] or ''}; "
          + ", ".join(f"{code} {count}" for code, count in sorted(said.items())))
    return not accepted


def relisted(bundle):
    """The list of digests made anew, as whoever changes a file on purpose would."""
    nouns = {"roster": "roster", "policy": "policies", "entry": "entries", "manifest": "manifests"}
    listed = [(f"{noun}/{n}", verify.sha(part["text"].encode() if "text" in part else verify.canonical(part)))
              for noun, key in nouns.items() for n, part in enumerate(bundle[key], 1)]
    listed += [(f"blob/{blob['sha256']}", blob["sha256"]) for blob in bundle["blobs"] if blob["salted"]]
    return {**bundle, "digests": [{"name": name, "sha256": digest} for name, digest in listed]}


def tampered(bundle):
    """Each row of each list left out, doubled, and in the place of the next; as it is, and with the digests listed anew."""
    for noun in ("roster", "policies", "entries", "manifests", "blobs", "digests", "proofs"):
        rows = bundle[noun] or []
        for row in range(len(rows)):
            moved, after = list(rows), (row + 1) % len(rows)
            moved[row], moved[after] = rows[after], rows[row]
            tricks = {"left out": rows[:row] + rows[row + 1:], "doubled": rows[:row + 1] + rows[row:], "moved": moved}
            for trick, changed in ((trick, changed) for trick, changed in tricks.items() if changed != rows):
                yield f"{noun} {row} {trick}", {**bundle, noun: changed}
                if noun != "digests":
                    yield f"{noun} {row} {trick}, listed anew", relisted({**bundle, noun: changed})


def rows_of(file, root):
    data = pathlib.Path(file).read_bytes()
    assert codes(data, root) == [], "the file itself holds"
    said, wrong, tried = Counter(), [], 0
    for name, changed in tampered(json.loads(data)):
        refused = verify.verify(verify.canonical(changed), root)[0]
        said.update({refusal.code for refusal in refused})
        wrong += [] if refused and all(refusal.args[1] for refusal in refused) else [name]
        tried += 1
    print("\n".join(wrong), file=sys.stderr, end="\n" * bool(wrong))
    print(f"rows: {tried} changed rows of {pathlib.Path(file).name}, {len(wrong)} accepted or refused without a place; "
          + ", ".join(f"{code} {count}" for code, count in sorted(said.items())))
    return tried > 0 and not wrong


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "vectors":
        good = vectors(sys.argv[2])
    elif len(sys.argv) == 4 and sys.argv[1] == "rows":
        good = rows_of(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 5 and sys.argv[1] in ("mutants", "bytes"):
        good = (mutants if sys.argv[1] == "mutants" else bytes_of)(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(__doc__)
    sys.exit(0 if good else 1)
