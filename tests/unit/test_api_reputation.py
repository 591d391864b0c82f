"""The routes about what people did and say of each other, over HTTP as the command line asks them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from support.hired import accepted, engaged, name_of
from support.node_parts import served, share
from support.three_nodes import Three, three_nodes


@pytest.fixture
async def three() -> AsyncIterator[Three]:
    async with three_nodes() as nodes:
        yield nodes


async def said(answer: httpx.Response) -> Any:  # noqa: ANN401 - whatever JSON holds
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.json()


async def test_a_client_says_of_whom_they_worked_with_what_the_work_bears_out(three: Three) -> None:
    carl, dana, _eli = three
    document, who = await engaged(carl, dana, review_days=14), name_of(dana)
    await accepted(document, carl, dana)
    async with served(carl) as api:
        vouched = await said(await api.post("/vouches", json={"subject": who, "how": "We met."}))
        assert vouched["kind"] == "vouch"
        shown = await said(await api.get(f"/people/{who}/trust"))
        assert (shown["amount"], shown["ways"][0]["steps"][0]["receiver_name"]) == (4, "Dana")
        word = {"subject": who, "text": "Frank", "basis": document, "milestone": 0, "skill": {"label": "Sound"}}
        endorsed = await said(await api.post("/endorsements", json=word))
        assert "class E3" in endorsed["notes"][0]
        review = {"document": document, "subject": who, "text": "Frank about delays.", "again": "gladly"}
        promised = await said(await api.post("/reviews", json=review))
        [listed] = (await said(await api.get(f"/reviews/{document}")))["items"]
        assert (listed["status"], listed["is_kept"], listed["commit"]) == ("committed", True, promised["id"])
        assert (await said(await api.get(f"/people/{who}/facts")))["accepted"]["count"] == 1
        await said(await api.delete(f"/reviews/{promised['id']}"))
        await said(await api.delete(f"/endorsements/{endorsed['id']}"))
        await said(await api.delete(f"/vouches/{who}"))
        assert (await said(await api.get(f"/people/{who}/trust")))["amount"] == 0
        assert (await said(await api.get("/people/me/trust")))["distance"] == 0
        assert (await said(await api.get("/people/me/facts")))["engagements"]["in-force"]["proofs"] == [document]


async def test_a_way_of_working_is_published_chosen_and_reported_on(three: Three) -> None:
    carl, dana, _eli = three
    async with served(carl) as api:
        fields = {
            "name": "Two weeks",
            "intent": "Short rounds.",
            "steps": ["Plan."],
            "measures": [{"name": "falls"}],
        }
        published = await said(await api.post("/patterns", json=fields))
        await share(*three)
        document = await engaged(carl, dana, pattern=published["id"])
        outcome = {
            "pattern": published["id"],
            "document": document,
            "verdict": "keep",
            "measures": [{"name": "falls", "value": 0}],
        }
        await said(await api.post("/pattern-outcomes", json=outcome))
        shown = await said(await api.get(f"/patterns/{published['id']}"))
        assert (shown["verdicts"]["keep"], shown["measures"][0]["median"]) == (1, 0)
        assert [item["used"] for item in (await said(await api.get("/patterns")))["items"]] == [1]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/vouches", {"subject": "folk1"}),
        ("/reviews", {"document": "doc1", "subject": "folk1", "text": "Hm", "again": "maybe"}),
        ("/patterns", {"name": "Two weeks", "intent": "Short rounds.", "steps": []}),
        ("/pattern-outcomes", {"pattern": "rec1", "document": "doc1", "verdict": "great"}),
    ],
)
async def test_a_request_that_makes_no_sense_is_a_mistake_of_who_asks(
    three: Three, path: str, body: dict[str, object]
) -> None:
    async with served(three.carl) as api:
        answer = await api.post(path, json=body)
        assert 400 <= answer.status_code < 500
        assert "Traceback" not in answer.text
