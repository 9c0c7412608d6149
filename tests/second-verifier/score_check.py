#!/usr/bin/env python3
"""Puts score.py to the test: a score holds by the model whose digest it signed, and by no other of the same name."""
import base64
import contextlib
import copy
import hashlib
import io
import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
import score

ANSWERS = {"I1": {"choice": "medium", "provenance": "attested"}, "B1": {"choice": "manual_tested", "provenance": "synced"}}
FACTS = {"emergency": False, "error_budget_spent": False, "inside_freeze": False, "is_fix": False}
# As Cabinet signs it: taken from a record, not made by what is tested here.
BUILT_IN = "7531735ebbb1d3a41e04e7e696c502084561e47f8bb12ecafe1d30cbf9129428"
# Other kinds of model with their digests as Cabinet makes them (board/src/risk/replay.rs holds the same).
MATRIX_DIGEST = "3697051a7b896913d1e264bbe66d294f54a753b7eeea27a65f03fbc03bd86fa6"
FIVE_DIGEST = "1df3f4f3fbaae4813f86e8a75ef3e737c4a7e839ffb25165f460c6267b972e0d"
MATRIX = {"name": "ours-5x5/1", "kind": "matrix"}
FIVE = {"name": "ours-five/1", "kind": "mean", "questions": [
    {"id": "Q1", "text": "Wer ist betroffen, wenn es nicht gelingt? \u2013", "category": "impact", "weight": 2,
     "answers": [{"id": "few", "words": "few", "points": 1}, {"id": "all", "words": "all", "points": 4, "act": "narrow it"}]},
    {"id": "B1", "text": "Back?", "category": "recoverability",
     "answers": [{"id": "manual_tested", "words": "tested", "points": 1}, {"id": "impossible", "words": "no", "points": 2}]},
], "levels": {"high": 60}}
OURS = {"name": "ours/1", "levels": {"critical": 95}, "points": {"C1": {"over_six": 9}}}


def digest_under(rules):
    return next(iter(score.models_of([{"risk": rules}])[rules["name"]]))


def stamped(name, digest, model):
    """An assessment as an entry says it, scored by this model and signed with this name and digest."""
    again = score.score(ANSWERS, FACTS, model)
    stamp = {"answers": score.canonical_digest(ANSWERS), "facts": FACTS, "model": name, "model_digest": digest,
             **{field: again[field] for field in ("assumed", "level", "score")}}
    return {"assessment": {"change": "CHG-1", "assessment": {"answers": ANSWERS, "stamp": stamp}}}


def said_of(body, policies):
    payload = json.dumps({"predicate": {"actor": "a", "body": body}}).encode()
    evidence = {
        "entries": [{"payload": base64.b64encode(payload).decode()}],
        "policies": [{"text": json.dumps(policy)} for policy in policies],
        "scope": {"change": None},
    }
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
        file = pathlib.Path(folder) / "evidence.json"
        file.write_text(json.dumps(evidence))
        return score.replay(file), said.getvalue()


def main():
    ours, matrix, five = (score.models_of([{"risk": rules}])[rules["name"]][digest_under(rules)] for rules in (OURS, MATRIX, FIVE))
    # The same name for other rules: no level is another one by them, so that only the digest can tell.
    other = copy.deepcopy(OURS) | {"levels": {"critical": 96}}
    elsewhere = hashlib.sha256(b"another model").hexdigest()
    no_rules, adopted, others = [{"name": "starter/1"}], [{"risk": OURS}], [{"risk": other}]
    built_in = stamped("points-100/1", BUILT_IN, score.BUILT_IN)
    by_ours = stamped("ours/1", digest_under(OURS), ours)
    rows = [
        ("the built-in model", built_in, no_rules, 0, "1 signed, 1 with their answers, 0 wrong"),
        ("a model of a policy", by_ours, adopted, 0, "0 wrong"),
        ("a matrix", stamped("ours-5x5/1", MATRIX_DIGEST, matrix), [{"risk": MATRIX}], 0, "0 wrong"),
        ("a mean of questions of one's own", stamped("ours-five/1", FIVE_DIGEST, five), [{"risk": FIVE}], 0, "0 wrong"),
        ("two of a name, one of them signed", by_ours, others + adopted, 0, "0 wrong"),
        ("the built-in name, another digest", stamped("points-100/1", elsewhere, score.BUILT_IN), no_rules, 7, "not the same rules"),
        ("another model of the name", by_ours, others, 7, f"has {digest_under(other)}: these are not the same rules"),
        ("a model in no policy", by_ours, no_rules, 7, "the model ours/1 is not known here"),
        ("the digest of another name", stamped("ours/1", BUILT_IN, score.BUILT_IN), adopted, 7, "not the same rules"),
    ]
    wrong = []
    for name, body, policies, code, words in rows:
        ended, said = said_of(body, policies)
        if ended != code or words not in said:
            wrong.append(f"{name}: ends with {ended}, says {said}")
    print("\n".join(wrong), file=sys.stderr)
    print(f"models of scores: {len(rows)} cases, {len(wrong)} otherwise")
    return not wrong


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
