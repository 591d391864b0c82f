"""Story S6: what an endorsement is worth, how it is answered and taken back, and what a ring of puppets gains."""

import hashlib

from folkmoot.canonical import Value
from folkmoot.errors import DecodeError
from folkmoot.ids import IdentityId
from folkmoot.record import Record
from folkmoot.state.person import derive_person
from folkmoot.trust import WEIGHTS, TieKind
from folkmoot.verification import verify_bundle
from folkmoot_node.testnet.network import NETWORK
from folkmoot_node.testnet.processes import Answer, NodeProcess
from folkmoot_node.testnet.rogue import Pen
from folkmoot_node.testnet.tale import Legacy, Stage, Tale
from folkmoot_node.views.naming import identity_id, identity_text

PUPPETS = 50
_PRAISED_EACH = 7
"""How many others each puppet vouches for."""
_AIMED_EACH = 4
"""Endorsements of Eli by each puppet."""
_ASKED_ABOUT = (0, 7, 25, 49)
_BORDER = WEIGHTS[TieKind.VOUCH]
_CLAIM = "Builds well, though he once left a job half done."
_ANSWER = "That job was called off by the client; see their closing."


def tell(stage: Stage) -> Legacy:
    """Tell it."""
    engagement = _work(stage)
    given = _endorse(stage, engagement)
    _look(stage)
    _revoke(stage, given)
    _flood(stage)
    return Legacy("Wes", [stage.person("Eli").identity, engagement])


def _work(stage: Stage) -> str:
    """Carl and Eli work together, to the end."""
    carl, eli = stage.people("Carl", "Eli")
    offer = carl.post(
        "/engagements",
        {
            "parties": [
                {"capacity": "client", "identity": carl.identity},
                {"capacity": "maker", "identity": eli.identity},
            ],
            "terms": {
                "title": "A timetable for the ferry",
                "deliverables": ["A timetable that knows the tide."],
                "currency": "EUR",
                "milestones": [
                    {
                        "name": "All of it",
                        "amount_minor": 300_000,
                        "due_day": stage.network.today + 7,
                        "criteria": ["It knows the tide."],
                        "accept_days": 5,
                        "on_silence": "accept",
                    }
                ],
                "pay_days": 14,
            },
        },
    )
    document = str(stage.steps.published("offers Eli an engagement", carl, offer)["document"])
    stage.steps.published("signs it", eli, eli.post(f"/documents/{document}/sign"))
    files = [{"sha256": hashlib.sha256(b"timetable").hexdigest(), "name": "timetable.zip"}]
    delivery = eli.post(f"/engagements/{document}/deliveries", {"milestone": 0, "files": files})
    stage.steps.published("delivers", eli, delivery)
    stage.steps.published("accepts", carl, carl.post(f"/deliveries/{delivery['id']}/answer", {}))
    closing = carl.post(f"/engagements/{document}/close", {"way": "completed"})
    closing = stage.steps.published("offers to close it as completed", carl, closing)
    stage.steps.published("signs the closing", eli, eli.post(f"/documents/{closing['document']}/sign"))
    stage.steps.saw("it is closed", lambda node: node.get(f"/engagements/{document}")["status"], "closed")
    return document


def _endorse(stage: Stage, engagement: str) -> str:
    """A word with work behind it, and a bare one; Eli answers the bare one. Return the first."""
    carl, eli, gus = stage.people("Carl", "Eli", "Gus")
    skill = {"label": "backend"}
    body = {
        "subject": eli.identity,
        "text": "It knows the tide.",
        "skill": skill,
        "basis": engagement,
        "milestone": 0,
    }
    earned = stage.steps.published("endorses Eli for the milestone", carl, carl.post("/endorsements", body))
    stage.steps.saw("nobody sees it before Eli shows it", lambda node: _classes(node, eli, but=eli), [])
    stage.steps.published("shows it", eli, eli.post(f"/endorsements/{earned['id']}/show"))
    bare = gus.post("/endorsements", {"subject": eli.identity, "text": _CLAIM, "skill": skill})
    stage.steps.published("endorses Eli with nothing behind it", gus, bare)
    stage.steps.published("shows that as well", eli, eli.post(f"/endorsements/{bare['id']}/show"))
    stage.steps.saw(
        "Carl's is of class E3, for work that he accepted; Gus's is of class E1, shown and never counted",
        lambda node: _classes(node, eli),
        [("Carl", "E3"), ("Gus", "E1")],
    )
    dispute = eli.post("/disputes", {"about": bare["id"], "text": _ANSWER})
    stage.steps.published("disputes what Gus says", eli, dispute)
    stage.steps.saw(
        "Eli's answer stands beside Gus's words",
        lambda node: [
            (item["author_name"], [objection["text"] for objection in item["disputes"]])
            for item in sorted(_endorsements(node, eli), key=lambda item: str(item["author_name"]))
        ],
        [("Carl", []), ("Gus", [_ANSWER])],
    )
    stage.steps.refused(
        "endorses himself",
        eli,
        lambda: eli.post("/endorsements", {"subject": eli.identity, "text": "The best."}),
        rule="END-1",
    )
    pen = Pen.of_node(eli.folder)
    stage.steps.holds(
        "no key of Eli's can sign an endorsement of Eli that anybody would take",
        is_so=_is_refused(pen, stage.network.now_ms),
        by="Eli",
        remark="END-1",
    )
    return str(earned["id"])


def _look(stage: Stage) -> None:
    """Vic and Wes know Carl, and only Vic knows Gus."""
    carl, gus, vic, wes = stage.people("Carl", "Gus", "Vic", "Wes")
    for viewer, known in ((vic, carl), (vic, gus), (wes, carl)):
        vouch = viewer.post("/vouches", {"subject": known.identity, "how": "We share a kitchen."})
        stage.steps.published(f"vouches for {known.name}", viewer, vouch)
    eli = stage.person("Eli")
    stage.steps.holds(
        "trusts Eli by way of Carl, as far as a vouch carries",
        is_so=_trust(vic, eli.identity) == _BORDER,
        by=vic,
        remark=f"{_trust(vic, eli.identity)} of {_BORDER}",
    )


def _revoke(stage: Stage, given: str) -> None:
    """Carl takes his word back; that they worked together stays a fact."""
    carl, eli, vic = stage.people("Carl", "Eli", "Vic")
    before, exported = _kinds(vic, eli), _exported(stage, eli)
    stage.steps.published("revokes his endorsement", carl, carl.delete(f"/endorsements/{given}"))
    stage.steps.saw("Carl's endorsement is gone", lambda node: _classes(node, eli), [("Gus", "E1")])
    after = _kinds(vic, eli)
    stage.steps.holds(
        "what ties Carl to Eli is the work alone now",
        is_so=(before, after) == (["endorsement-e3", "engagement"], ["engagement"]),
        by=vic,
        remark=f"{', '.join(before)}; then {', '.join(after)}",
    )
    stage.steps.holds(
        "what Eli takes elsewhere says so too",
        is_so=(exported, _exported(stage, eli)) == (["E1", "E3"], ["E1"]),
        by=eli,
        remark=f"{', '.join(exported)}; then {', '.join(_exported(stage, eli))}",
    )


def _flood(stage: Stage) -> None:
    """Fifty puppets praise each other and Eli, and Gus vouches for one by mistake."""
    eli, gus, vic, wes = stage.people("Eli", "Gus", "Vic", "Wes")
    pens = [Pen.of_nobody(f"puppet {number}", NETWORK) for number in range(PUPPETS)]
    records = _praise(pens, identity_id(eli.identity), stage.network.now_ms)
    operations = [operation for pen in pens for operation in pen.operations]
    stage.network.courier().bring(operations, records, offset_ms=stage.network.offset_ms)
    vouches = PUPPETS * _PRAISED_EACH
    endorsements = PUPPETS * _AIMED_EACH
    stage.steps.until(
        "all hold what the puppets said",
        lambda node: (
            node.get("/status")["records"].get("vouch", 0) >= vouches
            and node.get("/status")["records"].get("endorsement", 0) >= endorsements
        ),
    )
    stage.steps.say(
        f"{PUPPETS} puppets vouch {vouches} times for each other and endorse Eli {endorsements} times", "M"
    )
    puppets = [identity_text(pen.identity) for pen in pens]
    mistake = gus.post("/vouches", {"subject": puppets[0], "how": "I thought that I had met them."})
    stage.steps.published("vouches for one of them, by mistake", gus, mistake)
    gained = [_trust(vic, puppets[number]) for number in _ASKED_ABOUT]
    stage.steps.holds(
        "no puppet gains more than that one mistake carries, whoever else praises it",
        is_so=max(gained) == _BORDER,
        by=vic,
        remark=f"{gained}; a vouch carries {_BORDER}",
    )
    elsewhere = [_trust(wes, puppets[number]) for number in _ASKED_ABOUT]
    stage.steps.holds(
        "has made no such mistake near him, and trusts none of them", is_so=not any(elsewhere), by=wes
    )
    stage.steps.saw("what is shown of Eli is as it was", lambda node: _classes(node, eli, but=eli), [("Gus", "E1")])
    own = {item["class"] for item in _endorsements(eli, eli) if item["author"] in puppets}
    stage.steps.holds("sees that all of their praise is of class E1", is_so=own == {"E1"}, by=eli)
    stage.steps.holds("trusts Eli as before", is_so=_trust(vic, eli.identity) == _BORDER, by=vic)


def _praise(pens: list[Pen], target: IdentityId, now_ms: int) -> list[Record]:
    records = []
    for place, pen in enumerate(pens):
        for step in range(1, _PRAISED_EACH + 1):
            body: dict[str, Value] = {"subject": pens[(place + step) % len(pens)].identity, "how": "A dear friend."}
            records.append(pen.sign("vouch", body, now_ms=now_ms))
        for number in range(_AIMED_EACH):
            body = {"subject": target, "text": f"Wonderful, for the {number + 1}. time."}
            records.append(pen.sign("endorsement", body, now_ms=now_ms))
    return records


def _is_refused(pen: Pen, now_ms: int) -> bool:
    try:
        pen.sign("endorsement", {"subject": pen.identity, "text": "The best."}, now_ms=now_ms)
    except DecodeError as error:
        return error.rule == "END-1"
    return False


def _endorsements(node: NodeProcess, of: NodeProcess) -> list[Answer]:
    found: list[Answer] = node.get(f"/people/{of.identity}")["endorsements"]
    return found


def _classes(node: NodeProcess, of: NodeProcess, *, but: NodeProcess | None = None) -> list[tuple[str, str]]:
    """List who endorses somebody, and of which class; with `but`, only what others than that one are shown."""
    items = [item for item in _endorsements(node, of) if item["is_shown"] or node is not but]
    return sorted((str(item["author_name"]), str(item["class"])) for item in items)


def _exported(stage: Stage, of: NodeProcess) -> list[str]:
    """List the classes of what is shown of somebody, as a stranger derives them from their export."""
    data = of.fetch("/export", id=of.identity)
    found = verify_bundle(data, now_ms=stage.network.now_ms, network=NETWORK)
    derived = derive_person(found.evidence, identity_id(of.identity))
    return sorted(item.grade.value for item in derived.endorsements if item.is_shown) if derived else []


def _trust(node: NodeProcess, identity: str) -> int:
    return int(node.get(f"/people/{identity}/trust")["amount"])


def _kinds(node: NodeProcess, of: NodeProcess) -> list[str]:
    """List by what the last on each way is tied to somebody."""
    ways = node.get(f"/people/{of.identity}/trust")["ways"]
    return sorted({str(tie["kind"]) for way in ways for tie in way["steps"][-1]["ties"]})


RING = Tale(
    name="S6",
    title="Endorsements, a revocation, and a ring of puppets",
    people={
        "Carl": "client",
        "Eli": "maker",
        "Gus": "knows Eli, and errs",
        "Vic": "looks on, knows Carl and Gus",
        "Wes": "looks on, knows Carl",
    },
    starts_days_ago=1,
    steps=40,
    tell=tell,
)
