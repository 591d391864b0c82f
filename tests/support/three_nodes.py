"""Three people with a node each, and how far they have come: what tests of acts begin with."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from support.node_parts import NodeParts, node_parts, share
from support.world import StoppedClock

from folkmoot.limits import DAY_MS
from folkmoot_node.acts.bid import Offer, publish_bid
from folkmoot_node.acts.opportunity import publish_opportunity
from folkmoot_node.acts.profile import publish_profile
from folkmoot_node.acts.seat import accept_seat
from folkmoot_node.acts.team import SeatOffer, TeamOffer, offer_team
from folkmoot_node.errors import ConfigError, NodeError, RefusedError, UnknownIdError
from folkmoot_node.views.naming import document_text, identity_text, record_text

PRICE = {"amount_minor": 900_00, "currency": "EUR", "unit": "fixed"}
UNKNOWN_RECORD = record_text(bytes(32))
UNKNOWN_TEAM = document_text(bytes(32))


class Three(NamedTuple):
    """Carl, a client; Dana, who leads; Eli, who joins."""

    carl: NodeParts
    dana: NodeParts
    eli: NodeParts


@asynccontextmanager
async def three_nodes() -> AsyncIterator[Three]:
    """Run the three, who know each other's profiles; their clock is one."""
    clock = StoppedClock()
    async with (
        node_parts("carl", clock) as carl,
        node_parts("dana", clock) as dana,
        node_parts("eli", clock) as eli,
    ):
        for node in (carl, dana, eli):
            await publish_profile(node.author, {"name": node.who.name.title()})
        await share(carl, dana, eli)
        yield Three(carl, dana, eli)


async def refused(node: NodeParts, act: Awaitable[object]) -> NodeError:
    """Return the error of an act that must leave no trace."""
    before = {record.id for record in (await node.store.everything()).records}
    announced = len(node.announced)
    with pytest.raises((RefusedError, UnknownIdError, ConfigError)) as caught:
        await act
    assert {record.id for record in (await node.store.everything()).records} == before
    assert len(node.announced) == announced
    message = caught.value.message
    assert message
    assert "\n" not in message
    assert not message.endswith(".")
    return caught.value


def call_of(node: NodeParts, **fields: object) -> dict[str, object]:
    roles = [{"title": "Sound", "seats": 1}]
    closes = node.clock.now_ms() + 7 * DAY_MS
    return {"title": "A guide", "need": "Sound", "roles": roles, "bids_close": closes, **fields}


async def called(three: Three) -> str:
    """Let Carl call for proposals; everybody knows."""
    published = await publish_opportunity(three.carl.author, call_of(three.carl))
    await share(*three)
    return record_text(published.record.id)


def offer_of(*nodes: NodeParts, **fields: object) -> TeamOffer:
    seats = [
        SeatOffer(role=f"role {place}", identity=identity_text(node.who.id)) for place, node in enumerate(nodes)
    ]
    return TeamOffer(**{"name": "The team", "purpose": "Work", "seats": seats, **fields})  # type: ignore[arg-type]


async def offered(three: Three, **fields: object) -> str:
    """Let Dana offer a team to Eli; everybody knows."""
    published = await offer_team(three.dana.author, offer_of(three.dana, three.eli, **fields))
    await share(*three)
    assert published.document is not None
    return document_text(published.document)


async def formed(three: Three) -> str:
    """Let Dana and Eli form a team; everybody knows."""
    team = await offered(three)
    await accept_seat(three.eli.author, team)
    await three.eli.settle()
    await share(*three)
    return team


async def placed(three: Three, call: str, **fields: object) -> str:
    """Let Dana bid; everybody knows."""
    published = await publish_bid(three.dana.author, bid_on(call, **fields))
    await share(*three)
    return record_text(published.record.id)


def bid_on(call: str, **fields: object) -> Offer:
    return Offer(**{"opportunity": call, "price": PRICE, "plan": "Listen.", **fields})  # type: ignore[arg-type]
