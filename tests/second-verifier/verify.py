#!/usr/bin/env python3
"""A second verifier of evidence bundles, by docs/FORMAT.md, whose sections name its parts; it shares no code with Cabinet.
    verify.py FILE --roster-root FINGERPRINT [--least-roster N]
Needs the openssl command. Ends with 0 when everything holds, else with 7 and a line for each refusal: its code, and where."""
import base64, calendar, email, hashlib, itertools, json, pathlib, re, subprocess, sys, tempfile, types
class Refused(Exception): code = property(lambda refusal: refusal.args[0])
def need(place, *rules):  # refuses with the first code whose condition, which stands after it, does not hold
    for code, holds in zip(rules[::2], rules[1::2]):
        if not holds: raise Refused(code, place)
    return True
def attempt(refusals, rule, *given):  # what `rule` answers; None where it refuses
    try: return rule(*given)
    except Refused as refusal: refusals.append(refusal)
def sha(data): return hashlib.sha256(data).hexdigest()
# ---- Bytes
ENTRY, BUNDLE, DEPTH, BIGGEST = 1 << 20, 512 << 20, 32, 2**53 - 1
def read(data, place, shape=None, limit=ENTRY):
    def pairs(members): return need(place, "duplicate-key", len(dict(members)) == len(members)) and dict(members)
    def integer(text): return need(place, "json", len(text) < 18 and text != "-0" and abs(int(text)) <= BIGGEST) and int(text)
    def never(_): need(place, "json", False)
    need(place, "size", len(data) <= limit)
    try:
        brackets = re.findall(r"[][{}]", re.sub(r'(?s)"(?:[^"\\]|\\.)*"', "", text := data.decode("utf-8")))
        need(place, "json", max(itertools.accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0) <= DEPTH)
        again = canonical(value := json.loads(text, object_pairs_hook=pairs, parse_int=integer, parse_float=never, parse_constant=never))
    except ValueError:  # not JSON, not UTF-8, or a surrogate without its pair
        raise Refused("json", place) from None
    return need(place, "not-canonical", again == data, "schema", shape is None or fits(shape, value)) and value
def written(v):
    if isinstance(v, dict): return "{" + ",".join(written(k) + ":" + written(v[k]) for k in sorted(v, key=lambda k: k.encode("utf-16-be"))) + "}"
    return "[" + ",".join(map(written, v)) + "]" if isinstance(v, list) else json.dumps(v, ensure_ascii=False)
def canonical(value): return written(value).encode("utf-8")
def unbase64(text, place):
    data = base64.b64decode(text) if re.fullmatch("([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", text) else None
    return need(place, "base64", data is not None and base64.b64encode(data).decode() == text) and data
# ---- Shape: a record (name: field=shape …), words (name: a|b), or one of several (name! word=shape …)
def is_time(v):
    m = re.fullmatch(r"(?a)(\d{4})-(0[1-9]|1[0-2])-(\d\d)T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.(\d{3}){0,2}(?!000)\d{3})?Z", str(v))
    return bool(m) and 1 <= int(m[3]) <= calendar.monthrange(int(m[1]) or 400, int(m[2]))[1]
def matches(pattern): return lambda v: isinstance(v, str) and re.fullmatch(pattern, v) is not None
SIMPLE = {"u32": lambda v: type(v) is int and 0 <= v < 2**32, "text": matches("(?s:.*)"), "bool": lambda v: isinstance(v, bool), "time": is_time,
    "digest": matches("[0-9a-f]{64}"), "uuid": matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "change": matches("[A-Z0-9]{1,12}-[1-9][0-9]{0,8}"),
    "log": lambda v: matches("[0-9a-f]{64}:[1-9][0-9]{0,9}")(v) and int(v[65:]) < 2**32}
def parse_shapes(text):
    for name, mark, spec in re.findall(r"(\w+)([:!]) ?([^;\n]*)", text):
        fields = {field[0]: field[1] for field in (field.split("=") + [None] for field in spec.split())}
        yield name, ("words", spec.strip().split("|")) if "|" in spec else ("one" if mark == "!" else "record", fields)
SHAPES = dict(parse_shapes("""head: id=digest seq=u32; ref: digest=digest version=u32; meeting: agenda=digest id=uuid; place: id=log prev=digest? seen={log:head} seq=u32; claimed: claimed=time; session: id=text n=u32; auth! device pin session=session; attestation: recorded|witnessed|written|confirmed|signed; sha256: sha256=digest; subject: digest=sha256 name=text; statement: _type=text predicate=predicate predicateType=text subject=[subject]; predicate: actor=uuid app=text attestation=attestation auth=auth board=uuid body=body keystore=text log=place meaning=text meeting=meeting? policy=digest recorder=digest role=role? roster=ref time=claimed; body! roster=k_roster policy=k_policy assessment=k_assessment plan_review=k_plan_review agenda_frozen=k_agenda running=k_running vote=k_vote sign_off=k_sign_off withdrawal=k_withdrawal witness=k_witness delegation=k_delegation condition_met=k_met meeting_closed=k_closed minutes_sealed=k_minutes annex_sealed=k_annex extracts_sealed=k_extracts written_back=k_written affirmation=k_affirmation fork_settled=k_fork recovered=k_recovered approval_exported=k_approval ruled_immaterial=k_ruling standing_approved=k_standing standing_used=k_used standing_suspended=k_suspended obligation_opened=k_owed obligation_met=k_done disposed=k_disposal attested=k_attested waived=k_waived overridden=k_overridden excepted=k_excepted seconded=k_seconded plan_approved=k_plan rescheduled=k_rescheduled emergency_declared=k_emergency emergency_bound=k_bound emergency_met=k_answered rolled_back=k_rolled revalidated=k_revalidated circular_opened=k_circular correction=k_correction correction_answered=k_put minutes_approved=k_minuted erratum=k_erratum erratum_sealed=k_errata; k_circular: agenda=agenda closes=time involved=involved question=text; k_attested: answers={question:attested_answer} change=change; attested_answer: evidence=digest? value=text; question: infrastructure|work_branch|test_data_set|preproduction_run|last_known_good|new_components|component_benefit|component_licence|no_equivalent|main_protected|merge_requests|peer_review|high_traffic|rollback_approved|schema_rollback|release_impact|release_complexity|release_rollback|error_budget; k_disposal: blobs=[digest] change=change? ground=ground reason=text; ground: retention|erasure; k_roster: version=u32; k_policy: name=text; k_assessment: assessment=assessment change=change; assessment: answers={text:answer} stamp=stamp; answer: choice=text provenance=provenance; provenance: synced|attested|assumed; k_plan_review: change=change review=review; review: digests={section:digest} sections={section:tick}; tick: comment=text ticked=bool; section: approach|prerequisites|method|configuration_items|training|roles|backout|testing|communication|timing|risk_management|documentation|related_changes; k_agenda: agenda=agenda; k_running: acts=[act]; k_vote: item=u32 position=position; position: approve|reject|abstain; k_sign_off: change=change content=digest involved=involved item=u32? reason=text risk=stamp sections={section:digest} verdict=verdict written=written?; verdict: approve|reject; involved: author=text? committers=[text]! deployer=text? requester=text?; written: account=text quote=text raw=digest source=source; source: comment|mail; level: low|medium|high|critical; facts: emergency=bool error_budget_spent=bool inside_freeze=bool is_fix=bool; stamp: answers=digest assumed=u32 facts=facts level=level model=text model_digest=digest score=u32; window: end=time start=time zone=text; k_withdrawal: entry=digest reason=text; k_witness: entries=[digest]; k_delegation: from=time meeting=uuid? reason=text to=uuid until=time; k_met: condition=uuid note=text; k_closed: heads={log:head}; k_minutes: after=digest! checkpoint=digest edition=edition! pdf=digest; edition! circulated; k_annex: answers=[digest] checkpoint=digest minutes=digest pdf=digest; k_extracts: checkpoint=digest extracts={change:digest}; k_written: change=change marker=text remote_time=text; k_affirmation: confirmed=[actref] contested=[contest] seats=[inseat]!; inseat: act=actref seat=uuid; actref: act=u32? entry=digest; contest: act=actref reason=text; k_fork: log=log reason=text seq=u32 stands=digest; k_recovered: before=log held=head? known=head reason=text; k_approval: artifacts=[text] change=change content=digest environment=text fresh_until=time window=window?; k_ruling: change=change fields=[text] from=digest involved=involved reason=text to=digest; deployed: artifact_digest|commit|environment|repository|version|window.end|window.start|window.zone; k_standing: change=change content=digest environment=text expires=time pipeline=text service=text uses=u32; k_used: at=time outcome=ended receipt=digest standing=digest; ended: succeeded|failed; k_suspended: reason=text standing=digest; k_owed: at=time change=change reason=text receipt=digest what=text; k_done: note=text obligation=digest; agenda: called=time chair=uuid items=[item] meeting=uuid place=text secretary=uuid title=text zone=text; group: carry_over|emergency|high_risk|medium|consent; item: change=change content=digest group=group level=level? material_attachments=[text] minutes=u32 number=u32 release=text! restricted=digest! title=text; comment: account=text at=time change=change id=text schema=text text=text; act: actor=uuid at=time what=what; what! arrived=arrived left=left recused=recused consent_asked=asked voted=k_vote decided=decided action_assigned=action late_admitted=late noted=noted; arrived: delegate_for=uuid?; left:; recused: item=u32 reason=text; asked: item=u32 objections=[uuid] present=[uuid]; decided: decision=decision; action: action=text due=text owner=uuid; late: item=item; noted: item=u32? text=text; decision: basis=basis brief=brief change=change conditions=[condition] content=digest deferred_to=text item=u32 kind=outcome quorum=quorum rationale=text risk=stamp tally=tally?; basis: consent|vote|chair_ruling|circular_resolution; outcome: approved|approved_with_conditions|rejected|deferred|more_information|withdrawn|no_decision; when: before|after; condition: due=text id=uuid owner=text text=text when=when; quorum: formula=text missing_mandatory=[uuid] present=u32 required=u32 seats=u32; tally: abstain=u32 approve=u32 formula=text reject=u32 required=u32; kind: standard|normal|emergency; brief: floors=[text] gates=[gate] gates_passed=u32 heaviest=[text] kind=kind? plan_review=text window=window?; result: passed|failed|waived|warned|not_applicable|no_evidence; gate: clause=text result=result title=text why=text; role: chair|cto|technical_lead|release_manager|service_manager|security|board_member|auditor; roster: board=uuid certificate_root=text created=time members=[member] name=text root_holders=[uuid] schema=text threshold=u32 version=u32; member: accounts={text:text} certificate=corporate! departments=[text] git=[text] id=uuid keys=[key] mandatory=bool name=text roles=[role] scope=[text] sealed_to=text? voting=bool; corporate: chain=[text] endorsement=text; key: alg=text certificate=text? id=digest keystore=text revoked=revocation? spki=text status=status usage=usage; revocation: from=time reason=why; why: lost|compromised|left; status: active|retired|revoked; usage: signature|recording; manifest: fields=[line] schema=text; line: field=text sha256=digest; bundle: blobs=[blob] board=board checkpoint=checkpoint digests=[listed] entries=[envelope] manifests=[document] merkle=merkle? policies=[document] proofs=[proof]? roster=[document] schema=text scope=scope; board: id=uuid name=text; scope: change=change? complete=bool meeting=uuid?; document: sha256=digest text=text; envelope: payload=text payloadType=text signatures=[signature]; signature: keyid=text sig=text; blob: salted=salted? sha256=digest; salted: bytes=text salt=text; listed: name=text sha256=digest; checkpoint: entry=digest? heads={log:head}; merkle: root=digest size=u32; proof: entry=digest index=u32 path=[digest]; k_waived: change=change clause=text content=digest gate=text involved=involved reason=text until=time?; k_overridden: change=change content=digest from=level involved=involved reason=text to=level; k_excepted: change=change content=digest freeze=text involved=involved reason=text until=time; k_seconded: change=change content=digest entry=digest involved=involved reason=text; k_plan: change=change reason=text sections={section:digest}; k_rescheduled: change=change content=digest from=window? reason=text to=window; k_emergency: backout=text breaks=text change=change consulted=text deployer=text facts=asserted incident=text plan=text window=window; asserted: corrects_error=bool current_release=bool major_impact=bool; k_bound: change=change declaration=digest; k_answered: declaration=digest note=text owed=text proposal=proposal!; proposal: settings=[proposed] words=text; proposed: path=text value=text; k_rolled: at=time change=change incident=text; k_revalidated: note=text rollback=digest root_cause=text; k_correction: item=u32? reason=text section=minuted? was=text wording=text; minuted: attendance|quorum|actions|other; k_put: correction=digest reason=text taken=bool wording=text; k_minuted: checkpoint=digest deadline=time? meeting=uuid?; k_erratum: minutes=digest right=text wrong=text; k_errata: checkpoint=digest errata=[digest] minutes=digest pdf=digest"""))
def fits(shape, v):
    if shape in SIMPLE: return SIMPLE[shape](v)
    if shape[-1] in "?!": return shape[-1] == "?" and v is None or (shape[-1], v) != ("!", []) and fits(shape[:-1], v)  # null, or left out
    if shape[0] == "[": return isinstance(v, list) and all(fits(shape[1:-1], x) for x in v)
    if shape[0] == "{":
        key, value = shape[1:-1].split(":")
        return isinstance(v, dict) and all(fits(key, k) and fits(value, x) for k, x in v.items())
    kind, inside = SHAPES[shape]
    if isinstance(v, str): return kind != "record" and v in inside and (kind == "words" or inside[v] is None)
    whole = isinstance(v, dict) and kind != "words" and (len(v) == 1 if kind == "one" else v.keys() | {k for k, f in inside.items() if f[-1] == "!"} == inside.keys())
    return whole and all(inside.get(k) is not None and fits(inside[k], x) for k, x in v.items())
# ---- Keys and signatures
N, B = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551, 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
P, SPKI = 2**256 - 2**224 + 2**192 + 2**96 - 1, bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
SCRATCH, KNOWN, number = tempfile.TemporaryDirectory(), {}, lambda data: int.from_bytes(data, "big")
def check_spki(spki, place):
    x, y, shaped = number(spki[27:59]), number(spki[59:]), len(spki) == 91 and spki.startswith(SPKI)
    need(place, "key-encoding", shaped and x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0)
def check_der(sig, place):
    need(place, "der", 8 <= len(sig) <= 72)
    r, s = number(sig[4:4 + sig[3]]), number(sig[6 + sig[3]:])
    body = b"".join(bytes([2, n.bit_length() // 8 + 1]) + n.to_bytes(n.bit_length() // 8 + 1, "big") for n in (r, s))
    return need(place, "der", 0 < r < N and 0 < s < N and sig == bytes([0x30, len(body)]) + body, "high-s", s <= N // 2)
def openssl(*asked):
    if asked not in KNOWN:
        key, sig, message = names = [f"{SCRATCH.name}/{name}" for name in ("key", "sig", "message")]
        for name, content in zip(names, asked): pathlib.Path(name).write_bytes(content)
        command = ["openssl", "dgst", "-sha256", "-keyform", "DER", "-verify", key, "-signature", sig, message]
        KNOWN[asked] = subprocess.run(command, capture_output=True).returncode == 0
    return KNOWN[asked]
def check_signature(e, spki):
    return check_der(e.sig, e.place) and need(e.place, "signature", openssl(spki, e.sig, b"DSSEv1 %d %s %d " % (len(IN_TOTO), IN_TOTO.encode(), len(e.payload)) + e.payload))
# ---- Envelope, statement
IN_TOTO, STATEMENT = "application/vnd.in-toto+json", "https://in-toto.io/Statement/v1"
KIND, KEPT = r"urn:x-cabinet:entry:([a-z_]{1,40}):([1-9][0-9]{0,3})", {"board": "uuid", "recorder": "digest", "roster": "ref", "log": "place"}
def open_envelope(wire, place):
    signature = (wire["signatures"] or [{"keyid": "", "sig": ""}])[0]
    need(place, "size", len(canonical(wire)) <= ENTRY, "signature-count", len(wire["signatures"]) == 1,
         "payload-type", wire["payloadType"] == IN_TOTO, "key-id", SIMPLE["digest"](signature["keyid"]))
    id = sha(b"\0" + (payload := unbase64(wire["payload"], place)))
    return types.SimpleNamespace(wire=wire, key=signature["keyid"], payload=payload, sig=unbase64(signature["sig"], place), id=id, place=f"entry {id[:8]}")
def open_statement(e):
    value = v if isinstance(v := read(e.payload, e.place), dict) else {}
    m, p = re.fullmatch(KIND, str(value.get("predicateType"))), value.get("predicate")
    need(e.place, "statement", value.get("_type") == STATEMENT and m)
    e.kind, e.known = m[1], m[1] in SHAPES["body"][1] and m[2] == "1"
    kept = isinstance(p, dict) and all(name in p and fits(KEPT[name], p[name]) for name in KEPT)
    fitting = fits("statement", value) and m[1] in p["body"] if e.known else fits("[subject]", value.get("subject")) and kept
    need(e.place, "schema", fitting, "statement", fitting and value["subject"] and all(s["name"] for s in value["subject"]))
    e.p, e.subjects, e.body = p, [s["digest"]["sha256"] for s in value["subject"]], p["body"][m[1]] if e.known else {}
    e.log, e.seq, e.prev, e.seen = (p["log"][name] for name in ("id", "seq", "prev", "seen"))
    e.logkey, e.epoch, e.roster = e.log[:64], int(e.log[65:]), (p["roster"]["version"], p["roster"]["digest"])
    e.before, e.rank = [e.prev] * bool(e.prev) + [h["id"] for h in e.seen.values()], (e.logkey, e.epoch, e.seq, e.id)
    return e
def said(e, kind): return e.known and e.kind == kind
# ---- An entry by itself
GRANTS, MANAGED, HARD = {"waived", "overridden", "excepted", "seconded"}, {"emergency_declared", "emergency_bound"}, {"R11", "R30", "R32", "R89"}
PIN = GRANTS | MANAGED | set("minutes_approved erratum erratum_sealed circular_opened revalidated roster policy minutes_sealed annex_sealed delegation fork_settled standing_approved ruled_immaterial disposed".split())
OWN, PEOPLE = PIN - {"policy", "minutes_sealed", "annex_sealed"} | {"vote", "withdrawal", "witness", "affirmation", "plan_approved", "correction", "correction_answered"}, ("author", "requester", "deployer")
PERSON, MEETING, TOLD = PIN | OWN | {"sign_off", "extracts_sealed"}, {"agenda_frozen", "circular_opened", "running", "vote", "meeting_closed", "correction", "correction_answered", "minutes_approved", "erratum"}, {"attested", "emergency_met", "rescheduled", "rolled_back"}
WHITE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
def full(b, *names): return all(b[name].strip(WHITE) for name in names)
def grants(b): return full(b, *{"reason", "clause", "gate", "freeze"} & b.keys()) and b.get("from", "-") != b.get("to")
RULES = {"correction": lambda b: full(b, "reason", "wording") and b["was"] != b["wording"] and (b["item"] is None) != (b["section"] is None), "erratum_sealed": lambda b: b["errata"], "correction_answered": lambda b: full(b, "wording") if b["taken"] else full(b, "reason") and not b["wording"], "minutes_approved": lambda b: (b["deadline"] is None) != (b["meeting"] is None),
    "erratum": lambda b: full(b, "right", "wrong") and b["right"] != b["wrong"], "waived": grants, "overridden": grants, "excepted": grants, "plan_approved": lambda b: b["sections"], "affirmation": lambda b: (told := iter(b["confirmed"])) and all(s["act"]["act"] is not None and s["act"] in told for s in b.get("seats", [])),
    "ruled_immaterial": lambda b: full(b, "reason") and b["from"] != b["to"] and [] != b["fields"] == sorted(set(b["fields"]) - set(SHAPES["deployed"][1])),
    "disposed": lambda b: full(b, "reason") and [] != b["blobs"] == sorted(set(b["blobs"])), "emergency_bound": lambda b: b["change"][:4] != "EMG-",
    "emergency_met": lambda b: full(b, "note", "owed"), "rolled_back": lambda b: full(b, "incident"), "revalidated": lambda b: full(b, "note", "root_cause"),
    "emergency_declared": lambda b: full(b, *b.keys() - {"facts", "window"}) and all(b["facts"].values()) and b["window"]["start"][:-1] < b["window"]["end"][:-1],
    "circular_opened": lambda b: full(b, "question") and b["agenda"]["called"][:-1] < b["closes"][:-1] and [i["number"] for i in b["agenda"]["items"]] == [1], "attested": lambda b: min((len(a["value"].strip(WHITE)) for a in b["answers"].values()), default=0)}
CODES = {"ruled_immaterial": "ruling", "disposed": "disposal", "attested": "attested", "plan_approved": "plan-approval", "circular_opened": "circular", "affirmation": "seat"} | dict.fromkeys("correction correction_answered minutes_approved erratum erratum_sealed".split(), "correction") | dict.fromkeys(GRANTS, "dispensation")
def check_self(e):
    placed = e.logkey == e.key and e.seq and (e.seq == 1) == (e.prev is None) and e.log not in e.seen
    need(e.place, "key-id", e.p["recorder"] == e.key, "log-key", placed)
    if e.known:
        auth, body, begins, meeting = e.p["auth"], e.body, e.epoch > 1 and e.seq == 1, e.p["meeting"] or {}
        if e.kind == "recovered": begins = not (begins and body["before"][:64] == e.key and int(body["before"][65:]) < e.epoch)
        names = {"ruled_immaterial": ["to"], "rescheduled": ["content"]}.get(e.kind, ["content"] if e.kind in GRANTS else ["pdf", "receipt"])
        wanted = [meeting.get("agenda")] if e.kind in MEETING else [body[name] for name in names if name in body]
        asked, frozen = sha(canonical(body.get("agenda") if e.kind == "agenda_frozen" else body)), e.kind == "agenda_frozen"
        if "agenda" in body: wanted += [asked, body["agenda"]["meeting"] == meeting.get("id") and (frozen or asked == wanted[0]) and asked]
        return need(e.place, "auth", not (auth == "device" and e.kind in PERSON or isinstance(auth, dict) and (e.kind in PIN or auth["session"]["n"] == 0)), "epoch", not begins,
                    "subject", all(d in e.subjects for d in wanted) and (e.kind != "extracts_sealed" or {*body["extracts"].values()} == {*e.subjects}),
                    "hard-clause", e.kind != "waived" or body["clause"] not in HARD, CODES.get(e.kind, "emergency"), RULES.get(e.kind, lambda b: True)(body))
def seated(e, seat, to): return seat["voting"] and to and to is not seat and "auditor" not in to["roles"] and e.body["from"][:-1] < e.body["until"][:-1]
def account(member, prefix): return member["accounts"].get(prefix, "").strip(WHITE)
def in_git(names): return {n.encode().lower() if "@" in n else n for n in (name.strip(WHITE) for name in names)} - {""}
def judge(place, wire, chain, scope, policies):
    need((e := open_envelope(wire, place)).place, "key-unknown", e.key in chain.keys) and check_signature(e, chain.keys[e.key])
    roster, p = (check_self(open_statement(e)), chain.named.get(e.roster))[1], e.p
    need(e.place, "other-board", p["board"] == chain.board, "roster-unknown", roster, "key-unknown", roster and e.key in roster.keys)
    (owner, key), actor = roster.keys[e.key], roster.members.get(p["actor"]) if e.known else None
    need(e.place, "key-inactive", key["status"] == "active", "not-a-member", actor or not e.known)
    if e.known:
        own, signing, about, agenda = owner is actor, key["usage"] == "signature", e.body.get("change"), e.body.get("agenda", {"chair": p["actor"], "secretary": ""})
        level, reads, (pin, e.shared) = p["attestation"], any(set(m["roles"]) == {"auditor"} for m in (actor, owner)), policies.get(p["policy"], (False, []))
        signed, sure, known = level == "signed", level in ("signed", "confirmed"), level != "witnessed" and (e.kind != "running" or level in ("signed", "recorded"))
        calls = p["actor"] in (agenda["chair"], agenda["secretary"]) and agenda["chair"] in roster.members
        need(e.place, "auth", (p["auth"] == "device") != signing, "own-key-required", signing or e.kind not in PERSON,
             "key-owner", own or not sure, "attestation", (signing or not sure) and known, "key-owner", own or e.kind not in MEETING | TOLD,
             "role", calls and ("agenda" not in e.body or "chair" in roster.members[agenda["chair"]]["roles"]),
             "key-owner", own or e.kind not in OWN, "attestation", signed or e.kind not in OWN,
             "role", e.kind not in ("policy", "disposed") or p["actor"] in roster.doc["root_holders"], "role", p["role"] in (None, *actor["roles"]) and not reads,
             "role", e.kind not in MANAGED or p["role"] == "service_manager", "delegation", e.kind != "delegation" or seated(e, actor, roster.members.get(e.body["to"])),
             "policy", p["policy"] in policies, "pin-every-act", isinstance(p["auth"], str) or not pin,
             "other-change", scope["change"] in (None, about) or not about,
             "attestation", e.kind != "sign_off" or (p["attestation"], own, not e.body["written"]) in SIGN_OFFS)
    if said(e, "sign_off") and e.body["written"]: check_words(e, roster, owner, actor)
    if e.known and e.kind in GRANTS | {"sign_off", "ruled_immaterial"}: need(e.place, "duties", untied(e, roster, actor, PEOPLE[:3 - (e.kind == "sign_off")]))
    return e
SIGN_OFFS, ATOM = {("signed", True, True), ("written", False, False)}, "[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
def untied(e, roster, member, words):  # whether a member has no such part in the change, as far as can be told
    prefix, people = e.body["change"].split("-")[0], e.body["involved"]
    own, author, *others = account(member, prefix), *((people[w] or "").strip(WHITE) for w in ("author", *words))
    free = own and own not in others and not in_git(member["git"]) & in_git(people.get("committers", []))
    return free and author and sum(account(m, prefix) == author for m in roster.members.values()) < 2 and f"{prefix}:{author}" not in e.shared
def line_in(text, e):  # the line that counts, with its verdict and reason
    lines = [" ".join(re.findall("[^ \t\r]+", line)) for line in text.split("\n")]
    sentence = f"I (approve|reject) {e.body['change']} {e.subjects[0][:16]}(?:[.]?|: ?(.+))"
    found = [(m[0], m[1], m[2] or "") for line in lines if (m := re.fullmatch(sentence, line)) and (m[1] == "reject") == bool(m[2])]
    return found[0] if len({verdict for _, verdict, _ in found}) == 1 else ("", "", "")
def check_words(e, roster, recorder, actor):
    words, meant = e.body["written"], (e.body["written"]["quote"], e.body["verdict"], e.body["reason"])
    name, alike = (e.body["change"].split("-")[0], str) if words["source"] == "comment" else ("mail", str.lower)
    named = [m for m in roster.members.values() if alike(account(m, name)) == alike(words["account"].strip(WHITE))]
    need(e.place, "written-recorder", untied(e, roster, recorder, PEOPLE),
         "written-account", account(actor, name) and named == [actor], "written-quote", line_in(words["quote"], e) == meant)
def plain(part, most=8):  # the first plain text of a mail, not of one that is forwarded in it
    if part.get_content_maintype() == "multipart":
        return next(filter(None, (plain(p, most - 1) for p in (part.get_payload() if part.is_multipart() and most else []))), "")
    data = part.get_payload(decode=True) if part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment" else b""
    return data.decode("latin-1" if "\ufffd" in data.decode(errors="replace") else "utf-8")
def check_raw(e, raw):  # the comment or mail says what the entry quotes
    words, mail = e.body["written"], email.message_from_bytes(raw)
    sender = re.sub(r"\r?\n[ \t]+", " ", " ".join(map(str, mail.get_all("from", []))))
    m = re.fullmatch(f'[^<>@,"]*<({ATOM}@{ATOM})>|({ATOM}@{ATOM})', re.sub(r'"(\\.|[^"\\])*"', "", sender).strip())
    found = {"account": m and (m[1] or m[2]).lower(), "text": plain(mail)}
    if words["source"] == "comment":
        found = attempt([], read, raw, "", "comment") or {"account": None, "change": None}
        if (found.get("schema"), found["change"]) != ("urn:x-cabinet:comment:1", e.body["change"]): found["account"] = None
    need(e.place, "written-raw", found["account"] == words["account"] and line_in(found["text"], e)[0] == words["quote"])
# ---- Roster
def has_key(keys): return any(key["usage"] == "signature" and key["status"] == "active" for key in keys)
def open_roster(data):
    doc = read(data, "roster", "roster")
    need(place := f"roster {doc['version']}", "roster-version", doc["schema"] == "urn:x-cabinet:roster:1")
    roster, holders = types.SimpleNamespace(doc=doc, version=doc["version"], digest=sha(data), members={}, keys={}, spki={}), doc["root_holders"]
    for member in doc["members"]:
        need(place, "roster-version", roster.members.setdefault(member["id"], member) is member)
        for key in member["keys"]:
            need(place, "key-encoding", key["alg"] == "ecdsa-p256-sha256")
            check_spki(spki := unbase64(key["spki"], place), place)
            need(place, "key-id", sha(spki) == key["id"], "roster-version", key["id"] not in roster.keys)
            roster.keys[key["id"]], roster.spki[key["id"]] = (member, key), spki
    rooted = all(has_key((m := roster.members.get(id, {"keys": []}))["keys"]) and "auditor" not in m["roles"] for id in holders)
    return need(place, "roster-version", rooted and 0 < doc["threshold"] <= len(holders) == len(set(holders))) and roster
def adopts(e, by, now, digest, may):
    member, key = by.keys.get(e.key, ({"id": None}, {"usage": None}))
    about = said(e, "roster") and e.body["version"] == now and digest in e.subjects and e.p["board"] == by.doc["board"]
    return about and e.roster == (by.version, by.digest) and has_key([key]) and member["id"] == e.p["actor"] in may
def adopters(by, now, digest, entries, may):
    return {e.p["actor"] for e in entries if adopts(e, by, now, digest, may) and attempt([], check_signature, e, by.spki[e.key]) and attempt([], check_self, e)}
def consent(was, now):  # who may adopt `now` after `was`, and how many of them must
    holders, threshold = was.doc["root_holders"], (was.doc["root_holders"], was.doc["threshold"])
    frame, own, admitted = ("board", "name", "root_holders", "threshold", "certificate_root"), [], []
    if any(was.doc[f] != now.doc[f] for f in frame) or was.members.keys() - now.members.keys(): return threshold
    for member in (member for member in now.doc["members"] if member != was.members.get(member["id"])):
        old = was.members.get(member["id"], {"keys": []})
        keys, enrolled, ids = member["keys"], has_key(old["keys"]), [key["id"] for key in old["keys"]]
        gained = has_key(fresh := [key for key in keys if key not in old["keys"]]) and all(key["status"] == "active" and key["id"] not in ids for key in fresh)
        loose = {"keys": 0} if enrolled else {"keys": 0, "sealed_to": 0}
        if "id" in old and not ({**member, **loose} == {**old, **loose} and gained and all(key in keys for key in old["keys"])): return threshold
        (own if enrolled else admitted).append(member)
    if len(own) == 1 and not admitted: return [own[0]["id"]], 1
    return (holders, 1) if not own and admitted and {role for m in admitted for role in m["roles"]} <= {"board_member", "auditor"} else threshold
def chain_of(texts, entries):
    chain, was = types.SimpleNamespace(versions=[], keys={}, named={}, owners={}), None
    for now in map(open_roster, texts):
        place, holders = f"roster {now.version}", now.doc["root_holders"]
        need(place, "roster-version", now.version == len(chain.versions) + 1, "roster-version", not was or was.doc["board"] == now.doc["board"])
        now.by, (now.may, needed) = was or now, consent(was, now) if was else (holders, len(holders))
        need(place, "roster-threshold", len(adopters(now.by, now.version, now.digest, entries, now.may)) >= needed)
        chain.versions, chain.keys = chain.versions + [now], {**chain.keys, **now.spki}
        chain.owners = {**{id: member["id"] for id, (member, _) in now.keys.items()}, **chain.owners}
        chain.named[now.version, now.digest] = was = now
    need("roster", "roster-version", was)
    for digest in {digest for e in entries for digest in e.subjects}:
        adopted = adopters(was, was.version + 1, digest, entries, was.doc["root_holders"])
        need(f"roster {was.version + 1}, left out", "roster-version", len(adopted) < was.doc["threshold"])
    chain.board, chain.name = was.doc["board"], was.doc["name"]
    return chain
# ---- Logs, among entries, forks
def in_order(entries):
    order, left = [], dict(entries)
    while left:
        ready = [e for e in left.values() if not any(id in left and id != e.id for id in e.before)]
        order.append(left.pop(min(ready or left.values(), key=lambda e: e.rank).id))
    return order
def heads_of(entries): return {e.log: {"id": e.id, "seq": e.seq} for e in sorted(entries, key=lambda e: (e.seq, -int(e.id, 16)))}
def up_to(entries, some):
    found, more = set(), {e.id for e in some}
    while more: more = {id for later in more for id in entries[later].before if id in entries} - (found := found | more)
    return found
def faults(entries, heads, settled, complete):
    at = {}
    for e in entries.values(): at.setdefault((e.log, e.seq), {})[e.id] = e
    for (log, seq), twins in at.items():
        before, place = at.get((log, seq - 1)), f"log {log[:8]}:{log[65:]} #{seq}"
        yield from [Refused("chain-gap", place)] * bool(complete and seq > 1 and not before)
        yield from [Refused("chain-fork", place)] * bool(len(twins) > 1 and (log, seq) not in settled)
        yield from (Refused("chain-prev", e.place) for e in twins.values() if before and e.prev not in before)
    everyone = [pair for seen in [e.seen for e in entries.values()] + [heads] for pair in seen.items() if complete]
    for log, head in (pair for pair in everyone if pair[1]["id"] not in at.get((pair[0], pair[1]["seq"]), {})):
        yield Refused("seen-missing", f"entry {head['id'][:8]}, log {log[:8]}:{log[65:]} #{head['seq']}")
def sat(e, s, had, entries):  # whether, as far as what it had before it tells, its actor did this, and arrived at that meeting for that seat
    if not (kept := had.get(s["act"]["entry"])) or not kept.known: return True
    act, who = (kept.body.get("acts", [])[s["act"]["act"]:] or [{"actor": "", "what": {}}])[0], e.p["actor"]
    if who not in [act["actor"]] + sum((act["what"].get("consent_asked", {}).get(name, []) for name in ("objections", "present")), []): return False
    told = (a for k in had.values() if said(k, "running") and k.p["meeting"]["id"] == kept.p["meeting"]["id"] for a in k.body["acts"])
    arrived = {a["what"]["arrived"]["delegate_for"] for a in told if a["actor"] == who and "arrived" in a["what"]}
    return s["seat"] in arrived or not arrived or any(id not in entries for k in had.values() for id in k.before)
def among(entries, chain):
    for e in entries.values():
        target = entries.get(e.body["entry"]) if said(e, "withdrawal") else None
        if any(entries[id].roster[0] > e.roster[0] for id in e.before if id in entries): yield e.id, Refused("roster-backwards", e.place)
        elif target and target.known and target.p["actor"] != e.p["actor"]: yield e.id, Refused("not-own-entry", e.place)
        elif said(e, "affirmation") and not all(sat(e, s, {id: entries[id] for id in up_to(entries, [e])}, entries) for s in e.body.get("seats", [])): yield e.id, Refused("seat", e.place)
    revoked, lost, gone = {}, {}, {}
    for now in chain.versions:
        for id, key in ((id, key) for id, (_, key) in now.keys.items() if key["status"] == "revoked"):
            revoked.setdefault(id, (now, key["revoked"]["reason"] if key["revoked"] else "compromised"))
    for id, (now, reason) in sorted(revoked.items(), key=lambda item: item[1][1] == "left"):
        adopting = [e for e in entries.values() if adopts(e, now.by, now.version, now.digest, now.may) and e.logkey != id]
        others = [e for e in entries.values() if e.known and e.id not in lost and chain.owners[e.logkey] != chain.owners[id]]
        seen = up_to(entries, adopting + others if reason == "left" else adopting)
        late = {e.id: Refused("unwitnessed", e.place) for e in entries.values() if e.logkey == id and e.id not in seen}
        (gone if reason == "left" else lost).update(late)
    yield from {**lost, **gone}.items()
def forked(entries, at): return {e.log for e in entries if at.setdefault((e.log, e.seq), e.id) != e.id}
def outdated(order, apart, twins):  # what names or adopts a policy that an adoption before it replaced
    past = {}
    for e in order:
        past[e.id], adopts = set().union(*(past.get(id, ()) for id in e.before)), e.subjects * said(e, "policy")
        if e.known and past[e.id] & {e.p["policy"], *adopts}: yield e.id, Refused("policy-backwards", e.place)
        elif adopts and e.id not in apart and e.log not in twins: past[e.id] |= {e.p["policy"]} - {*adopts}
def settled_places(entries, order, chain):
    settled, voices, within, at = set(), {}, {}, [(e.log, e.seq) for e in entries.values()]
    for e in (e for e in order if e.id in entries and said(e, "fork_settled") and e.p["attestation"] == "signed"):
        place, stands, roster = (e.body["log"], e.body["seq"]), entries.get(e.body["stands"]), chain.named[e.roster]
        if at.count(place) > 1 and stands and (stands.log, stands.seq) == place:
            author = roster.keys.get(place[0][:64], ({"id": None},))[0]["id"] == e.p["actor"]
            if author and e.log == place[0]: within.setdefault(place, set()).add(stands.id)
            elif not author and e.p["actor"] in roster.doc["root_holders"]: voices.setdefault((place, stands.id), set()).add(e.p["actor"])
            settled |= {place} if len(voices.get((place, stands.id), ())) >= roster.doc["threshold"] or author and e.log != place[0] else set()
    return settled | {place for place, stands in within.items() if len(stands) == 1}
# ---- Merkle root and proofs
half, node = lambda size: 1 << (size - 1).bit_length() - 1, lambda left, right: hashlib.sha256(b"\1" + left + right).digest()
def tree(ids): return node(tree(ids[:half(len(ids))]), tree(ids[half(len(ids)):])) if len(ids) > 1 else bytes.fromhex(ids[0])
def climb(leaf, at, size, path):
    if size == 1 or not path: return leaf if size == 1 and not path else b""
    left, sibling, rest = half(size), bytes.fromhex(path[-1]), path[:-1]
    below = climb(leaf, at, left, rest) if at < left else climb(leaf, at - left, size - left, rest)
    return node(below, sibling) if at < left else node(sibling, below)
def check_merkle(b, ids):
    merkle, proofs = b["merkle"], b["proofs"] or []
    if b["scope"]["complete"] or not merkle:
        return [Refused("merkle-proof", "merkle")] if (merkle and {"root": tree(ids).hex(), "size": len(ids)}) != merkle or b["proofs"] is not None else []
    at = [proof["index"] for proof in proofs]
    if not at or at != sorted(set(at)) or at[-1] + 1 != merkle["size"]: return [Refused("merkle-proof", "proofs")]
    wrong = set(ids) - {proof["entry"] for proof in proofs} | {p["entry"] for p in proofs[:-1] if p["entry"] not in ids}
    wrong |= {p["entry"] for p in proofs if climb(bytes.fromhex(p["entry"]), p["index"], merkle["size"], p["path"]).hex() != merkle["root"]}
    return [Refused("merkle-proof", f"entry {id[:8]}") for id in sorted(wrong)]
# ---- Evidence bundle
def open_bundle(data):
    need("evidence", "schema", (b := read(data, "evidence", "bundle", BUNDLE))["schema"] == "urn:x-cabinet:evidence:1")
    def texts(noun):
        parts = [(f"{noun} {n}", part["text"].encode(), part["sha256"]) for n, part in enumerate(b[noun], 1)]
        return [text for place, text, digest in parts if need(place, "bundle-digest", sha(text) == digest)]
    rosters, policies, shown = texts("roster"), texts("policies"), {}
    for noun, digests in ((noun, [part["sha256"] for part in b[noun]]) for noun in ("manifests", "blobs")):
        need(noun, "bundle-digest", digests == sorted(set(digests)))
    for text in (manifests := texts("manifests")):
        manifest = read(text, place := f"manifest {sha(text)[:8]}", "manifest")
        fields = [line["field"].encode() for line in manifest["fields"]]
        need(place, "manifest", manifest["schema"] == "urn:x-cabinet:manifest:1" and fields == sorted(set(fields)))
        shown[sha(text)] = {line["field"]: line["sha256"] for line in manifest["fields"]}
    named, here = {digest for fields in shown.values() for digest in fields.values()}, {blob["sha256"]: blob["salted"] for blob in b["blobs"] if blob["salted"]}
    for digest, salted in here.items():
        salt = unbase64(salted["salt"], place := f"blob {digest[:8]}")
        need(place, "blob", len(salt) == 32 and sha(salt + unbase64(salted["bytes"], place)) == digest)
    need("blobs", "bundle-digest", {blob["sha256"] for blob in b["blobs"]} - here.keys() == named - here.keys())
    parts = {"roster": rosters, "policy": policies, "entry": map(canonical, b["entries"]), "manifest": manifests}
    listed = [(f"{noun}/{n}", sha(part)) for noun in parts for n, part in enumerate(parts[noun], 1)]
    need("digests", "bundle-digest", [(part["name"], part["sha256"]) for part in b["digests"]] == listed + [(f"blob/{d}", d) for d in here])
    return b, rosters, [(sha(text), rules_of(text)) for text in policies], shown, here, here.keys() - named
def rules_of(text):  # whether every act needs the PIN, and which accounts are shared
    v = v if isinstance(v := attempt([], read, text, "policy"), dict) else {}
    return v.get("pin_every_act") is True, v["shared_accounts"] if isinstance(v.get("shared_accounts"), list) else []
def repeats(e, others, here):  # whether the comment or mail stands in what the entry had of the record
    def words(e): return e.body["change"], sha(base64.b64decode(here[raw]["bytes"])) if (raw := e.body["written"]["raw"]) in here else raw
    had = [f for f in others if (f.seq < e.seq if f.log == e.log else f.seq <= e.seen.get(f.log, {"seq": 0})["seq"])]
    return any(words(f) == words(e) and set(f.subjects) & set(e.subjects) for f in had)
def as_shown(e, fields, here):  # whether a sign-off says of these fields what their blobs say, as far as they are here
    found = {field: sha(base64.b64decode(here[digest]["bytes"])) for field, digest in fields.items() if digest in here}
    alike = all(found.get("plan." + section, digest) == digest for section, digest in e.body["sections"].items())
    return alike and (len(found) < len(fields) or sha(canonical(found)) == e.body["content"])
def changes_of(e):
    found, kept = e.body.get("agenda", {}).get("items", []) + [e.body], (("late_admitted", "item"), ("decided", "decision"))
    found += [act["what"][name][key] for act in e.body.get("acts", []) for name, key in kept if name in act["what"]]
    return [what.get("change") for what in found]
def check_whole(b, entries, order, chain, policies, manifests, unnamed):  # only where no entry was refused
    scope, close, sign_offs = b["scope"], b["checkpoint"]["entry"], [e for e in order if said(e, "sign_off")]
    named = dict.fromkeys(d for e in order if e.known for d in [e.p["policy"]] + (e.subjects if e.kind == "policy" else []))
    frozen = {None} | {e.body["agenda"]["meeting"] for e in order if "agenda" in e.body}
    closes = close is None or close in entries and (not entries[close].known or said(entries[close], "meeting_closed"))
    checks = [("not-canonical", "entries", [e.wire for e in order] == b["entries"]), ("checkpoint", "checkpoint, entry", closes),
              ("label", "board, name", b["board"]["name"] == chain.name), ("label", "scope, meeting", scope["meeting"] in frozen),
              ("label", "scope, change", not scope["change"] or any(scope["change"] in changes_of(e) for e in order)),
              ("policy", "policies", [digest for digest, _ in policies] == list(named)), ("checkpoint", "checkpoint, heads", b["checkpoint"]["heads"] == heads_of(order))]
    checks += [("other-meeting", e.place, scope["complete"] or scope["meeting"] in (None, e.p["meeting"]["id"])) for e in order if e.known and e.kind in MEETING]
    here, closed = {(e.log, e.seq, e.id) for e in order}, [e for e in order if said(e, "meeting_closed") and scope["complete"]]
    checks += [("incomplete", e.place, (log, h["seq"], h["id"]) in here) for e in closed for log, h in e.body["heads"].items()]
    checks += [("subject", f"manifest {d[:8]}", any(d in e.subjects for e in sign_offs)) for d in manifests]
    checks += [("blob", f"blob {d[:8]}", any(e.body["written"] and e.body["written"]["raw"] == d for e in sign_offs)) for d in unnamed]
    return [Refused(code, place) for code, place, holds in checks if not holds] + check_merkle(b, [e.id for e in order])
def verify(data, fingerprint, least=1):  # all refusals of a bundle, how many of its entries hold, and its scope
    try:
        b, rosters, policies, manifests, here, unnamed = open_bundle(data)
        chain = chain_of(rosters, [e for wire in b["entries"] if (e := attempt([], lambda: open_statement(open_envelope(wire, ""))))])
        need("roster", "roster-root", chain.versions[0].digest == fingerprint,
             "roster-older", chain.versions[-1].version >= least, "other-board", b["board"]["id"] == chain.board)
    except Refused as refusal: return [refusal], 0, ""
    refusals, judged = [], [(f"entry number {n}", wire, chain, b["scope"], dict(policies)) for n, wire in enumerate(b["entries"], 1)]
    entries = {e.id: e for e in [attempt(refusals, judge, *given) for given in judged] if e}
    apart, order = dict(reversed(list(among(entries, chain)))), in_order(entries)
    apart = {**dict(outdated(order, apart, forked(order, {}))), **apart}
    held, refusals = {id: e for id, e in entries.items() if id not in apart}, refusals + [*apart.values()]
    wrong = list(faults(entries, b["checkpoint"]["heads"], settled_places(held, order, chain), b["scope"]["complete"]))
    sign_offs = [e for e in held.values() if said(e, "sign_off")]
    wrong += [Refused("content" if d in manifests else "subject", e.place) for e in sign_offs for d in e.subjects
              if d not in manifests or not as_shown(e, manifests[d], here)]
    written, twins = [e for e in sign_offs if e.body["written"]], forked(held.values(), {})
    for e in (e for e in written if e.body["written"]["raw"] in here): attempt(wrong, check_raw, e, base64.b64decode(here[e.body["written"]["raw"]]["bytes"]))
    wrong += [Refused("written-again", e.place) for e in written if repeats(e, [f for f in written if f.log not in twins], here)]
    wrong += [] if refusals else check_whole(b, held, order, chain, policies, manifests, unnamed)
    return refusals + wrong, len(held), "complete" if b["scope"]["complete"] else "extract; what is left out cannot be seen"
if __name__ == "__main__":
    asked = {"--least-roster": "1", **dict(zip(sys.argv[2::2], sys.argv[3::2]))}
    if len(sys.argv) % 2 or asked.keys() != {"--least-roster", "--roster-root"} or not asked["--least-roster"].isdecimal(): sys.exit(__doc__)
    refused, count, scope = verify(pathlib.Path(sys.argv[1]).read_bytes(), asked["--roster-root"], int(asked["--least-roster"]))
    print("\n".join(" ".join(r.args) for r in refused) or f"holds: {count} entries, under roster root {asked['--roster-root']}; scope: {scope}")
    sys.exit(7 if refused else 0)
