"""The routes around bids, membership and chains, over HTTP as the command line asks them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from support.node_parts import served, share
from support.three_nodes import PRICE, Three, three_nodes

from folkmoot.limits import DAY_MS
from folkmoot_node.views.naming import identity_text


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


async def said(answer: httpx.Response) -> Any:  # noqa: ANN401 - whatever JSON holds
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.json()


async def test_a_sealed_call_from_the_first_question_to_the_chain_it_is_part_of(three: Three) -> None:
    carl, dana, eli = three
    async with served(carl) as client, served(dana) as bidder, served(eli) as below:
        now_ms = carl.clock.now_ms()
        roles = [{"title": "Sound", "prefer": ["Ambisonics"], "indifferent": ["Degree"]}]
        call = {
            "title": "A guide",
            "need": "Sound",
            "roles": roles,
            "bids_close": now_ms + 5 * DAY_MS,
            "mode": "sealed",
            "bids_max": 1,
            "skills": ["Sound"],
            "uris": [{"label": "Sound", "uri": "http://data.europa.eu/esco/skill/x"}],
            "flow_down": [{"name": "GDPR", "text": "In the EU."}],
        }
        top = (await said(await client.post("/opportunities", json=call)))["id"]
        await said(await client.post(f"/opportunities/{top}/revise", json={"need": "Sound and light"}))
        await share(*three)
        asked = await said(await bidder.post(f"/opportunities/{top}/questions", json={"text": "Stereo?"}))
        await share(*three)
        answer = {"text": "Yes.", "question": asked["id"]}
        await said(await client.post(f"/opportunities/{top}/clarifications", json=answer))
        await share(*three)
        part = {"opportunity": top, "seat": "captions"}
        sub = {"title": "Captions", "need": "Text", "roles": [{"title": "Captions"}], "bids_close": now_ms + DAY_MS}
        lower = (await said(await below.post("/opportunities", json={**sub, "parent": part})))["id"]
        bid = {"opportunity": top, "price": PRICE, "plan": "Listen."}
        promised = await said(await bidder.post("/bids", json=bid))
        assert promised["kind"] == "bid-commit"
        await share(*three)
        carl.clock.at_ms += 6 * DAY_MS
        await said(await client.post(f"/opportunities/{top}/bid-list", json={}))
        await share(*three)
        await dana.settle()
        await share(*three)
        shown = await said(await client.get(f"/opportunities/{top}"))
        assert [(item["commit"], item["status"]) for item in shown["bids_list"]] == [(promised["id"], "standing")]
        assert (shown["need"], shown["is_sealed"], shown["is_listed"]) == ("Sound and light", True, True)
        assert shown["roles"][0]["prefer"] == ["Ambisonics"]
        assert shown["questions"][0]["id"] == shown["clarifications"][0]["question"] == asked["id"]
        tree = await said(await client.get(f"/trees/{lower}"))
        assert (tree["asked"], tree["top"]["branches"][0]["clauses"]) == (lower, ["GDPR"])
        carl.clock.at_ms += 14 * DAY_MS
        shown = await said(await client.get(f"/opportunities/{top}"))
        done = shown["client_facts"]
        assert (shown["status"], done["bids_received"], done["bids_answered"], done["lapsed"]) == (
            "lapsed",
            1,
            0,
            1,
        )


async def test_membership_and_counters(three: Three) -> None:
    carl, dana, eli = three
    async with served(carl) as client, served(dana) as lead, served(eli) as member:
        now_ms = carl.clock.now_ms()
        call = {"title": "A", "need": "B", "roles": [{"title": "C"}], "bids_close": now_ms + DAY_MS}
        call_id = (await said(await client.post("/opportunities", json=call)))["id"]
        seats = [{"role": "lead", "identity": identity_text(dana.who.id)}, {"role": "captions"}]
        offer = {"name": "Crew", "purpose": "Work", "seats": seats, "scoping": [{"place": 0, "share": 500}]}
        first = (await said(await lead.post("/teams", json=offer)))["document"]
        await share(*three)
        await said(
            await member.post(f"/teams/{first}/applications", json={"seat": 1, "text": "Me.", "share": 4000})
        )
        await share(*three)
        shown = await said(await lead.get(f"/teams/{first}"))
        assert (shown["applications"][0]["place"], shown["scoping"][0]["share"]) == (1, 500)
        seats[1]["identity"] = shown["applications"][0]["applicant"]
        dana.clock.at_ms += 1
        second = (await said(await lead.post("/teams", json={**offer, "seats": seats, "replaces": first})))[
            "document"
        ]
        await share(*three)
        await said(await member.post(f"/teams/{second}/counter", json={"text": "More.", "seat": 1, "share": 5000}))
        taken = await member.post(f"/teams/{second}/withdraw", json={"reason": "fit"})
        assert taken.status_code == httpx.codes.CONFLICT
        await said(await member.post(f"/teams/{second}/accept"))
        await eli.settle()
        await share(*three)
        bid = (await said(await lead.post("/bids", json={"opportunity": call_id, "price": PRICE, "plan": "P"})))[
            "id"
        ]
        await share(*three)
        await said(await client.post(f"/bids/{bid}/counter", json={"text": "Less.", "price": PRICE}))
        await said(await member.post(f"/teams/{second}/leave", json={"reason": "health"}))
        assert [seat["status"] for seat in (await said(await member.get(f"/teams/{second}")))["seats"]][1] == "left"
