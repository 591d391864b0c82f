"""Cases of the suite `trust`: what ties carry, and which ties there are."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from support.keys import Person
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case, accepted
from vectors.said import exhibit, held, said, with_outcome
from vectors.working import (
    EVERYBODY,
    HOUR_MS,
    IN_FORCE,
    WORK,
    delivery,
    judged_by,
    paper,
    signed,
)

from folkmoot.record import Record

_Tie = tuple[bytes, bytes, str]
_V, _W = bytes([86]) * 32, bytes([87]) * 32
_A, _B, _C = (bytes([number]) * 32 for number in (65, 66, 67))
_EVERY = ("vouch", "engagement", "endorsement-e3", "endorsement-e2")


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [*_flows(), *_crowds(), *_ties()]


def _flows() -> list[Case]:
    diamond = [*_vouches(_V, _A, _C), *_vouches(_V, _B, _C)]
    line = [bytes([number]) * 32 for number in range(1, 9)]
    strong = [(giver, receiver, kind) for giver, receiver in pairwise([_V, *line]) for kind in _EVERY]
    wide = [
        (_V, _A, "engagement"),
        *((_A, one, "engagement") for one in line),
        *((one, _C, "engagement") for one in line),
    ]
    return [
        _flow("nobody-tied", [], _A, 0, None),
        _flow("vouch", _vouches(_V, _A), _A, 4, 1),
        _flow("engagement", [(_V, _A, "engagement")], _A, 8, 1),
        _flow("endorsement-e3", [(_V, _A, "endorsement-e3")], _A, 4, 1),
        _flow("endorsement-e2", [(_V, _A, "endorsement-e2")], _A, 2, 1),
        _flow("ties-of-every-kind", [(_V, _A, kind) for kind in _EVERY], _A, 18, 1),
        _flow("tie-said-twice", [*_vouches(_V, _A), *_vouches(_V, _A)], _A, 4, 1),
        _flow("tie-the-other-way", _vouches(_A, _V), _A, 0, None),
        _flow("tie-to-oneself", [*_vouches(_V, _A), (_A, _A, "engagement")], _A, 4, 1),
        _flow("two-ways", diamond, _C, 8, 2),
        _flow("another-viewer", diamond, _C, 0, None, viewer=_W),
        _flow("the-viewer", [*_vouches(_V, _A), *_vouches(_A, _V)], _V, 0, 0),
        _flow("weakest-tie-on-the-way", [(_V, _A, "engagement"), *_vouches(_A, _B)], _B, 4, 2),
        _flow(
            "ways-that-share-a-tie", wide, _C, 8, 3, why="Eight ways, and one tie that all of them pass through."
        ),
        *(
            _flow(f"line-at-distance-{distance}", strong, line[distance - 1], amount, distance)
            for distance, amount in ((1, 18), (2, 18), (3, 16), (4, 8), (5, 4), (6, 2))
        ),
        _flow("line-at-distance-7", strong, line[6], 0, None),
        _flow(
            "viewer-passes-on-64-at-most",
            [(_V, one, kind) for one in line for kind in _EVERY]
            + [(one, _C, kind) for one in line for kind in _EVERY],
            _C,
            64,
            2,
        ),
    ]


def _crowds() -> list[Case]:
    puppets = [b"puppet" + number.to_bytes(26) for number in range(50)]
    near = puppets[:6]
    praise = [
        (giver, receiver, kind) for giver in near for receiver in near if giver != receiver for kind in _EVERY
    ]
    entry = [*_vouches(_V, _A), *_vouches(_A, puppets[0])]
    ring = [(giver, receiver, kind) for giver, receiver in pairwise([*puppets, puppets[0]]) for kind in _EVERY]
    return [
        _flow("puppet-behind-one-vouch", [*entry, *praise], near[3], 4, 3),
        _crowd("puppets-together", [*entry, *praise], near, 4),
        _crowd("fifty-puppets-in-a-ring", [*entry, *ring], puppets, 4),
        _crowd("puppets-without-praise", entry, near, 4),
        _crowd(
            "puppets-that-two-vouch-for", [*entry, *_vouches(_V, _B), *_vouches(_B, puppets[1]), *praise], near, 8
        ),
        _crowd("group-with-the-viewer-in-it", _vouches(_V, _A), [_V, _A], 4),
        _crowd("group-out-of-reach", praise, near, 0),
    ]


def _ties() -> list[Case]:
    known = said(ALICE, "vouch", {"how": "H", "subject": BOB.id})
    gone = said(ALICE, "vouch", {}, rev=NOON_MS + 1)
    bare = said(ALICE, "endorsement", {"subject": BOB.id, "text": "E"})
    based = said(ALICE, "endorsement", {"basis": WORK.id, "subject": BOB.id, "text": "E"})
    taken_back = said(ALICE, "endorsement", {}, rev=NOON_MS + 1)
    first = delivery()
    done = [IN_FORCE, first, judged_by(ALICE, first)]
    over = signed(paper("closing", [ALICE, BOB], {"engagement": WORK.id, "way": "completed"}), slot=1)
    mutual = signed(paper("closing", [ALICE, BOB], {"engagement": WORK.id, "way": "mutual"}), slot=1)
    alone = said(BOB, "closing", {"document": WORK.id, "way": "completed"})
    both: list[tuple[Person, Person, str]] = [(ALICE, BOB, "engagement"), (BOB, ALICE, "engagement")]
    return [
        _shown("tie-of-a-vouch", [known], [(ALICE, BOB, "vouch")]),
        _shown("tie-of-a-vouch-taken-back", [gone, exhibit(CAROL, known)], [], rule="TRU-1"),
        _shown("tie-of-an-endorsement-of-accepted-work", [*done, based], [(ALICE, BOB, "endorsement-e3")]),
        _shown("tie-of-an-endorsement-of-shared-work", [IN_FORCE, based], [(ALICE, BOB, "endorsement-e2")]),
        _shown("tie-of-a-bare-endorsement", [bare], [], rule="TRU-2"),
        _shown("tie-of-an-endorsement-taken-back", [*done, taken_back, exhibit(BOB, based)], [], rule="TRU-2"),
        _shown("tie-of-an-engagement-completed", [IN_FORCE, over], both),
        _shown("tie-of-an-engagement-ended-by-consent", [IN_FORCE, mutual], both),
        _shown("tie-of-an-engagement-in-force", [IN_FORCE], [], rule="TRU-3"),
        _shown("tie-of-an-engagement-that-one-side-calls-completed", [IN_FORCE, alone], [], rule="TRU-3"),
    ]


def _vouches(*people: bytes) -> list[_Tie]:
    return [(giver, receiver, "vouch") for giver, receiver in pairwise(people)]


def _given(ties: Sequence[_Tie], viewer: bytes) -> dict[str, Any]:
    return {"ties": [[giver.hex(), receiver.hex(), kind] for giver, receiver, kind in ties], "viewer": viewer.hex()}


def _flow(  # noqa: PLR0913 - what is known and what follows from it
    name: str,
    ties: Sequence[_Tie],
    who: bytes,
    amount: int,
    distance: int | None,
    *,
    viewer: bytes = _V,
    why: str = "",
) -> Case:
    return accepted(name, why=why, **_given(ties, viewer), who=who, amount=amount, distance=distance)


def _crowd(name: str, ties: Sequence[_Tie], group: Sequence[bytes], amount: int) -> Case:
    return accepted(name, **_given(ties, _V), group=[one.hex() for one in group], amount=amount)


def _shown(
    name: str, records: Sequence[Record], ties: Sequence[tuple[Person, Person, str]], *, rule: str = ""
) -> Case:
    given = held(records, EVERYBODY, NOON_MS + HOUR_MS)
    shown = sorted([giver.id.hex(), receiver.id.hex(), kind] for giver, receiver, kind in ties)
    return with_outcome(name, rule, "", {**given, "shown": shown})
