"""Opportunities and their bids, as anybody derives them from who signed what."""

from collections.abc import Sequence
from functools import partial
from typing import cast

from folkmoot.ids import IdentityId, RecordId
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.record import Record
from folkmoot.state.facts import derive_facts
from folkmoot.state.opportunity import BidState, OpportunityState, OpportunityStatus, derive_opportunity
from folkmoot.state.recursion import derive_link
from folkmoot.state.team import derive_team
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.views.bearing import scene_of
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_id, record_text
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.shapes import Json, OpportunityList, OpportunitySummary
from folkmoot_node.views.tenders import commits_json, counters_json, is_listed, is_sealed, remarks_json
from folkmoot_node.views.viewpoint import LISTED_MAX, Scene, Viewpoint
from folkmoot_node.views.work_shapes import BidShape, ClientFactsShape, LinkShape, OpportunityShape

DERIVED_MAX = 200


async def opportunity(view: Viewpoint, opportunity_id: RecordId) -> OpportunityShape:
    """Return where one opportunity stands, with every bid on it.

    Raises:
        UnknownIdError: No such opportunity is held.
    """
    scene, state = await standing_opportunity(view, opportunity_id)
    body = body_json(state.latest.body)
    return {
        **opportunity_summary(scene, state),
        "need": cast("str", body["need"]),
        "latest": record_text(state.latest.id),
        "reason": state.reason,
        "award": record_text(state.award) if state.award else None,
        "awards": [record_text(award) for award in state.awards],
        "is_whole": scene.is_whole,
        "is_sealed": is_sealed(scene.evidence, state),
        "is_listed": is_listed(scene.evidence, state),
        "bids_list": [_bid_json(scene, state, bid) for bid in state.bids],
        "commits": commits_json(scene, state),
        "questions": remarks_json(scene, state.questions),
        "clarifications": remarks_json(scene, state.clarifications),
        "link": await view.work(partial(_link_json, scene, state)),
        "client_facts": await _client_facts(view, state.client),
        "body": body,
    }


async def opportunities(view: Viewpoint, *, status: str, mine: bool, limit: int) -> OpportunityList:
    """List opportunities: the open ones by the moment bids close, or all of them newest first."""
    if mine:
        records = await view.store.by_author(view.identity, "opportunity", limit=LISTED_MAX)
    else:
        records = await view.store.by_kind("opportunity", limit=LISTED_MAX)
    if status == "open":
        return {"items": await open_summaries(view, records, limit=limit)}
    scene, states = await _derived(view, records[: min(limit, DERIVED_MAX)])
    return {"items": [opportunity_summary(scene, state) for state in states]}


async def open_summaries(view: Viewpoint, records: Sequence[Record], *, limit: int) -> list[OpportunitySummary]:
    """Return the lines about those of some opportunities that are open, in the order in which bids close."""
    now_ms = view.now_ms()
    candidates = [record for record in records if _may_be_open(record, now_ms)]
    candidates.sort(key=lambda record: (read_opportunity(record).bids_close, record.id))
    scene, states = await _derived(view, candidates[:DERIVED_MAX])
    standing = [state for state in states if state.status is OpportunityStatus.OPEN]
    return [opportunity_summary(scene, state) for state in standing[:limit]]


async def standing_opportunity(
    view: Viewpoint, opportunity_id: RecordId, *beside: bytes
) -> tuple[Scene, OpportunityState]:
    """Load an opportunity with all that bears on it; an id that was revised leads to what stands now.

    Args:
        view: From where.
        opportunity_id: Which one.
        beside: Ids of what has to be in sight too, a bid or a team, however much else there is.

    Raises:
        UnknownIdError: No such opportunity is held.
    """
    scene = await view.around(*beside, opportunity_id)
    state = derive_opportunity(scene.evidence, opportunity_id)
    if state is None:
        later = scene.evidence.referring("opportunity", "revises", opportunity_id)
        state = derive_opportunity(scene.evidence, later[0].id) if later else None
    if state is None:
        raise UnknownIdError(
            f"no opportunity {record_text(opportunity_id)} is known here",
            advice=SYNC_ADVICE,
        )
    return scene, state


async def standing_bid(view: Viewpoint, bid: str) -> tuple[Scene, OpportunityState, BidState]:
    """Find a bid and the opportunity that it answers.

    Raises:
        UnknownIdError: Bid or opportunity is not known here, or the id is mistyped.
        RefusedError: The id names a record that is no bid.
    """
    bid_id = record_id(bid)
    record = await view.record(bid_id)
    if record is None or record.is_tombstone:
        raise UnknownIdError(f"no bid {bid} is known here", advice=SYNC_ADVICE)
    if record.kind != "bid":
        raise RefusedError(f"{bid} is a record of kind {record.kind}, not a bid")
    scene, state = await standing_opportunity(view, read_bid(record).opportunity, bid_id)
    found = next((item for item in state.bids if item.id == bid_id), None)
    if found is None:
        raise UnknownIdError(f"the opportunity that {bid} answers is not known here", advice=SYNC_ADVICE)
    return scene, state, found


def opportunity_summary(scene: Scene, state: OpportunityState) -> OpportunitySummary:
    """Return the line about an opportunity in a list."""
    body = body_json(state.latest.body)
    return {
        "id": record_text(state.id),
        "title": cast("str", body["title"]),
        "client": identity_text(state.client),
        "client_name": scene.name(state.client),
        "status": state.status.value,
        "bids_close": cast("int", body["bids_close"]),
        "decide_by": cast("int", body["decide_by"]),
        "roles": cast("list[Json]", body["roles"]),
        "skills": cast("list[str]", body.get("skills", [])),
        "budget": cast("Json | None", body.get("budget")),
        "bids": len(state.bids),
    }


async def _derived(view: Viewpoint, records: Sequence[Record]) -> tuple[Scene, list[OpportunityState]]:
    scene = await view.around(*(record.id for record in records))
    return scene, await view.work(partial(_states, scene, records))


def _states(scene: Scene, records: Sequence[Record]) -> list[OpportunityState]:
    states = (derive_opportunity(scene.evidence, record.id) for record in records)
    return [state for state in states if state is not None]


def _may_be_open(record: Record, now_ms: int) -> bool:
    read = read_opportunity(record)
    return read.bids_close >= now_ms and read.closed is None


async def _client_facts(view: Viewpoint, client: IdentityId) -> ClientFactsShape:
    scene = await scene_of(view, client)
    done = await view.work(partial(derive_facts, scene.evidence, client))
    return {
        "bids_received": done.bids_received.count,
        "bids_answered": done.bids_answered.count,
        "lapsed": done.lapsed.count,
        "payment_days": list(done.payment_days),
        "payments_overdue": done.payments_overdue.count,
    }


def _link_json(scene: Scene, state: OpportunityState) -> LinkShape:
    link = derive_link(scene.evidence, state.latest)
    parent = cast("dict[str, str]", body_json(state.latest.body).get("parent", {}))
    return {
        "status": link.status.value,
        "rule": link.rule,
        "parent": parent.get("opportunity"),
        "seat": parent.get("seat", ""),
    }


def _bid_json(scene: Scene, state: OpportunityState, bid: BidState) -> BidShape:
    body = body_json(bid.record.body)
    team = derive_team(scene.evidence, bid.team) if bid.team else None
    return {
        "id": record_text(bid.id),
        "bidder": identity_text(bid.bidder),
        "bidder_name": scene.name(bid.bidder),
        "team": document_text(bid.team) if bid.team else None,
        "team_name": team.terms.name if team else None,
        "price": cast("Json", body["price"]),
        "plan": cast("str", body["plan"]),
        "valid_until": read_bid(bid.record).valid_until,
        "allocations": cast("list[Json]", body.get("allocations", [])),
        "assumptions": cast("str", body.get("assumptions", "")),
        "status": bid.status.value,
        "rule": bid.rule,
        "reason": bid.reason,
        "commit": cast("str | None", body.get("commit")),
        "adopts": cast("str | None", body.get("counter")),
        "counters": counters_json(scene, "bid", bid.id, [state.client]),
    }
