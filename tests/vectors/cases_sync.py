"""Cases of the suite `sync`: the frames that one side of a session hears, and what it says to each."""

import hashlib
from collections.abc import Sequence

from support.keys import NETWORK
from vectors import cases_sync_refused
from vectors.craft import DAY, NOON_MS, Case, accepted, raw
from vectors.said_in_sync import (
    DONE,
    EQUAL,
    FEW,
    LIST_OF_NONE,
    MANY,
    NONCE,
    OTHERS,
    PEER_SEED,
    SEED,
    SENT,
    WANTED,
    cells,
    hello,
    side_of,
    summary,
)
from vectors.talks import Side, frames_in, item, played

from folkmoot.limits import DAY_MS
from folkmoot.reconcile import NONCE_BYTES, KeyedCoder, Sketch, encode_list, session_key


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [
        *_conversations(),
        *_fallbacks(),
        *cases_sync_refused.cases(),
    ]


_SPACES = ["commons", "design.fr"]
_FIRST = [hello(), summary(MANY)]


def _talk(name: str, side: Case, frames: Sequence[bytes], *, why: str = "") -> Case:
    """Return a case in which every frame is taken."""
    heard = [frame.hex() for frame in frames]
    return accepted(name, rules=(), why=why, **side, frames=heard, effects=played({**side, "frames": heard}))


def _between(
    name: str,
    side: Case,
    peer: Case,
) -> Case:
    """Return a case with what a real peer says."""
    ours, theirs = Side(side), Side(peer)
    heard: list[bytes] = []
    to_us, to_them = frames_in(theirs.start()), frames_in(ours.start())
    while to_us or to_them:
        if to_them:
            to_us += frames_in(theirs.hear(to_them.pop(0)))
        else:
            heard.append(to_us.pop(0))
            to_them += frames_in(ours.hear(heard[-1]))
    return _talk(name, side, heard)


def _conversations() -> list[Case]:
    asks, answers = side_of(MANY, opens=True), side_of(MANY, opens=False)
    more = [*MANY[1:], *OTHERS[:2]]
    ends = [raw(["bundle", b"\x01\x02"]), SENT, DONE]
    identity = item("somebody") * 2
    return [
        _talk("equal-as-the-asker", asks, [hello(), EQUAL]),
        _talk("equal-as-the-teller", answers, _FIRST),
        _talk("nothing-on-either-side", side_of([], opens=False), [hello(), summary([])]),
        _talk(
            "opener-of-more-spaces-is-asked",
            answers,
            [hello(spaces=[*_SPACES, "x"]), summary(FEW), EQUAL],
            why="its summary is of another scope: the answerer sends one of its own, and leaves that one alone",
        ),
        _talk(
            "opening-with-more-spaces",
            {
                **asks,
                "own": {"network": NETWORK, "edition": 1, "spaces": _SPACES, "now": str(NOON_MS), "hosting": 7},
            },
            [hello(), summary(MANY)],
        ),
        _talk(
            "opener-of-an-earlier-day-is-asked",
            answers,
            [hello(now=NOON_MS - DAY_MS), summary(FEW, DAY - 1), EQUAL],
        ),
        _talk("opener-of-a-later-day", answers, [hello(now=NOON_MS + DAY_MS), summary(MANY, DAY + 1)]),
        _talk("a-space-named-twice", answers, [hello(spaces=["commons", "commons"]), summary(MANY)]),
        _talk(
            "peer-of-a-later-edition-says-more",
            answers,
            [raw(["hello", NETWORK, 1, 2**53 - 1, NOON_MS, ["commons"], 2**53 - 1, "more", {}]), summary(MANY)],
        ),
        _between("cells-as-the-asker", asks, side_of(more, opens=False, seed=PEER_SEED)),
        _between("cells-as-the-teller", answers, side_of(more, opens=True, seed=PEER_SEED)),
        _between("list-as-the-asker", side_of(OTHERS, opens=True), side_of(FEW, opens=False, seed=PEER_SEED)),
        _between("list-as-the-teller", side_of(FEW, opens=False), side_of(OTHERS, opens=True, seed=PEER_SEED)),
        _between("list-of-nothing", side_of(FEW, opens=True), side_of([], opens=False, seed=PEER_SEED)),
        _talk(
            "bundles-and-what-is-declined",
            side_of(MANY, opens=False, identities=[identity], declines=OTHERS[:2]),
            [
                *[hello(), summary(more), WANTED, raw(["bundle", b"\x01\x02"]), SENT],
                *[DONE],
            ],
        ),
        _talk(
            "the-other-declines",
            side_of(FEW, opens=True),
            [
                *[hello(), LIST_OF_NONE, SENT],
                *[raw(["decline", [identity], b"".join(FEW[:2])]), raw(["decline", [], FEW[2]]), DONE, EQUAL],
            ],
        ),
        _talk(
            "three-rounds-and-no-more",
            side_of(FEW, opens=True),
            [hello(), *[frame for _ in range(3) for frame in (LIST_OF_NONE, *ends)]],
        ),
    ]


def _fallbacks() -> list[Case]:
    """Return conversations in which a coding does not show the difference."""
    asks = side_of(MANY, opens=True)
    more = [*MANY[1:], *OTHERS[:2]]
    first = [hello(), cells(more, 0, 2, 2), cells(more, 2, 16, 18)]

    key = session_key(_nonce_of(SEED, 0), NONCE)
    keyed = raw(["cells", NONCE, Sketch(more).fingerprint(), 0, 24, KeyedCoder(more, key).symbols(0, 24)])
    wrong = raw(["cells", b"", bytes(32), 0, 24, Sketch(more).symbols(0, 24)])
    keyed_wrong = raw(["cells", NONCE, bytes(32), 0, 24, KeyedCoder(more, key).symbols(0, 24)])
    list_key = session_key(_nonce_of(SEED, 1), NONCE)
    listed = encode_list(more, list_key)
    parts = [raw(["list", NONCE, len(more), part]) for part in (listed[:100], listed[100:])]
    return [
        _talk("more-is-asked-for", asks, first),
        _talk("keyed-cells-as-the-asker", asks, [hello(), wrong, keyed], why="the fingerprint is not the set's"),
        _talk("list-in-two-parts-when-keyed-cells-fail", asks, [hello(), wrong, keyed_wrong, *parts]),
        _talk(
            "all-codings-as-the-teller",
            side_of(MANY, opens=False),
            [
                *[hello(), summary(more), raw(["more", 16]), raw(["again", "cells", NONCE])],
                *[raw(["more", 1]), raw(["again", "list", NONCE]), raw(["places", 3, b"\x81"])],
                *[raw(["places", 92, b"\x01"]), WANTED],
            ],
        ),
        _talk(
            "list-instead-of-keyed-cells",
            side_of(MANY, opens=False),
            [hello(), summary(more), raw(["again", "list", NONCE]), WANTED],
        ),
    ]


def _nonce_of(seed: bytes, number: int) -> bytes:
    return hashlib.sha256(seed + bytes([number])).digest()[:NONCE_BYTES]
