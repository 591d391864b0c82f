"""What the API takes no request for under an engagement: each mistake is named, and nothing is published."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from support.node_parts import NodeParts, node_parts, served
from support.three_nodes import UNKNOWN_RECORD, UNKNOWN_TEAM
from support.world import StoppedClock

from folkmoot_node.views.naming import identity_text


@pytest.fixture
async def carl() -> AsyncIterator[NodeParts]:
    async with node_parts("carl", StoppedClock()) as parts:
        yield parts


@pytest.fixture
async def http(carl: NodeParts) -> AsyncIterator[httpx.AsyncClient]:
    async with served(carl) as client:
        yield client


MILESTONE: dict[str, Any] = {
    "name": "All of it",
    "amount_minor": 1,
    "due_day": 1,
    "criteria": ["It runs."],
    "accept_days": 5,
    "on_silence": "accept",
}
WORK = f"/engagements/{UNKNOWN_TEAM}"


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/engagements", {"terms": {"penalty": "Death."}}, "terms.penalty"),
        ("/engagements", {"terms": {"pay_days": 2.5}}, "terms.pay_days"),
        ("/engagements", {"terms": {"shares": [0, 10_001]}}, "terms.shares.1"),
        ("/engagements", {"terms": {"deliverables": [None]}}, "terms.deliverables.0"),
        (
            "/engagements",
            {"terms": {"milestones": [{**MILESTONE, "on_silence": "shrug"}]}},
            "milestones.0.on_silence",
        ),
        ("/engagements", {"terms": {"milestones": [{**MILESTONE, "criteria": []}]}}, "milestones.0.criteria"),
        ("/engagements", {"parties": [{"capacity": "client"}]}, "parties.0.identity"),
        (f"{WORK}/deliveries", {"milestone": 32}, "milestone"),
        (f"{WORK}/deliveries", {"milestone": 0, "files": [{"sha256": "ab"}]}, "files.0.sha256"),
        (f"{WORK}/payments/received", {"milestone": 0, "amount_minor": 5}, "belong together"),
        (f"{WORK}/payments/received", {"milestone": 0, "amount_minor": 0, "currency": "EUR"}, "amount_minor"),
        (f"{WORK}/payments/received", {"milestone": 0, "payee": 1}, "payee"),
        (f"{WORK}/close", {"way": "fire"}, "way"),
        (f"/deliveries/{UNKNOWN_RECORD}/answer", {"failed": [16]}, "failed.0"),
        ("/receipts", {"of": []}, "of"),
        ("/receipts", {"of": [UNKNOWN_RECORD] * 61}, "of"),
        (f"/disputes/{UNKNOWN_RECORD}/steps", {"step": "finding"}, "step"),
        (f"/disputes/{UNKNOWN_RECORD}/finding", {"reason": "mood"}, "reason"),
    ],
)
async def test_a_faulty_request_names_its_fault(
    path: str, body: dict[str, Any], named: str, http: httpx.AsyncClient, carl: NodeParts
) -> None:
    response = await http.post(path, json=body)
    assert response.status_code == 422
    error = response.json()["error"]
    assert (error["exit"], named in error["message"]) == (2, True), error["message"]
    assert carl.announced == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", WORK, None),
        ("GET", f"/documents/{UNKNOWN_TEAM}", None),
        ("GET", f"/disputes/{UNKNOWN_RECORD}", None),
        ("GET", f"/engagements/suggested?award={UNKNOWN_RECORD}", None),
        ("GET", f"/engagements/suggested?changes={UNKNOWN_TEAM}", None),
        ("POST", f"/documents/{UNKNOWN_TEAM}/sign", None),
        ("POST", f"/documents/{UNKNOWN_TEAM}/decline", {"reason": "fit"}),
        ("POST", f"{WORK}/deliveries", {"milestone": 0}),
        ("POST", f"{WORK}/payments/sent", {"milestone": 0, "payee": 1}),
        ("POST", f"{WORK}/payments/received", {"milestone": 0}),
        ("POST", f"{WORK}/close", {"way": "completed"}),
        ("POST", f"/deliveries/{UNKNOWN_RECORD}/answer", {}),
        ("POST", "/receipts", {"of": [UNKNOWN_RECORD]}),
        ("POST", "/disputes", {"about": UNKNOWN_RECORD, "text": "What?"}),
        ("POST", f"/disputes/{UNKNOWN_RECORD}/steps", {"step": "take"}),
        ("POST", f"/disputes/{UNKNOWN_RECORD}/finding", {"reason": "shared"}),
        ("POST", f"/disputes/{UNKNOWN_RECORD}/settlement", {"text": "Half."}),
    ],
)
async def test_what_is_unknown_here_is_not_found(
    method: str, path: str, body: dict[str, Any] | None, http: httpx.AsyncClient
) -> None:
    response = await http.request(method, path, json=body)
    assert (response.status_code, response.json()["error"]["exit"]) == (404, 4)


async def test_a_node_that_holds_none_lists_none_and_suggests_nothing(http: httpx.AsyncClient) -> None:
    assert (await http.get("/engagements")).json() == {"items": []}
    assert (await http.get("/engagements/suggested")).json() == {"parties": [], "terms": {}}


async def test_ids_and_bytes_in_terms_are_text(http: httpx.AsyncClient, carl: NodeParts) -> None:
    seat = {"role": "lead", "identity": identity_text(carl.who.id)}
    team = (await http.post("/teams", json={"name": "Solo", "purpose": "Work", "seats": [seat]})).json()["document"]
    shown = (await http.get(f"/documents/{team}")).json()
    assert (shown["type"], shown["terms"]["name"], shown["unknown"]) == ("team", "Solo", [])
    assert (await http.get(f"/engagements/{team}")).json()["error"]["message"].endswith("not an engagement")
