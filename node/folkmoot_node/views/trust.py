"""How far the owner's own ties reach somebody, and by which ways; nobody else's answer, and no property of anybody.

Theory of operation: ties are looked up from the owner outwards, one distance after the other, so that a crowd which
nobody within reach is tied to is never looked at, however loud it is. Of everybody on the way it takes their own
vouches, their endorsements on the basis of what they signed, and their engagements that all agree are over.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from folkmoot.documents import ENGAGEMENT, engagement_terms
from folkmoot.ids import IdentityId
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence, gather
from folkmoot.trust import CAPACITIES, Path, Tie, TieKind, ties, trust_in
from folkmoot_node.errors import UnknownIdError
from folkmoot_node.views.bearing import documents_of
from folkmoot_node.views.naming import SYNC_ADVICE, document_text, identity_text, record_text
from folkmoot_node.views.person_shapes import TieShape, TieStepShape, TrustShape, WayShape
from folkmoot_node.views.viewpoint import Viewpoint

LOOKED_AT_MAX = 500
"""People whose ties are looked up, the nearest; of equally near those of the least ids."""

DOCUMENTS_MAX = 50
"""Teams and engagements of each of them."""

_AT_A_TIME = 10
"""People whose work is loaded together, few enough for a view to hold it."""


@dataclass(slots=True)
class _Reach:
    """What was found around the owner; `titles` are those of engagements, by id."""

    ties: set[Tie] = field(default_factory=set)
    titles: dict[bytes, str] = field(default_factory=dict)
    looked_at: int = 0
    is_whole: bool = True


async def trust(view: Viewpoint, identity: IdentityId) -> TrustShape:
    """Return how far the owner's ties reach somebody.

    Raises:
        UnknownIdError: Nothing of this identity is held.
    """
    if not await view.store.operations_of(identity):
        raise UnknownIdError(f"nobody with the id {identity_text(identity)} is known here", advice=SYNC_ADVICE)
    reach = await _reach(view)
    found = await view.work(lambda: trust_in(reach.ties, view.identity, identity))
    people = {identity, *(person for way in found.paths for person in way.people)}
    names = {**await view.names(sorted(people)), view.identity: "you"}
    return {
        "viewer": identity_text(view.identity),
        "identity": identity_text(identity),
        "name": names[identity],
        "amount": found.amount,
        "amount_max": CAPACITIES[0],
        "distance": found.distance,
        "ways": await view.work(lambda: list(_ways_json(reach, found.paths, names))),
        "looked_at": reach.looked_at,
        "is_whole": found.is_whole and reach.is_whole,
    }


async def _reach(view: Viewpoint) -> _Reach:
    """Look up the ties of everybody within reach who can pass something on."""
    reach = _Reach()
    seen, edge = {view.identity}, [view.identity]
    for capacity in CAPACITIES:
        for begin in range(0, len(edge), _AT_A_TIME):
            await _look_up(view, edge[begin : begin + _AT_A_TIME], reach)
        reach.looked_at += len(edge)
        givers = frozenset(edge)
        ahead = sorted({tie.receiver for tie in reach.ties if tie.giver in givers} - seen)
        edge = ahead[: LOOKED_AT_MAX - reach.looked_at]
        seen.update(ahead)
        # Those at the last distance pass nothing on, so their ties do not matter.
        reach.is_whole = reach.is_whole and (len(edge) == len(ahead) or capacity == CAPACITIES[-1])
    return reach


async def _look_up(view: Viewpoint, givers: Sequence[IdentityId], reach: _Reach) -> None:
    """Add the ties of some people, and of nobody else who turns up in their work."""
    vouches: list[Record] = []
    starts: list[bytes] = []
    for giver in givers:
        vouches += await view.store.by_author(giver, "vouch")
        documents, has_all = await documents_of(view, giver, limit=DOCUMENTS_MAX)
        reach.is_whole = reach.is_whole and has_all
        endorsements = await view.store.by_author(giver, "endorsement") if documents else []
        starts += documents
        starts += [one.id for one in endorsements if not set(documents).isdisjoint(one.targets("document"))]
    # A vouch says all by itself; what it is gathered with proves only that it is not taken back.
    alone = gather(vouches, {}, now_ms=view.now_ms(), network=view.network)
    reach.ties |= await view.work(lambda: _ties_by(alone, givers))
    if starts:
        scene = await view.under(*starts)
        reach.is_whole = reach.is_whole and scene.is_whole
        found = await view.work(lambda: _ties_by(scene.evidence, givers))
        reach.ties |= found
        reach.titles |= _titles(scene.evidence, found)


def _ties_by(evidence: Evidence, givers: Collection[IdentityId]) -> set[Tie]:
    return {tie for tie in ties(evidence) if tie.giver in givers}


def _titles(evidence: Evidence, found: Collection[Tie]) -> dict[bytes, str]:
    proofs = {tie.proof for tie in found if tie.kind is TieKind.ENGAGEMENT}
    return {
        document_id: engagement_terms(document).title
        for document_id, document in evidence.documents.items()
        if document_id in proofs and document.type == ENGAGEMENT
    }


def _ways_json(reach: _Reach, paths: Sequence[Path], names: Mapping[IdentityId, str]) -> Iterator[WayShape]:
    between: dict[tuple[IdentityId, IdentityId], list[Tie]] = defaultdict(list)
    for tie in sorted(reach.ties, key=lambda tie: (tie.kind.value, tie.proof)):
        between[tie.giver, tie.receiver].append(tie)
    for path in paths:
        steps: list[TieStepShape] = [
            {
                "giver": identity_text(giver),
                "giver_name": names[giver],
                "receiver": identity_text(receiver),
                "receiver_name": names[receiver],
                "ties": [_tie_json(tie, reach, names) for tie in between[giver, receiver]],
            }
            for giver, receiver in pairwise(path.people)
        ]
        yield {"amount": path.amount, "steps": steps}


def _tie_json(tie: Tie, reach: _Reach, names: Mapping[IdentityId, str]) -> TieShape:
    giver, receiver = names[tie.giver], names[tie.receiver]
    words = {
        TieKind.VOUCH: f"{giver} vouched for {receiver}",
        TieKind.ENGAGEMENT: f"{giver} worked with {receiver} on {reach.titles.get(tie.proof, '')}",
        TieKind.ENDORSEMENT_E3: f"{giver} endorsed {receiver} for work that was accepted",
        TieKind.ENDORSEMENT_E2: f"{giver} endorsed {receiver} for work that they agreed on",
    }
    is_document = tie.kind is TieKind.ENGAGEMENT
    return {
        "kind": tie.kind.value,
        "proof": document_text(tie.proof) if is_document else record_text(tie.proof),
        "words": words[tie.kind],
    }
