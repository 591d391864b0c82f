"""The API over real HTTP: two people on two nodes go from an offer to an endorsement, and errors have one shape."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.node_parts import NodeParts, node_parts, served, share
from support.world import StoppedClock

from folkmoot.limits import DAY_MS
from folkmoot.verification import verify_bundle
from folkmoot_node.views.naming import identity_text


@dataclass
class Side:
    """One person's node and a client for its API."""

    parts: NodeParts
    http: httpx.AsyncClient

    @property
    def id(self) -> str:
        return identity_text(self.parts.who.id)

    async def get(self, path: str, **query: str | int) -> dict[str, Any]:
        return _answer(await self.http.get(path, params=query))

    async def do(self, method: str, path: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
        return _answer(await self.http.request(method, path, json=fields))

    async def refused(self, method: str, path: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
        response = await self.http.request(method, path, json=fields)
        assert response.status_code >= 400, response.text
        error: dict[str, Any] = response.json()["error"]
        return {"status": response.status_code, **error}


def _answer(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


Sides = tuple[Side, Side, Side]


@pytest.fixture
async def sides(tmp_path: Path) -> AsyncIterator[Sides]:
    clock = StoppedClock()
    async with (
        node_parts("carl", clock, tmp_path) as carl,
        node_parts("dana", clock, tmp_path) as dana,
        node_parts("eli", clock, tmp_path) as eli,
        served(carl) as carls,
        served(dana) as danas,
        served(eli) as elis,
    ):
        yield Side(carl, carls), Side(dana, danas), Side(eli, elis)


async def test_a_team_forms_over_http(sides: Sides) -> None:
    carl, dana, eli = sides
    call = await _called(sides)
    seats = [{"role": "lead", "identity": dana.id}, {"role": "sound", "identity": eli.id}]
    offer = {"name": "Sound and Vision", "purpose": "To win", "seats": seats, "opportunity": call}
    first = await dana.do("POST", "/teams", offer)
    await eli.parts.hear(dana.parts)
    await eli.do("POST", f"/teams/{first['document']}/accept")
    carl.parts.clock.at_ms += 1000
    second = await dana.do("POST", "/teams", {**offer, "replaces": first["document"]})
    await _share(sides)
    late = await eli.refused("POST", f"/teams/{first['document']}/accept")
    assert (late["status"], late["code"], late["exit"], late["rule"]) == (409, "refused", 5, "TEA-3")
    for side in sides:
        shown = await side.get(f"/teams/{second['document']}")
        assert [item["rule"] for item in shown["refused"]] == ["TEA-3"]
    await _won(sides, call, second["document"])
    await _endorsed(sides, second["document"])
    assert len({(await side.get("/state"))["state_hash"] for side in sides}) == 1
    bundle = (await eli.http.get("/export", params={"id": str(second["document"])})).content
    verified = verify_bundle(bundle, now_ms=carl.parts.clock.now_ms(), network=carl.parts.author.network)
    assert verified.is_sound
    assert {team.status.value for team in verified.teams} == {"formed", "superseded"}


async def _called(sides: Sides) -> str:
    """Let everybody have a profile, and Carl call for proposals."""
    for side in sides:
        await side.do("PUT", "/profile", {"name": side.parts.who.name.title(), "skills": [{"label": "Sound"}]})
    fields = {
        "title": "A guide for a museum",
        "need": "An app with sound.",
        "roles": [{"title": "Sound", "seats": 1, "skills": ["Sound"]}],
        "bids_close": sides[0].parts.clock.now_ms() + 7 * DAY_MS,
    }
    call = await sides[0].do("POST", "/opportunities", fields)
    await _share(sides)
    return str(call["id"])


async def _won(sides: Sides, call: str, team: str) -> None:
    """Let the team form, bid and win; too early a bid and a second award are refused."""
    carl, dana, eli = sides
    price = {"amount_minor": 90_000, "currency": "EUR", "unit": "fixed"}
    bid = {"opportunity": call, "price": price, "plan": "First listen.", "team": team}
    unformed = await dana.refused("POST", "/bids", bid)
    assert unformed["rule"] == "BID-3"
    assert "Eli" in str(unformed["message"])
    await eli.do("POST", f"/teams/{team}/accept", {"seat": 1})
    await eli.parts.settle()
    await _share(sides)
    placed = await dana.do("POST", "/bids", bid)
    await _share(sides)
    await carl.do("POST", "/awards", {"bid": placed["id"]})
    twice = await carl.refused("POST", "/awards", {"bid": placed["id"]})
    assert (twice["status"], twice["rule"]) == (409, "STA-2")
    await _share(sides)
    await eli.parts.settle()
    assert (await eli.get(f"/opportunities/{call}"))["status"] == "awarded"


async def _endorsed(sides: Sides, team: str) -> None:
    """Let Dana endorse Eli, and Eli show it."""
    carl, dana, eli = sides
    word = await dana.do("POST", "/endorsements", {"subject": eli.id, "text": "Good ears", "basis": team})
    await _share(sides)
    await eli.do("POST", f"/endorsements/{word['id']}/show")
    await _share(sides)
    person = await carl.get(f"/people/{eli.id}")
    assert [item["class"] for item in person["endorsements"]] == ["E2"]


async def _share(sides: Sides) -> None:
    await share(*(side.parts for side in sides))


async def test_people_change_their_minds_over_http(sides: Sides) -> None:
    carl, dana, eli = sides
    call = await _called(sides)
    price = {"amount_minor": 90_000, "currency": "EUR", "unit": "day"}
    for side in (dana, eli):
        bid = await side.do("POST", "/bids", {"opportunity": call, "price": price, "plan": "Alone."})
        await _share(sides)
        if side is dana:
            await dana.do("DELETE", f"/bids/{bid['id']}")
        else:
            await carl.do("POST", "/declines", {"bid": bid["id"], "reason": "fit", "note": "Not this time"})
    await _share(sides)
    await carl.do("POST", f"/opportunities/{call}/close", {"reason": "cancelled"})
    await _share(sides)
    shown = await eli.get(f"/opportunities/{call}")
    assert (shown["status"], shown["reason"]) == ("withdrawn", "cancelled")
    assert [(item["bidder_name"], item["status"], item["reason"]) for item in shown["bids_list"]] == [
        ("Eli", "declined", "fit")
    ]
    assert (await eli.get("/opportunities"))["items"] == []
    everything = await eli.get("/opportunities", status="all")
    assert [item["status"] for item in everything["items"]] == ["withdrawn"]

    seats = [{"role": "lead", "identity": dana.id}, {"role": "sound", "identity": eli.id}]
    offer = await dana.do("POST", "/teams", {"name": "Duo", "purpose": "Work", "seats": seats})
    await _share(sides)
    await eli.do("POST", f"/teams/{offer['document']}/decline", {"reason": "timing"})
    await _share(sides)
    [item] = (await dana.get("/teams", mine="true"))["items"]
    assert item["status"] == "declined"

    word = await dana.do("POST", "/endorsements", {"subject": eli.id, "text": "Calm", "skill": {"label": "Sound"}})
    await _share(sides)
    await eli.do("POST", f"/endorsements/{word['id']}/show")
    await eli.do("POST", f"/endorsements/{word['id']}/hide")
    assert [item["is_shown"] for item in (await eli.get("/people/me"))["endorsements"]] == [False]

    question = await dana.do("POST", "/posts", {"text": "Which museum?", "about": call, "topic": "question"})
    await _share(sides)
    await carl.do("POST", "/posts", {"text": "The one by the river.", "replies": question["id"]})
    await _share(sides)
    replies = await eli.get("/posts", about=str(question["id"]))
    assert [item["text"] for item in replies["items"]] == ["The one by the river."]
    assert len({(await side.get("/state"))["state_hash"] for side in sides}) == 1
