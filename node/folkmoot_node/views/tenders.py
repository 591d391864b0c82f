"""What is said around bids, as anybody derives it: questions and answers, commits and lists, counters."""

from collections.abc import Iterable
from typing import cast

from folkmoot.ids import IdentityId, RecordId
from folkmoot.kinds.bidding import listed_commits
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence
from folkmoot.state.opportunity import BidStatus, OpportunityState
from folkmoot_node.views.naming import identity_text, record_text
from folkmoot_node.views.rendering import body_json
from folkmoot_node.views.shapes import Json
from folkmoot_node.views.viewpoint import Scene
from folkmoot_node.views.work_shapes import CommitShape, CounterShape, RemarkShape


def is_sealed(evidence: Evidence, state: OpportunityState) -> bool:
    """Tell whether an opportunity takes sealed bids; what was sealed in one version stays so."""
    return any(read_opportunity(evidence.counted[version]).is_sealed for version in state.versions)


def is_listed(evidence: Evidence, state: OpportunityState) -> bool:
    """Tell whether the client has listed the sealed bids."""
    return bool(bid_lists(evidence, state))


def bid_lists(evidence: Evidence, state: OpportunityState) -> list[Record]:
    """Return the client's lists of sealed bids, lowest id first."""
    return [record for record in _naming(evidence, state, "bid-list") if record.author == state.client]


def commits(evidence: Evidence, state: OpportunityState) -> list[Record]:
    """Return the commits of bidders, by whom and whenever, in the order in which they claim to have come."""
    found = _naming(evidence, state, "bid-commit")
    return sorted(found, key=lambda record: (record.rev, record.id))


def commits_json(scene: Scene, state: OpportunityState) -> list[CommitShape]:
    """Return every sealed bid and how far it has come."""
    evidence = scene.evidence
    listed = [frozenset(listed_commits(record)) for record in bid_lists(evidence, state)]
    opened = {read_bid(bid.record).commit: bid.id for bid in state.bids if bid.status is not BidStatus.VOID}
    return [
        {
            "id": record_text(commit.id),
            "bidder": identity_text(commit.author),
            "bidder_name": scene.name(commit.author),
            "made_ms": commit.rev,
            "status": _commit_status(commit.id, listed, opened),
            "bid": record_text(opened[commit.id]) if commit.id in opened else None,
        }
        for commit in commits(evidence, state)
    ]


def remarks_json(scene: Scene, remarks: Iterable[RecordId]) -> list[RemarkShape]:
    """Return questions or clarifications as they were said, in the order of their revs."""
    records = sorted((scene.evidence.counted[one] for one in remarks), key=lambda record: (record.rev, record.id))
    return [
        {
            "id": record_text(record.id),
            "author": identity_text(record.author),
            "author_name": scene.name(record.author),
            "text": str(record.body["text"]),
            "question": record_text(record.targets("question")[0]) if record.targets("question") else None,
            "rev": record.rev,
        }
        for record in records
    ]


def counters_json(
    scene: Scene, relation: str, answered: bytes, authors: Iterable[IdentityId]
) -> list[CounterShape]:
    """Return what those entitled to it would rather have than a bid or a document; a counter taken back is none."""
    entitled = frozenset(authors)
    records = [
        record
        for record in scene.evidence.referring("counter", relation, answered)
        if record.author in entitled and scene.evidence.successor(record) is None
    ]
    return [_counter_json(scene, record) for record in sorted(records, key=lambda one: (one.rev, one.id))]


def _counter_json(scene: Scene, record: Record) -> CounterShape:
    body = body_json(record.body)
    return {
        "id": record_text(record.id),
        "author": identity_text(record.author),
        "author_name": scene.name(record.author),
        "text": str(body["text"]),
        "price": cast("Json | None", body.get("price")),
        "place": cast("int | None", body.get("party")),
        "share": cast("int | None", body.get("share")),
    }


def _commit_status(
    commit: RecordId, listed: list[frozenset[RecordId]], opened: dict[RecordId | None, RecordId]
) -> str:
    if commit in opened:
        return "opened"
    if not listed:
        return "committed"
    return "unopened" if all(commit in one for one in listed) else "not-listed"


def _naming(evidence: Evidence, state: OpportunityState, kind: str) -> list[Record]:
    return [record for version in state.versions for record in evidence.referring(kind, "opportunity", version)]
