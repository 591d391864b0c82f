"""Story S5: work under an engagement, silence, money, and feedback that nobody can trim to the other's."""

import hashlib
from typing import Any

from folkmoot.canonical import Value
from folkmoot_node.testnet.processes import Answer, NodeProcess
from folkmoot_node.testnet.rogue import Pen
from folkmoot_node.testnet.tale import Legacy, Stage, Tale
from folkmoot_node.views.naming import record_id

_ACCEPT_DAYS = 5
_PAY_DAYS = 14
_REVIEW_DAYS = 10
_PLANNER, _PILOT = 0, 1
_OLD_PRICE, _NEW_PRICE = 800_000, 950_000


def tell(stage: Stage) -> Legacy:
    """Tell it."""
    first = _engage(stage)
    _deliver_twice(stage, first)
    engagement = _change(stage, first)
    _be_silent(stage, engagement)
    _pay(stage, engagement)
    _close(stage, engagement)
    _review(stage, engagement)
    return Legacy("Gus", [engagement])


def _engage(stage: Stage) -> str:
    """Dana offers an engagement from nothing; it is in force once all have signed."""
    carl, dana, eli, gus = stage.people("Carl", "Dana", "Eli", "Gus")
    today = stage.network.today
    milestone = {"accept_days": _ACCEPT_DAYS, "on_silence": "accept"}
    offer = dana.post(
        "/engagements",
        {
            "parties": [
                {"capacity": "client", "identity": carl.identity},
                {"capacity": "lead", "identity": dana.identity},
                {"capacity": "maker", "identity": eli.identity},
            ],
            "terms": {
                "title": "Lantern: a guide through the harbour museum",
                "deliverables": ["A route planner.", "A pilot in the museum."],
                "currency": "EUR",
                "milestones": [
                    {
                        **milestone,
                        "name": "Route planner",
                        "amount_minor": 1_200_000,
                        "due_day": today + 10,
                        "criteria": ["Finds every room.", "Works without a signal.", "Readable at arm's length."],
                    },
                    {
                        **milestone,
                        "name": "Pilot",
                        "amount_minor": _OLD_PRICE,
                        "due_day": today + 30,
                        "criteria": ["Twenty visitors tried it."],
                    },
                ],
                "pay_days": _PAY_DAYS,
                "review_days": _REVIEW_DAYS,
                "shares": [0, 6000, 4000],
                "witnesses": [gus.identity],
            },
        },
    )
    document = str(stage.steps.published("offers an engagement, with Gus as its witness", dana, offer)["document"])
    stage.steps.refused(
        "delivers before all have signed", dana, lambda: dana.post(*_delivery(document, _PLANNER, "early"))
    )
    for node in (carl, eli):
        stage.steps.published("signs the engagement", node, node.post(f"/documents/{document}/sign"))
    stage.steps.saw("the engagement is in force", lambda node: _engagement(node, document)["status"], "in-force")
    return document


def _deliver_twice(stage: Stage, document: str) -> None:
    """The first delivery fails one criterion; the second is accepted."""
    carl, dana, gus = stage.people("Carl", "Dana", "Gus")
    first = stage.steps.published(
        "delivers the planner, two files by their digests", dana, dana.post(*_delivery(document, _PLANNER, "v1"))
    )
    stage.steps.refused(
        "accepts a delivery that is not his to answer", gus, lambda: _answer(gus, first), rule="DLV-2"
    )
    rejected = _answer(carl, first, failed=[1], note="It goes dark in the basement.")
    stage.steps.published("rejects it: criterion 2 is not met", carl, rejected)
    stage.steps.saw(
        "the milestone is rejected for its second criterion",
        lambda node: _fields(_milestone(node, document, _PLANNER), "status", "failed"),
        ("rejected", [1]),
    )
    second = stage.steps.published("delivers it anew", dana, dana.post(*_delivery(document, _PLANNER, "v2")))
    stage.steps.published("accepts it", carl, _answer(carl, second))
    stage.steps.saw(
        "the milestone is accepted", lambda node: _milestone(node, document, _PLANNER)["status"], "accepted"
    )
    stage.steps.refused(
        "rejects what he has accepted", carl, lambda: _answer(carl, second, failed=[0]), rule="DLV-2"
    )


def _change(stage: Stage, document: str) -> str:
    """The price of the second milestone rises, and only once the last has signed. Return the new document."""
    carl, dana, eli = stage.people("Carl", "Dana", "Eli")
    milestones = dana.get("/engagements/suggested", changes=document)["terms"]["milestones"]
    milestones[_PILOT]["amount_minor"] = _NEW_PRICE
    offer = dana.post("/engagements", {"changes": document, "terms": {"milestones": milestones}})
    changed = str(stage.steps.published("offers a change order: the pilot costs more", dana, offer)["document"])
    stage.steps.published("signs the change order", eli, eli.post(f"/documents/{changed}/sign"))
    stage.steps.saw(
        "the old price holds while Carl has not signed",
        lambda node: (
            _engagement(node, document)["status"],
            _milestone(node, document, _PILOT)["amount_minor"],
            _engagement(node, changed)["status"],
        ),
        ("in-force", _OLD_PRICE, "offered"),
    )
    stage.steps.published("signs the change order", carl, carl.post(f"/documents/{changed}/sign"))
    stage.steps.saw(
        "the new price holds, and what was accepted before still is",
        lambda node: (
            _engagement(node, document)["status"],
            _engagement(node, changed)["status"],
            _milestone(node, changed, _PILOT)["amount_minor"],
            _milestone(node, changed, _PLANNER)["status"],
        ),
        ("superseded", "in-force", _NEW_PRICE, "accepted"),
    )
    return changed


def _be_silent(stage: Stage, document: str) -> None:
    """Carl says nothing; a witness has seen the delivery, and the days agreed on pass."""
    carl, eli, gus = stage.people("Carl", "Eli", "Gus")
    delivery = stage.steps.published(
        "delivers the pilot", eli, eli.post(*_delivery(document, _PILOT, "pilot")), remark="Carl says nothing"
    )
    stage.steps.published(
        "confirms as the witness to have seen it", gus, gus.post("/receipts", {"of": [delivery["id"]]})
    )
    stage.steps.saw("it is delivered", lambda node: _milestone(node, document, _PILOT)["status"], "delivered")
    stage.pass_days(_ACCEPT_DAYS + 1)
    stage.steps.saw(
        "Carl's silence has accepted it, as agreed",
        lambda node: _milestone(node, document, _PILOT)["status"],
        "deemed-accepted",
    )
    stage.steps.refused(
        "rejects it after the days agreed on", carl, lambda: _answer(carl, delivery, failed=[0]), rule="DLV-4"
    )
    pen = Pen.of_node(carl.folder)
    body: dict[str, Value] = {"delivery": record_id(delivery["id"]), "verdict": "reject", "failed": [0]}
    late = pen.sign("review-of-delivery", body, now_ms=stage.network.now_ms)
    stage.bring("signs the late rejection all the same", carl, pen, [late])
    stage.steps.saw(
        "the late rejection changes nothing",
        lambda node: _milestone(node, document, _PILOT)["status"],
        "deemed-accepted",
    )


def _pay(stage: Stage, document: str) -> None:
    """The client's word that he paid proves nothing; each payee's receipt does."""
    carl, dana, eli = stage.people("Carl", "Dana", "Eli")
    for place, payee in ((1, dana), (2, eli)):
        claim = {"milestone": _PLANNER, "payee": place}
        stage.steps.published(
            f"says that he paid {payee.name} for the planner",
            carl,
            carl.post(f"/engagements/{document}/payments/sent", claim),
        )
    received = dana.post(f"/engagements/{document}/payments/received", {"milestone": _PLANNER})
    stage.steps.published("confirms that her money came", dana, received)
    stage.steps.refused(
        "confirms it for somebody else",
        carl,
        lambda: carl.post(f"/engagements/{document}/payments/received", {"milestone": _PLANNER}),
        rule="PMT-1",
    )
    stage.pass_days(_PAY_DAYS)
    overdue = _ACCEPT_DAYS + 1
    stage.steps.saw(
        f"Dana has her money, and Eli's is overdue for {overdue} days",
        lambda node: [
            _fields(payment, "payee_name", "status", "overdue_days")
            for payment in _milestone(node, document, _PLANNER)["payments"]
        ],
        [(dana.name, "received", 0), (eli.name, "overdue", overdue)],
    )


def _close(stage: Stage, document: str) -> None:
    """All sign that it is completed."""
    carl, dana, eli = stage.people("Carl", "Dana", "Eli")
    offer = carl.post(f"/engagements/{document}/close", {"way": "completed"})
    closing = str(stage.steps.published("offers to close it as completed", carl, offer)["document"])
    stage.steps.published("signs the closing", dana, dana.post(f"/documents/{closing}/sign"))
    stage.steps.saw("it is not closed yet", lambda node: _engagement(node, document)["status"], "in-force")
    stage.steps.published("signs the closing", eli, eli.post(f"/documents/{closing}/sign"))
    stage.steps.saw(
        "it is closed as completed, by everybody",
        lambda node: (
            _engagement(node, document)["status"],
            [_fields(ending, "way", "is_one_sided") for ending in _engagement(node, document)["endings"]],
        ),
        ("closed", [("completed", False)]),
    )


def _review(stage: Stage, document: str) -> None:
    """Nobody reads a review before writing theirs; who breaks a promise or comes late is seen."""
    carl, dana, eli = stage.people("Carl", "Dana", "Eli")
    words = {carl.name: "Said early what would not work.", dana.name: "Answers late, and pays."}
    kept_back = eli.post("/reviews", _opinion(document, carl, "I still wait for my money."))
    stage.steps.published("promises a review of Carl", eli, kept_back)
    eli.delete(f"/reviews/{kept_back['id']}")
    stage.steps.say("thinks better of it, and will not show it", eli)
    promised = carl.post("/reviews", _opinion(document, dana, words["Carl"]))
    stage.steps.published("promises a review of Dana", carl, promised)
    stage.steps.saw(
        "both are promised, and nobody else can read them",
        lambda node: _reviews(node, document, "author_name", "status", "text", but=node.name),
        [("Carl", "committed", ""), ("Eli", "committed", "")],
    )
    promised = dana.post("/reviews", _opinion(document, carl, words["Dana"]))
    stage.steps.published("promises a review of Carl", dana, promised)
    stage.steps.saw(
        "once all have promised, what Carl and Dana wrote is read by everybody",
        lambda node: _reviews(node, document, "author_name", "status", "text"),
        [("Carl", "revealed", words["Carl"]), ("Dana", "revealed", words["Dana"]), ("Eli", "committed", "")],
    )
    [own] = [item for item in carl.get(f"/reviews/{document}")["items"] if item["author"] == carl.identity]
    stage.steps.published("takes his own review back", carl, carl.delete(f"/reviews/{own['review']}"))
    stage.steps.saw(
        "only his own words are gone",
        lambda node: _reviews(node, document, "author_name", "text"),
        [("Carl", ""), ("Dana", words["Dana"]), ("Eli", "")],
    )
    stage.pass_days(_REVIEW_DAYS + 1)
    late = eli.post("/reviews", _opinion(document, dana, "A lead who leads."))
    stage.steps.published("reviews Dana after the time for it", eli, late)
    stage.steps.saw(
        "Dana's stands, Carl and Eli promised what they do not show, and Eli's other one is late",
        lambda node: _reviews(node, document, "author_name", "status"),
        [("Carl", "unrevealed"), ("Dana", "revealed"), ("Eli", "late"), ("Eli", "unrevealed")],
    )
    stage.steps.saw(
        "a promise that was not kept is among the facts about each of them",
        lambda node: [
            node.get(f"/people/{one.identity}/facts")["unrevealed"]["count"] for one in (carl, dana, eli)
        ],
        [1, 0, 1],
    )


def _opinion(document: str, subject: NodeProcess, text: str) -> dict[str, object]:
    return {"document": document, "subject": subject.identity, "text": text}


def _reviews(node: NodeProcess, document: str, *names: str, but: str = "") -> list[tuple[str, ...]]:
    """List fields of the reviews of an engagement; what a node keeps of its own owner's words is not asked."""
    items = node.get(f"/reviews/{document}")["items"]
    return sorted(
        tuple("" if name == "text" and item["author_name"] == but else item[name] for name in names)
        for item in items
    )


def _delivery(document: str, milestone: int, text: str) -> tuple[str, dict[str, object]]:
    files = [
        {"sha256": hashlib.sha256(f"{text} {name}".encode()).hexdigest(), "name": name}
        for name in ("guide.zip", "notes.pdf")
    ]
    return f"/engagements/{document}/deliveries", {"milestone": milestone, "files": files}


def _answer(node: NodeProcess, delivery: Answer, **fields: object) -> Answer:
    return node.post(f"/deliveries/{delivery['id']}/answer", fields)


def _engagement(node: NodeProcess, document: str) -> Answer:
    return node.get(f"/engagements/{document}")


def _milestone(node: NodeProcess, document: str, place: int) -> dict[str, Any]:
    milestone: dict[str, Any] = _engagement(node, document)["milestones"][place]
    return milestone


def _fields(item: dict[str, Any], *names: str) -> tuple[object, ...]:
    return tuple(item[name] for name in names)


LABOUR = Tale(
    name="S5",
    title="Work, silence, money and blind feedback",
    people={
        "Carl": "client",
        "Dana": "lead of the makers",
        "Eli": "maker",
        "Gus": "witness",
    },
    starts_days_ago=60,
    steps=50,
    tell=tell,
)
