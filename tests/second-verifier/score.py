#!/usr/bin/env python3
"""Scores a change by points-100 again: the table below was typed from the design's, and no line of Cabinet is read.
Where a policy in the evidence carries a version of the model, what names that version is scored by it. A model is taken by
its digest: the one of its name that has another digest is not the one that a score was signed by, and the score is refused.
The words of the built-in model, which its digest covers, are in points-100.json beside this.

  score.py SETS              one JSON object a line, {"answers": {question: {"choice", "provenance"}}, "facts": {...}};
                             prints one line of JSON for each
  score.py --evidence FILE   every score that was signed, from the answers that stand in the same evidence file

Ends with 7 where a score in the evidence does not follow from its answers, or cannot be told for want of them."""
import base64
import hashlib
import json
import pathlib
import sys

# Question -> its answers, best first, with their points. The ids are the ones that entries carry.
TABLE = {
    # Impact, 34
    "I1": {"none": 0, "low": 3, "medium": 6, "high": 9, "mission_critical": 12},
    "I2": {"nobody": 0, "one_team": 2, "department": 4, "many": 7, "all": 10},
    "I3": {"none": 0, "internal": 2, "confidential": 5, "regulated": 8},
    "I4": {"none": 0, "degraded": 1, "up_to_30_min": 2, "over_30_min": 4},
    # Complexity, 26
    "C1": {"one": 0, "two_to_three": 2, "four_to_six": 5, "over_six": 8},
    "C2": {"none_needed": 0, "all_signed": 1, "pending": 4, "unknown": 6},
    "C3": {"routine": 0, "done_well": 2, "rarely": 4, "first_time": 6, "failed_before": 8},
    "C4": {"automated": 0, "few": 1, "mixed": 2, "mostly_manual": 4},
    # Recoverability, 22
    "B1": {"automated_tested": 0, "manual_tested": 3, "written_untested": 7, "restore": 10, "impossible": 12},
    "B2": {"quarter": 0, "within": 3, "over_or_unknown": 6},
    "B3": {"none": 0, "backward_compatible": 1, "tested_migration": 2, "irreversible": 4},
    # Exposure, 18
    "E1": {"all_green": 0, "partial": 3, "none": 6},
    "E2": {"canary": 0, "rolling": 1, "all_at_once": 3},
    "E3": {"quiet": 0, "business_hours": 2, "crowded": 4},
    "E4": {"good": 0, "fair_or_unknown": 2, "poor": 5},
}
LEVELS = ["low", "medium", "high", "critical"]
# A model: its kind, its table, where Medium, High and Critical begin, the questions of impact, and the weights.
IMPACT = {"I1", "I2", "I3", "I4"}
BUILT_IN = "sum", TABLE, (25, 50, 75), IMPACT, {}
WORDS = pathlib.Path(__file__).with_name("points-100.json")


def floor(chosen, facts, table=TABLE):
    """The least level, whatever the score. A floor on an answer that the model has not falls away."""
    def at_least(question, answer):
        points = table.get(question, {})
        return answer in points and points[chosen[question]] >= points[answer]
    if at_least("I3", "regulated") and at_least("B3", "irreversible"):
        return 3
    untested = at_least("I1", "mission_critical") and at_least("B1", "written_untested")
    spent = facts["error_budget_spent"] and not facts["is_fix"]
    return 2 if at_least("B1", "impossible") or untested or facts["inside_freeze"] or spent else 0


def worst_of(question, table):
    return max(table[question], key=table[question].get)


def canonical_digest(value):
    """SHA-256 of the canonical form: the names within are plain ASCII, and the numbers small integers."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(name, model, own=()):
    """What a score signs of its model: the built-in one whole, with what its policy says otherwise or questions of its own."""
    kind, table, bounds, _, weights = model
    whole = json.loads(WORDS.read_text(encoding="utf-8"))
    typed = {question["id"]: {answer["id"]: answer["points"] for answer in question["answers"]}
             for question in whole["questions"]}
    assert typed == TABLE and [level["from"] for level in whole["levels"]] == [0, *BUILT_IN[2]], "the two tables differ"
    whole["id"], _, version = name.rpartition("/")
    whole["version"] = int(version)
    if kind != "sum":
        whole["kind"] = kind
    if own:
        said = ("id", "text", "category")
        whole["questions"] = [{**{field: one[field] for field in said},
                               "answers": [{"act": "", **answer} for answer in one["answers"]]} for one in own]
        there = lambda when: "is" in when or when["at_least"]["choice"] in table.get(when["at_least"]["question"], {})
        whole["floors"] = [floor for floor in whole["floors"] if all(map(there, floor["when"]))]
    for question in whole["questions"]:
        if weights.get(question["id"], 1) != 1:
            question["weight"] = weights[question["id"]]
        for answer in question["answers"]:
            answer["points"] = table[question["id"]][answer["id"]]
    whole["levels"] = [{"from": least, "level": level} for level, least in zip(LEVELS, (0, *bounds))]
    return canonical_digest(whole)


def models_of(policies):
    """The models by their names and then by their digests: the one that is built in, and what policies say otherwise."""
    models = {"points-100/1": {digest_of("points-100/1", BUILT_IN): BUILT_IN}}
    for policy in policies:
        rules = policy.get("risk")
        if rules is None or not rules["name"].rpartition("/")[2].isdecimal():
            continue  # the built-in model is in force, or none that a score could name
        kind, points, levels = rules.get("kind", "sum"), rules.get("points", {}), rules.get("levels", {})
        table = {question: {**answers, **points.get(question, {})} for question, answers in TABLE.items()}
        impact, weights, own = IMPACT, rules.get("weights", {}), rules.get("questions", [])
        if own:
            table = {one["id"]: {answer["id"]: answer["points"] for answer in one["answers"]} for one in own}
            impact = {one["id"] for one in own if one["category"] == "impact"}
            weights = {one["id"]: one.get("weight", 1) for one in own}
        usual = (5, 10, 17) if kind == "matrix" else (25, 50, 75)
        bounds = tuple(levels.get(level, least) for level, least in zip(LEVELS[1:], usual))
        model = kind, table, bounds, impact, weights
        models.setdefault(rules["name"], {})[digest_of(rules["name"], model, own)] = model
    return models


def half_up(above, below):
    return (2 * above + below) // (2 * below)


def total_of(points, most, kind, impact, weights):
    """The score of these points, each of its most: added, as a cell of five by five, or as a weighted mean of shares."""
    if kind == "sum":
        return sum(points.values())
    if kind == "mean":
        shares = sum(weights.get(question, 1) * half_up(100 * points[question], most[question]) for question in points)
        return half_up(shares, sum(weights.get(question, 1) for question in points))
    cell = 1
    for axis in (impact, set(points) - impact):
        reached, of = sum(points[question] for question in axis), sum(most[question] for question in axis)
        cell *= 1 + min(4, 5 * reached // of)
    return cell


def model_of(stamp, models):
    """The model that a score was signed by, or what is wrong with it in words."""
    named = models.get(stamp["model"])
    if named is None:
        return None, f"the model {stamp['model']} is not known here"
    model = named.get(stamp["model_digest"])
    if model is None:
        return None, (f"the score was signed by a model {stamp['model']} with the digest {stamp['model_digest']}, and the one "
                      f"known here by that name has {' or '.join(sorted(named))}: these are not the same rules")
    return model, None


def score(answers, facts, model=BUILT_IN):
    kind, table, bounds, impact, weights = model
    chosen, known, assumed = {}, 0, 0
    most = {question: max(points.values()) for question, points in table.items()}
    says = {question: weights.get(question, 1) if kind == "mean" else most[question] for question in table}
    for question in table:
        if question in answers:
            chosen[question] = answers[question]["choice"]
            known += says[question]
        else:
            chosen[question] = worst_of(question, table)
            assumed += 1
    total = total_of({question: table[question][choice] for question, choice in chosen.items()}, most, kind, impact, weights)
    by_score = sum(total >= least for least in bounds)
    level = max(by_score, floor(chosen, facts, table))
    return {
        "assumed": assumed,
        "confidence": known * 100 // sum(says.values()),
        "level": LEVELS[level],
        "level_by_score": LEVELS[by_score],
        "score": total,
    }


def stamps(predicate):
    """What an entry says of scores: the change, the stamp, and the answers where they stand beside it."""
    (kind, body), = predicate["body"].items()
    if kind == "assessment":
        yield body["change"], body["assessment"]["stamp"], body["assessment"]["answers"]
    elif kind == "sign_off":
        yield body["change"], body["risk"], None
    elif kind == "running":
        for act in body["acts"]:
            if "decided" in act["what"]:
                decision = act["what"]["decided"]["decision"]
                yield decision["change"], decision["risk"], None


def overrides(payloads):
    """The overrides of levels that may count, by change: raised by one person, lowered where another seconds it."""
    said, seconds = {}, []
    for payload in payloads:
        predicate = json.loads(payload)["predicate"]
        (kind, body), = predicate["body"].items()
        if kind == "overridden":
            said[hashlib.sha256(b"\0" + payload).hexdigest()] = predicate["actor"], body
        elif kind == "seconded":
            seconds.append((predicate["actor"], body))
    for entry, (actor, body) in said.items():
        before, after = LEVELS.index(body["from"]), LEVELS.index(body["to"])
        same = lambda second: all(second[name] == body[name] for name in ("change", "content", "involved"))
        if after > before or any(second["entry"] == entry and by != actor and same(second) for by, second in seconds):
            yield body["change"], before, after


def may_be(level, least, before, after):
    """What an override makes of a level above this floor; None where it does not speak of it."""
    return max(level, after) if after > before else max(after, least) if before == level else None


def replay(path):
    with open(path, "rb") as file:
        evidence = json.load(file)
    told = []
    models = models_of(json.loads(document["text"]) for document in evidence["policies"])
    payloads = [base64.b64decode(entry["payload"]) for entry in evidence["entries"]]
    for payload in payloads:
        told += stamps(json.loads(payload)["predicate"])
    overridden = list(overrides(payloads))
    about = evidence["scope"]["change"]
    if about is not None:  # an extract: of others a decision may stand in the same batch, and nothing more
        told = [told_of for told_of in told if told_of[0] == about]
    held = {}
    for _, _, answers in told:
        if answers is not None:
            held[canonical_digest(answers)] = answers
    wrong, absent = [], []
    for change, stamp, _ in told:
        model, why = model_of(stamp, models)
        answers = held.get(stamp["answers"])
        if why is not None:
            wrong.append(f"{change}: {why}")
        if answers is None:
            absent.append(change)
        if why is not None or answers is None:
            continue
        again = score(answers, stamp["facts"], model)
        table = model[1]
        worst = {question: {"choice": worst_of(question, table)} for question in table}
        chosen = {question: answers.get(question, worst[question])["choice"] for question in table}
        by_answers, least = LEVELS.index(again["level"]), floor(chosen, stamp["facts"], table)
        others = [may_be(by_answers, least, *levels) for of, *levels in overridden if of == change]
        if LEVELS.index(stamp["level"]) in others:
            again["level"] = stamp["level"]
        for field in ("score", "level", "assumed"):
            if stamp[field] != again[field]:
                wrong.append(f"{change}: {field} is {stamp[field]} where it was signed, and {again[field]} by its answers")
    for line in wrong:
        print(line)
    for change in absent:
        print(f"{change}: the answers of a score that was signed stand in no assessment here")
    print(f"scores: {len(told)} signed, {len(told) - len(absent)} with their answers, {len(wrong)} wrong")
    return 7 if wrong or absent else 0


def main(args):
    assert sum(max(points.values()) for points in TABLE.values()) == 100
    if len(args) == 2 and args[0] == "--evidence":
        return replay(args[1])
    if len(args) != 1:
        print(__doc__)
        return 2
    with open(args[0], encoding="utf-8") as file:
        for line in file:
            asked = json.loads(line)
            print(json.dumps(score(asked["answers"], asked["facts"]), sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
