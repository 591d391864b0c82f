"""How far a viewer's own ties reach somebody: a flow from the viewer's key, bounded by the ties it passes through.

Theory of operation: people are tied by vouches, by engagements that ended well, and by endorsements that count.
From the viewer outwards each person can pass on only so much, less the further away they are; trust in somebody is
the greatest flow that reaches them. So a crowd that praises itself gets, all of it together, no more than the ties
carry by which real people are bound to it. Another viewer has another answer, and there is no global one.

The idea of capacities by distance is that of Advogato (Levien, "Attack-resistant trust metrics", 2004).

Spec: trust.md
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from folkmoot.documents import ENGAGEMENT
from folkmoot.ids import IdentityId
from folkmoot.state.endorsements import EndorsementClass, derive_endorsement
from folkmoot.state.engagement import derive_engagement
from folkmoot.state.evidence import Evidence

CAPACITIES = (64, 32, 16, 8, 4, 2)
"""What somebody can pass on, by their distance from the viewer, who is at 0; further out nothing is passed on."""

PEOPLE_MAX = 2000
"""People that one flow looks at: the nearest, of equally near those of the least ids."""

_COMPLETED = frozenset({"completed", "mutual"})
_SINK = b"sink"


class TieKind(Enum):
    """What ties one person to another; the value is its word."""

    VOUCH = "vouch"
    ENGAGEMENT = "engagement"
    ENDORSEMENT_E3 = "endorsement-e3"
    ENDORSEMENT_E2 = "endorsement-e2"


WEIGHTS: Mapping[TieKind, int] = {
    TieKind.VOUCH: 4,
    TieKind.ENGAGEMENT: 8,
    TieKind.ENDORSEMENT_E3: 4,
    TieKind.ENDORSEMENT_E2: 2,
}
"""What a tie of each kind can carry; several of one kind between the same two carry no more than one."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One person's tie to another, and the record or document that shows it."""

    giver: IdentityId
    receiver: IdentityId
    kind: TieKind
    proof: bytes


@dataclass(frozen=True, slots=True)
class Path:
    """One way by which trust flows, from the viewer to the person: who is on it, and how much comes this way."""

    people: tuple[IdentityId, ...]
    amount: int


@dataclass(frozen=True, slots=True)
class Trust:
    """What a viewer's ties say of somebody.

    Attributes:
        amount: The greatest flow, from 0 to the first of `CAPACITIES`; it means something to this viewer only.
        distance: Ties on the shortest way, or `None` when there is none.
        paths: Ways that together carry the amount.
        is_whole: Whether nobody within reach was left out because they are too many.
    """

    amount: int
    distance: int | None
    paths: tuple[Path, ...]
    is_whole: bool


def ties(evidence: Evidence) -> tuple[Tie, ...]:
    """Return every tie that the evidence shows.

    Spec: trust.md#ties
    """
    found = {*_vouches(evidence), *_endorsements(evidence), *_engagements(evidence)}
    return tuple(sorted(found, key=lambda tie: (tie.giver, tie.receiver, tie.kind.value, tie.proof)))


def trust_in(known: Iterable[Tie], viewer: IdentityId, who: IdentityId) -> Trust:
    """Work out what a viewer's ties say of somebody.

    Spec: trust.md#flow
    """
    network = _Network(known, viewer)
    if who == viewer or who not in network.distances:
        return Trust(0, 0 if who == viewer else None, (), network.is_whole)
    amount, flow = network.flow({who})
    paths = tuple(_paths(flow, viewer, who))
    return Trust(amount, network.distances[who], paths, network.is_whole)


def trust_in_all(known: Iterable[Tie], viewer: IdentityId, group: Collection[IdentityId]) -> int:
    """Work out the greatest flow that reaches a whole group at once.

    However its members are tied to each other, it is at most what the ties into the group carry.

    Spec: trust.md#bound
    """
    network = _Network(known, viewer)
    within = {member for member in group if member in network.distances and member != viewer}
    return network.flow(within)[0] if within else 0


class _Network:
    """The people near a viewer, and what can flow between them."""

    def __init__(self, known: Iterable[Tie], viewer: IdentityId) -> None:
        kinds: dict[IdentityId, dict[IdentityId, set[TieKind]]] = defaultdict(lambda: defaultdict(set))
        for tie in known:
            if tie.giver != tie.receiver:
                kinds[tie.giver][tie.receiver].add(tie.kind)
        self._viewer = viewer
        self._carried = {
            giver: {receiver: sum(WEIGHTS[kind] for kind in found) for receiver, found in receivers.items()}
            for giver, receivers in kinds.items()
        }
        self.is_whole = True
        self.distances = self._walk()

    def _walk(self) -> dict[IdentityId, int]:
        """Return how far everybody within reach is, nearest first, at most `PEOPLE_MAX` of them."""
        distances = {self._viewer: 0}
        edge = [self._viewer]
        for distance in range(1, len(CAPACITIES) + 1):
            ahead = sorted({r for giver in edge for r in self._carried.get(giver, ()) if r not in distances})
            room = PEOPLE_MAX - len(distances)
            self.is_whole = self.is_whole and len(ahead) <= room
            edge = ahead[:room]
            distances.update(dict.fromkeys(edge, distance))
        return distances

    def flow(self, targets: Collection[IdentityId]) -> tuple[int, Mapping[object, Mapping[object, int]]]:
        """Return the greatest flow from the viewer to some people at once, and what flows along each tie."""
        import networkx  # noqa: PLC0415 - it takes a second, and ties are looked at without it

        graph: networkx.DiGraph[object] = networkx.DiGraph()
        for person, distance in self.distances.items():
            if person in targets:
                graph.add_edge((person, "in"), _SINK)  # without a capacity: whatever arrives counts
            elif distance < len(CAPACITIES):
                graph.add_edge((person, "in"), (person, "out"), capacity=CAPACITIES[distance])
        for giver in self.distances:
            for receiver, weight in self._carried.get(giver, {}).items():
                if receiver in self.distances and giver not in targets:
                    graph.add_edge((giver, "out"), (receiver, "in"), capacity=weight)
        amount, flow = networkx.maximum_flow(graph, (self._viewer, "in"), _SINK)
        return int(amount), flow


def _paths(flow: Mapping[object, Mapping[object, int]], viewer: IdentityId, who: IdentityId) -> Iterator[Path]:
    """Take a flow apart into ways from the viewer to somebody, shortest first, of equally short the least ids."""
    left: dict[IdentityId, dict[IdentityId, int]] = defaultdict(dict)
    for source, targets in flow.items():
        for target, amount in targets.items():
            match source, target:
                case (bytes() as giver, "out"), (bytes() as receiver, "in") if amount:
                    left[IdentityId(giver)][IdentityId(receiver)] = amount
                case _:
                    continue
    while (people := _shortest(left, viewer, who)) is not None:
        steps = list(pairwise(people))
        amount = min(left[giver][receiver] for giver, receiver in steps)
        for giver, receiver in steps:
            left[giver][receiver] -= amount
        yield Path(tuple(people), amount)


def _shortest(
    left: Mapping[IdentityId, Mapping[IdentityId, int]], viewer: IdentityId, who: IdentityId
) -> Sequence[IdentityId] | None:
    before: dict[IdentityId, IdentityId] = {}
    edge = [viewer]
    while edge and who not in before:
        ahead: list[IdentityId] = []
        for giver in edge:
            for receiver, amount in sorted(left.get(giver, {}).items()):
                if amount and receiver not in before and receiver != viewer:
                    before[receiver] = giver
                    ahead.append(receiver)
        edge = ahead
    if who not in before:
        return None
    people = [who]
    while people[-1] != viewer:
        people.append(before[people[-1]])
    return people[::-1]


def _vouches(evidence: Evidence) -> Iterator[Tie]:
    for record in evidence.of_kind("vouch"):
        # TRU-1: A vouch counts while its author has not taken it back.
        if evidence.successor(record) is None:
            yield Tie(record.author, IdentityId(record.targets("subject")[0]), TieKind.VOUCH, record.id)


def _endorsements(evidence: Evidence) -> Iterator[Tie]:
    grades = {EndorsementClass.E3: TieKind.ENDORSEMENT_E3, EndorsementClass.E2: TieKind.ENDORSEMENT_E2}
    for record in evidence.of_kind("endorsement"):
        if evidence.successor(record) is not None:
            continue
        # TRU-2: An endorsement counts by its class; one of class E1 does not.
        kind = grades.get(derive_endorsement(evidence, record, is_shown=False).grade)
        if kind is not None:
            yield Tie(record.author, IdentityId(record.targets("subject")[0]), kind, record.id)


def _engagements(evidence: Evidence) -> Iterator[Tie]:
    for document_id, document in evidence.documents.items():
        if document.type != ENGAGEMENT:
            continue
        engagement = derive_engagement(evidence, document_id)
        # TRU-3: An engagement counts once all its parties have signed that it is completed, or over by consent.
        if engagement is None or engagement.ending is None or not engagement.stands:
            continue
        if engagement.ending.way in _COMPLETED and not engagement.ending.is_one_sided:
            for giver in engagement.parties:
                for receiver in engagement.parties - {giver}:
                    yield Tie(giver, receiver, TieKind.ENGAGEMENT, document_id)
