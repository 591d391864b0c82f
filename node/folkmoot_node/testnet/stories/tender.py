"""Story S2: a team forms to bid, and wins with a bid that nobody could read before all were in."""

from folkmoot.canonical import Value
from folkmoot.limits import DAY_MS
from folkmoot_node.testnet.processes import Answer, NodeProcess
from folkmoot_node.testnet.rogue import Pen
from folkmoot_node.testnet.tale import HOUR_MS, Legacy, Stage, Tale
from folkmoot_node.views.naming import document_id, record_id

_SHARES = {"Dana": 4000, "Eli": 3500, "Fay": 2500}
_NEW_SHARES = {"Dana": 3500, "Eli": 3500, "Fay": 3000}
_ROLES = {"Dana": "lead", "Eli": "backend", "Fay": "illustration"}
_TEAM_PRICE, _RIVAL_PRICE, _LOW_PRICE = 1_850_000, 2_400_000, 900_000
_SETTLED = {
    "out_of_scope": ["Translations."],
    "change": "By a change order that all sign.",
    "rights": "The museum's, once it is paid.",
    "confidentiality": "Visitor numbers stay between the parties.",
    "notice_days": 14,
    "kill_fee": 2500,
    "late_fee": 50,
    "expenses": "Included.",
    "dispute_path": ["Talk within a week."],
}


def tell(stage: Stage) -> Legacy:
    """Tell it."""
    opportunity = _call(stage)
    team = _team_up(stage, opportunity)
    winner, rival = _bid(stage, opportunity, team)
    _award(stage, opportunity, winner, rival)
    engagement = _engage(stage, winner)
    return Legacy("Eli", [opportunity, team, winner, engagement])


def _call(stage: Stage) -> str:
    """Carl calls for sealed bids; a question is answered for everybody."""
    carl, gus = stage.people("Carl", "Gus")
    now_ms = stage.network.now_ms
    call = carl.post(
        "/opportunities",
        {
            "title": "A guide through the harbour museum",
            "need": "An app that leads visitors through the museum, with drawings of what is not there any more.",
            "roles": [{"title": role, "seats": 1} for role in _ROLES.values()],
            "criteria": [{"name": "works without a signal", "weight": 60}, {"name": "price", "weight": 40}],
            "bids_close": now_ms + HOUR_MS,
            "decide_by": now_ms + 7 * DAY_MS,
            "mode": "sealed",
        },
    )
    opportunity = str(stage.steps.published("calls for sealed bids, open for an hour", carl, call)["id"])
    asked = gus.post(f"/opportunities/{opportunity}/questions", {"text": "Does it have to work in the cellar?"})
    question = stage.steps.published("asks: does it have to work in the cellar?", gus, asked)
    stage.steps.refused(
        "answers in Carl's place",
        gus,
        lambda: gus.post(f"/opportunities/{opportunity}/clarifications", {"text": "No."}),
        rule="STA-5",
    )
    said = carl.post(
        f"/opportunities/{opportunity}/clarifications",
        {"text": "Yes: the cellar has no signal.", "question": question["id"]},
    )
    stage.steps.published("clarifies: yes", carl, said)
    stage.steps.saw(
        "all bidders read the same question and answer",
        lambda node: [
            [item["text"] for item in _call_at(node, opportunity)[part]] for part in ("questions", "clarifications")
        ],
        [["Does it have to work in the cellar?"], ["Yes: the cellar has no signal."]],
    )
    return opportunity


def _team_up(stage: Stage, opportunity: str) -> str:
    """A team is offered, countered, offered anew, and formed by everybody's yes to the very same words."""
    dana, eli, fay = stage.people("Dana", "Eli", "Fay")
    offered = stage.steps.published("offers a team of three", dana, _offer(stage, opportunity, _SHARES))
    old = str(offered["document"])
    stage.steps.published("accepts", fay, fay.post(f"/teams/{old}/accept"))
    wish = {"text": "30 %, for the drawings take longest.", "seat": 2, "share": _NEW_SHARES["Fay"]}
    stage.steps.published(
        "counters: 30 %", eli, eli.post(f"/teams/{old}/counter", {**wish, "text": "Fay draws most."})
    )
    again = stage.steps.published(
        "offers it anew, with 30 % for Fay", dana, _offer(stage, opportunity, _NEW_SHARES, replaces=old)
    )
    team = str(again["document"])
    stage.steps.published("accepts the new one", eli, eli.post(f"/teams/{team}/accept"))
    stage.steps.saw(
        "Fay's yes to the old words does not count for the new",
        lambda node: (
            node.get(f"/teams/{team}")["status"],
            [(item["author_name"], item["rule"]) for item in node.get(f"/teams/{team}")["refused"]],
        ),
        ("offered", [("Fay", "TEA-3")]),
        remark="TEA-3",
    )
    _bid_too_early(stage, team)
    stage.steps.published("accepts the new one", fay, fay.post(f"/teams/{team}/accept"))
    stage.steps.saw("the team has formed", lambda node: node.get(f"/teams/{team}")["status"], "formed")
    return team


def _bid_too_early(stage: Stage, team: str) -> None:
    """A bid for a team that has not formed is refused at home, and void at everybody's."""
    carl, dana = stage.people("Carl", "Dana")
    now_ms = stage.network.now_ms
    small = carl.post(
        "/opportunities",
        {
            "title": "A sign for the door",
            "need": "It says where the guide begins.",
            "roles": [{"title": "maker", "seats": 1}],
            "bids_close": now_ms + DAY_MS,
            "decide_by": now_ms + 2 * DAY_MS,
        },
    )
    opportunity = str(stage.steps.published("calls for open bids on a small thing", carl, small)["id"])
    stage.steps.refused(
        "bids for the team on the strength of the old yes",
        dana,
        lambda: dana.post("/bids", _offer_of(opportunity, _LOW_PRICE, team)),
        rule="BID-3",
    )
    pen = Pen.of_node(dana.folder)
    body: dict[str, Value] = {
        "opportunity": record_id(opportunity),
        "price": {"amount_minor": _LOW_PRICE, "currency": "EUR", "unit": "fixed"},
        "plan": "Three of us, one sign.",
        "valid_until": now_ms + 3 * DAY_MS,
        "team": document_id(team),
    }
    stage.bring("bids all the same", dana, pen, [pen.sign("bid", body, now_ms=stage.network.now_ms)])
    stage.steps.saw(
        "that bid is void",
        lambda node: _bids(node, opportunity, "status", "rule"),
        [("void", "BID-3")],
        remark="BID-3",
    )


def _bid(stage: Stage, opportunity: str, team: str) -> tuple[str, str]:
    """Bids are promised, then listed, then opened; who was away is not on the list. Return both that count."""
    carl, dana, eli, gus = stage.people("Carl", "Dana", "Eli", "Gus")
    sealed = dana.post("/bids", _offer_of(opportunity, _TEAM_PRICE, team))
    stage.steps.published("promises a bid for the team", dana, sealed)
    rival = gus.post("/bids", _offer_of(opportunity, _RIVAL_PRICE))
    rival_commit = stage.steps.published("promises a bid of his own", gus, rival)
    stage.steps.saw(
        "two bids are promised, and nobody can read them",
        lambda node: (_commits(node, opportunity), _bids(node, opportunity, "bidder_name")),
        ([("Dana", "committed"), ("Gus", "committed")], []),
    )
    stage.steps.refused(
        "lists the bids before they are closed", carl, lambda: carl.post(f"/opportunities/{opportunity}/bid-list")
    )
    stage.cut("Eli")
    alone = eli.post("/bids", _offer_of(opportunity, _LOW_PRICE))
    stage.steps.published("promises a bid of his own, which nobody hears of", eli, alone)
    stage.pass_hours(2)
    stage.steps.refused(
        "bids after the hour", gus, lambda: gus.post("/bids", _offer_of(opportunity, _LOW_PRICE)), rule="BID-2"
    )
    listed = carl.post(f"/opportunities/{opportunity}/bid-list")
    stage.steps.published("lists what was promised", carl, listed)
    stage.steps.saw(
        "the bidders' own nodes have opened their bids",
        lambda node: _bids(node, opportunity, "bidder_name", "status"),
        [("Dana", "standing"), ("Gus", "standing")],
    )
    stage.heal("Eli")
    stage.steps.saw(
        "Eli's promise says that it was made in time, and stands on no list",
        lambda node: _commits(node, opportunity),
        [("Dana", "opened"), ("Eli", "not-listed"), ("Gus", "opened")],
        remark="BID-7",
    )
    _bid_again(stage, opportunity, str(rival_commit["id"]))
    bids = {bid["bidder_name"]: str(bid["id"]) for bid in _standing(carl, opportunity)}
    return bids["Dana"], bids["Gus"]


def _bid_again(stage: Stage, opportunity: str, commit: str) -> None:
    """An opening to another price does not match the promise, however it is dated."""
    gus = stage.person("Gus")
    pen = Pen.of_node(gus.folder)
    body: dict[str, Value] = {
        "opportunity": record_id(opportunity),
        "price": {"amount_minor": _LOW_PRICE, "currency": "EUR", "unit": "fixed"},
        "plan": "Cheaper than the others, now that I know them.",
        "valid_until": stage.network.now_ms + 30 * DAY_MS,
        "commit": record_id(commit),
        "salt": bytes(16),
    }
    dated_back = pen.sign("bid", body, now_ms=stage.network.now_ms - 3 * HOUR_MS // 2)
    stage.bring("opens his promise to a lower price, dated back to before the hour", gus, pen, [dated_back])
    stage.steps.saw(
        "what does not match the promise is void",
        lambda node: _bids(node, opportunity, "bidder_name", "status", "rule"),
        [("Dana", "standing", ""), ("Gus", "standing", ""), ("Gus", "void", "BID-6")],
        remark="BID-6",
    )


def _award(stage: Stage, opportunity: str, winner: str, rival: str) -> None:
    """Carl takes one bid, and tells the other why not."""
    carl = stage.person("Carl")
    stage.steps.published("awards the team's bid", carl, carl.post("/awards", {"bid": winner}))
    declined = carl.post("/declines", {"bid": rival, "reason": "budget"})
    stage.steps.published("declines the rival, with the reason", carl, declined)
    stage.steps.saw(
        "the opportunity is awarded to the team, and the rival knows why not",
        lambda node: (
            _call_at(node, opportunity)["status"],
            [
                (bid["bidder_name"], bid["status"], bid["reason"])
                for bid in sorted(_call_at(node, opportunity)["bids_list"], key=lambda bid: str(bid["bidder_name"]))
                if bid["status"] != "void"
            ],
        ),
        ("awarded", [("Dana", "awarded", ""), ("Gus", "declined", "budget")]),
    )


def _engage(stage: Stage, winner: str) -> str:
    """The engagement is drafted from the award, leaves nothing open, and is signed by all four."""
    carl, dana, eli, fay, gus = stage.people("Carl", "Dana", "Eli", "Fay", "Gus")
    terms = {**_SETTLED, "witnesses": [gus.identity], "resolver": gus.identity}
    offer = dana.post("/engagements", {"award": winner, "terms": terms})
    document = str(stage.steps.published("drafts the engagement from the award", dana, offer)["document"])
    stage.steps.holds("it leaves nothing open", is_so=not offer["notes"], by=dana, remark="; ".join(offer["notes"]))
    for node in (carl, eli, fay):
        stage.steps.published("signs the engagement", node, node.post(f"/documents/{document}/sign"))
    stage.steps.saw(
        "the engagement is in force, with the shares of the team",
        lambda node: (
            node.get(f"/engagements/{document}")["status"],
            [party["share"] for party in node.get(f"/engagements/{document}")["parties"]],
        ),
        ("in-force", [0, *_NEW_SHARES.values()]),
    )
    return document


def _offer(stage: Stage, opportunity: str, shares: dict[str, int], replaces: str | None = None) -> Answer:
    offer: dict[str, object] = {
        "name": "Lantern",
        "purpose": "Design, draw and build the museum's guide as one team.",
        "opportunity": opportunity,
        "seats": [
            {"role": _ROLES[name], "identity": stage.person(name).identity, "share": share}
            for name, share in shares.items()
        ],
    }
    return stage.person("Dana").post("/teams", {**offer, "replaces": replaces} if replaces else offer)


def _offer_of(opportunity: str, amount_minor: int, team: str | None = None) -> dict[str, object]:
    bid: dict[str, object] = {
        "opportunity": opportunity,
        "price": {"amount_minor": amount_minor, "currency": "EUR", "unit": "fixed"},
        "plan": "A first version in three weeks, then two rounds with visitors.",
    }
    return {**bid, "team": team} if team else bid


def _call_at(node: NodeProcess, opportunity: str) -> Answer:
    return node.get(f"/opportunities/{opportunity}")


def _standing(node: NodeProcess, opportunity: str) -> list[Answer]:
    return [bid for bid in _call_at(node, opportunity)["bids_list"] if bid["status"] == "standing"]


def _bids(node: NodeProcess, opportunity: str, *names: str) -> list[tuple[object, ...]]:
    return sorted(tuple(bid[name] for name in names) for bid in _call_at(node, opportunity)["bids_list"])


def _commits(node: NodeProcess, opportunity: str) -> list[tuple[str, str]]:
    return sorted((item["bidder_name"], item["status"]) for item in _call_at(node, opportunity)["commits"])


TENDER = Tale(
    name="S2",
    title="A team forms to bid, and wins with a sealed bid",
    people={
        "Carl": "client",
        "Dana": "lead of the team",
        "Eli": "backend",
        "Fay": "illustration",
        "Gus": "rival, then witness",
    },
    starts_days_ago=2,
    steps=50,
    tell=tell,
)
