"""Story S3: opportunities within opportunities, three levels deep, and what the award at the top makes of them."""

from folkmoot.canonical import Value
from folkmoot.ids import RecordId
from folkmoot.limits import DAY_MS, RECURSION_DEPTH_MAX
from folkmoot_node.testnet.processes import Answer, NodeProcess
from folkmoot_node.testnet.rogue import Pen
from folkmoot_node.testnet.tale import Legacy, Stage, Tale
from folkmoot_node.views.naming import record_id, record_text

_SECRET = {"name": "confidentiality", "text": "What is shown of the new wing stays between us until it opens."}
_DAYS_TO_DECIDE = 10
_DAYS_TO_DELIVER = 60
_UNKNOWN = bytes(31) + b"\x01"


def tell(stage: Stage) -> Legacy:
    """Tell it."""
    top, video, captions = _call_down(stage)
    _refuse_unfit(stage, top)
    team = _bid_up(stage, top, video, captions)
    _replace(stage, top, video, captions)
    _lapse(stage)
    _go_too_deep(stage)
    return Legacy("Hana", [top, video, captions, team])


def _call_down(stage: Stage) -> tuple[str, str, str]:
    """Carl calls; Dana calls for what her team lacks, and Hana for what she lacks. Return all three calls."""
    carl, dana, hana = stage.people("Carl", "Dana", "Hana")
    call = _call(stage, "A film for the new wing", "team", flow_down=[_SECRET])
    top = str(
        stage.steps.published(
            "calls for a team, with a clause that goes all the way down", carl, carl.post("/opportunities", call)
        )["id"]
    )
    below = _call(stage, "Video", "camera", parent=top, seat="video")
    video = str(
        stage.steps.published("calls for the video that her team lacks", dana, dana.post("/opportunities", below))[
            "id"
        ]
    )
    lowest = _call(stage, "Captions", "captions", parent=video, seat="captions")
    captions = str(
        stage.steps.published("calls for the captions that she lacks", hana, hana.post("/opportunities", lowest))[
            "id"
        ]
    )
    stage.steps.saw(
        "the clause and the deadline have come down to the captions",
        lambda node: [
            ([clause["name"] for clause in _body(node, item)["flow_down"]], _body(node, item)["deliver_by"])
            for item in (video, captions)
        ],
        [(["confidentiality"], call["deliver_by"])] * 2,
    )
    return top, video, captions


def _refuse_unfit(stage: Stage, top: str) -> None:
    """What would be late, or hang on nothing, is refused at home, and void at everybody's."""
    dana, kim = stage.people("Dana", "Kim")
    late = _call(stage, "Sound, later", "sound", parent=top, seat="sound")
    late["deliver_by"] = stage.network.now_ms + (_DAYS_TO_DELIVER + 5) * DAY_MS
    stage.steps.refused(
        "calls for sound that comes after the film", dana, lambda: dana.post("/opportunities", late), rule="SUB-2"
    )
    stage.steps.refused(
        "calls for something that hangs on what is not there yet, as a circle would",
        kim,
        lambda: kim.post("/opportunities", _call(stage, "A circle", "any", parent=_unknown(), seat="any")),
    )
    body: dict[str, Value] = {
        "title": "Sound, later",
        "need": "It comes when it comes.",
        "roles": [{"title": "sound", "seats": 1}],
        "bids_close": stage.network.now_ms + DAY_MS,
        "decide_by": stage.network.now_ms + 2 * DAY_MS,
        "deliver_by": stage.network.now_ms + (_DAYS_TO_DELIVER + 5) * DAY_MS,
        "parent": {"opportunity": record_id(top), "seat": "sound"},
        "flow_down": [dict[str, Value](_SECRET)],
    }
    pen = Pen.of_node(dana.folder)
    record = pen.sign("opportunity", body, now_ms=stage.network.now_ms)
    stage.bring("calls for the late sound all the same", dana, pen, [record])
    stage.steps.saw(
        "the late call is no part of the film",
        lambda node: _links(node, top).get("Sound, later"),
        ("void", "SUB-2"),
        remark="SUB-2",
    )


def _bid_up(stage: Stage, top: str, video: str, captions: str) -> str:
    """Awards below wait for the one at the top, and are firm with it. Return Dana's team."""
    carl, dana, hana, ivo, kim = stage.people("Carl", "Dana", "Hana", "Ivo", "Kim")
    bid = stage.steps.published("bids for the captions", ivo, ivo.post("/bids", _bid(captions, 60_000)))
    stage.steps.published("awards the captions to Ivo", hana, hana.post("/awards", {"bid": bid["id"]}))
    bid = stage.steps.published("bids for the video", hana, hana.post("/bids", _bid(video, 400_000)))
    stage.steps.published("awards the video to Hana", dana, dana.post("/awards", {"bid": bid["id"]}))
    offer = dana.post(
        "/teams",
        {
            "name": "Wing",
            "purpose": "The film for the new wing.",
            "opportunity": top,
            "seats": [
                {"role": "lead", "identity": dana.identity, "share": 6000},
                {"role": "drawings", "identity": kim.identity, "share": 4000},
            ],
            "filled_by": [{"seat": "video", "opportunity": video}],
        },
    )
    team = str(
        stage.steps.published("offers a team whose video seat is filled by her call", dana, offer)["document"]
    )
    stage.steps.published("accepts", kim, kim.post(f"/teams/{team}/accept"))
    bid = stage.steps.published("bids for the team", dana, dana.post("/bids", _bid(top, 1_500_000, team)))
    conditional = ("conditional", "")
    stage.steps.saw(
        "both awards below are conditional",
        lambda node: _some(_links(node, top), "Video", "Captions"),
        [conditional, conditional],
    )
    stage.steps.published("awards the film to Dana's team", carl, carl.post("/awards", {"bid": bid["id"]}))
    stage.steps.saw(
        "with that, both awards below are firm",
        lambda node: _some(_links(node, top), "Video", "Captions"),
        [("firm", ""), ("firm", "")],
    )
    _look_down(stage, top)
    return team


def _look_down(stage: Stage, top: str) -> None:
    """Everybody sees who fills which seat and what was passed on; a price only who is party to it."""
    seen = {
        branch["title"]: (branch["seat"], branch["awarded_name"], branch["clauses"])
        for branch in _branches(stage.person("Carl"), top)
        if branch["title"] in ("Video", "Captions")
    }
    expected = {
        "Video": ("video", "Hana", ["confidentiality"]),
        "Captions": ("captions", "Ivo", ["confidentiality"]),
    }
    stage.steps.holds(
        "sees who fills the seats below, and that the clause was passed on", is_so=seen == expected, by="Carl"
    )
    prices = {
        name: [
            branch["title"]
            for branch in _branches(stage.person(name), top)
            if branch["price"] is not None and branch["title"] != "Sound, later"
        ]
        for name in ("Carl", "Dana", "Hana", "Ivo")
    }
    whole = _branches(stage.person("Dana"), top)[0]["title"]
    due = {"Carl": [whole], "Dana": [whole, "Video"], "Hana": ["Video", "Captions"], "Ivo": ["Captions"]}
    stage.steps.holds(
        "each sees the prices of their own agreements, and no other", is_so=prices == due, remark=str(prices)
    )


def _replace(stage: Stage, top: str, video: str, captions: str) -> None:
    """Ivo drops out without blame; Hana finds another, and nothing above changes."""
    hana, ivo, kim = stage.people("Hana", "Ivo", "Kim")
    [won] = [bid for bid in hana.get(f"/opportunities/{captions}")["bids_list"] if bid["status"] == "awarded"]
    engaged = hana.post("/engagements", {"award": won["id"]})
    document = str(stage.steps.published("drafts the engagement with Ivo", hana, engaged)["document"])
    stage.steps.published("signs it", ivo, ivo.post(f"/documents/{document}/sign"))
    above = {node.name: _above(node, top, video) for node in stage.network.everybody}
    ended = ivo.post(f"/engagements/{document}/close", {"way": "convenience", "note": "My wrist is broken."})
    stage.steps.published("has to end it, without anybody's fault", ivo, ended)
    stage.steps.saw(
        "it is seen who ended it, and that no fault is claimed",
        lambda node: [(end["way"], end["by_names"]) for end in node.get(f"/engagements/{document}")["endings"]],
        [("convenience", ["Ivo"])],
    )
    call = _call(stage, "Captions, once more", "captions", parent=video, seat="captions")
    again = stage.steps.published("calls for the captions again", hana, hana.post("/opportunities", call))
    bid = stage.steps.published("bids for them", kim, kim.post("/bids", _bid(str(again["id"]), 65_000)))
    stage.steps.published("awards them to Kim", hana, hana.post("/awards", {"bid": bid["id"]}))
    stage.steps.saw(
        "Kim's award is firm at once",
        lambda node: _links(node, top).get("Captions, once more"),
        ("firm", ""),
    )
    stage.steps.saw(
        "the two levels above are as they were", lambda node: _above(node, top, video) == above[node.name], True
    )


def _lapse(stage: Stage) -> None:
    """Where the top is never decided, what hangs on it lapses."""
    carl, dana, hana = stage.people("Carl", "Dana", "Hana")
    call = _call(stage, "A second film", "team")
    top = str(stage.steps.published("calls for a second film", carl, carl.post("/opportunities", call))["id"])
    below = _call(stage, "Its video", "camera", parent=top, seat="video")
    video = str(stage.steps.published("calls for its video", dana, dana.post("/opportunities", below))["id"])
    bid = stage.steps.published("bids for that", hana, hana.post("/bids", _bid(video, 300_000)))
    stage.steps.published("awards it to Hana", dana, dana.post("/awards", {"bid": bid["id"]}))
    stage.pass_days(_DAYS_TO_DECIDE + 1)
    stage.steps.saw(
        "Carl never decided, so Hana's award has lapsed",
        lambda node: (node.get(f"/opportunities/{top}")["status"], _links(node, top)["Its video"]),
        ("lapsed", ("lapsed", "")),
    )


def _go_too_deep(stage: Stage) -> None:
    """A chain has so many levels, and no more."""
    kim = stage.person("Kim")
    above = str(kim.post("/opportunities", _call(stage, "Level 1", "any"))["id"])
    for level in range(2, RECURSION_DEPTH_MAX + 1):
        call = _call(stage, f"Level {level}", "any", parent=above, seat="any")
        above = str(kim.post("/opportunities", call)["id"])
    stage.steps.say(f"calls for help with a call, {RECURSION_DEPTH_MAX} levels down", kim)
    stage.steps.refused(
        "calls on one level more",
        kim,
        lambda: kim.post("/opportunities", _call(stage, "Too deep", "any", parent=above, seat="any")),
        rule="SUB-4",
    )


def _call(
    stage: Stage,
    title: str,
    role: str,
    *,
    parent: str = "",
    seat: str = "",
    flow_down: list[dict[str, str]] | None = None,
) -> dict[str, object]:
    """Return a call for proposals; what hangs on another takes its moments from there."""
    now_ms = stage.network.now_ms
    call: dict[str, object] = {
        "title": title,
        "need": f"{title}, well made.",
        "roles": [{"title": role, "seats": 1}],
        "bids_close": now_ms + 5 * DAY_MS,
    }
    if parent:
        return {**call, "parent": {"opportunity": parent, "seat": seat}}
    moments = {"decide_by": now_ms + _DAYS_TO_DECIDE * DAY_MS, "deliver_by": now_ms + _DAYS_TO_DELIVER * DAY_MS}
    return {**call, **moments, "flow_down": flow_down or []}


def _bid(opportunity: str, amount_minor: int, team: str | None = None) -> dict[str, object]:
    bid: dict[str, object] = {
        "opportunity": opportunity,
        "price": {"amount_minor": amount_minor, "currency": "EUR", "unit": "fixed"},
        "plan": "As it is asked for.",
    }
    return {**bid, "team": team} if team else bid


def _body(node: NodeProcess, opportunity: str) -> Answer:
    body: Answer = node.get(f"/opportunities/{opportunity}")["body"]
    return body


def _branches(node: NodeProcess, opportunity: str) -> list[Answer]:
    """Return the whole tree, from the top down."""
    waiting, found = [node.get(f"/trees/{opportunity}")["top"]], []
    while waiting:
        branch = waiting.pop(0)
        found.append(branch)
        waiting += branch["branches"]
    return found


def _links(node: NodeProcess, opportunity: str) -> dict[str, tuple[str, str]]:
    return {branch["title"]: (branch["link"], branch["rule"]) for branch in _branches(node, opportunity)}


def _some(links: dict[str, tuple[str, str]], *titles: str) -> list[tuple[str, str] | None]:
    return [links.get(title) for title in titles]


def _above(node: NodeProcess, *opportunities: str) -> list[Answer]:
    """Return what a node says of the upper levels, without what hangs on them."""
    return [node.get(f"/opportunities/{opportunity}") for opportunity in opportunities]


def _unknown() -> str:
    return record_text(RecordId(_UNKNOWN))


CHAIN = Tale(
    name="S3",
    title="Opportunities within opportunities, three levels deep",
    people={
        "Carl": "client",
        "Dana": "lead of the team, calls for video",
        "Hana": "makes video, calls for captions",
        "Ivo": "writes captions",
        "Kim": "draws, then writes captions",
    },
    starts_days_ago=20,
    steps=50,
    tell=tell,
)
