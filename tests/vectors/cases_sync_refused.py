"""Cases of the suite `sync` whose last frame breaks a rule."""

from collections.abc import Sequence

from support.keys import NETWORK
from vectors.craft import DAY, INTEGER_BOUNDARIES, NOON_MS, Case, raw, refused
from vectors.said_in_sync import (
    AGAIN,
    DONE,
    EQUAL,
    FEW,
    LIST_OF_NONE,
    MANY,
    NONCE,
    OTHERS,
    SENT,
    WANTED,
    cells,
    hello,
    side_of,
    summary,
)

from folkmoot.limits import CELLS_MAX, DAY_MS, LISTED_MAX, SYNC_SPACES_MAX
from folkmoot.reconcile import SYMBOL_BYTES, Sketch

_PRINT = Sketch(MANY).fingerprint()


def cases() -> list[Case]:
    """Return these cases."""
    return [
        *_broken_hellos(),
        *_out_of_place(),
        *_misshapen(),
        *_broken_codings(),
        *_broken_questions(),
        *_broken_ends(),
    ]


def _broken(name: str, rule: str, side: Case, frames: Sequence[bytes], *, why: str = "") -> Case:
    """Return a case whose last frame breaks a rule."""
    return refused(name, rule, why=why, **side, frames=[frame.hex() for frame in frames])


def _broken_hellos() -> list[Case]:
    bad: dict[str, tuple[str, dict[str, object]]] = {
        "network-another": ("SYN-2", {"network": "main"}),
        "network-as-bytes": ("SYN-2", {"network": b"test"}),
        "major-2": ("SYN-2", {"major": 2}),
        "major-true": ("SYN-2", {"major": True}),
        "now-negative": ("SYN-3", {"now": -1}),
        "now-true": ("SYN-3", {"now": True}),
        "edition-text": ("SYN-3", {"edition": "1"}),
        "hosting-negative": ("SYN-3", {"hosting": -1}),
        "hosting-as-bytes": ("SYN-3", {"hosting": b""}),
        "spaces-a-text": ("SYN-3", {"spaces": "commons"}),
        "space-not-a-name": ("SYN-3", {"spaces": ["Commons"]}),
        "spaces-of-65": ("SYN-3", {"spaces": [f"s{n:02}" for n in range(SYNC_SPACES_MAX + 1)]}),
        "clock-a-day-and-a-ms-ahead": ("SYN-4", {"now": NOON_MS + DAY_MS + 1}),
        "clock-a-day-and-a-ms-behind": ("SYN-4", {"now": NOON_MS - DAY_MS - 1}),
        **{f"now-{value}": ("SYN-4", {"now": value}) for value in INTEGER_BOUNDARIES[:-1]},
        "now-2-53": ("ENC-3", {"now": 2**53}),
        "edition-2-53": ("ENC-3", {"edition": 2**53}),
        **{f"major-{value}": ("SYN-2", {"major": value}) for value in INTEGER_BOUNDARIES[:-1]},
    }
    side = side_of(FEW, opens=False)
    return [_broken(f"hello-{name}", rule, side, [hello(**change)]) for name, (rule, change) in bad.items()]


def _out_of_place() -> list[Case]:
    asks, answers = side_of(FEW, opens=True), side_of(MANY, opens=False)
    asked = [hello(), summary(FEW)]
    more = [hello(), summary([*MANY, *OTHERS])]
    bundled = [hello(), LIST_OF_NONE]
    return [
        _broken("frame-over-64-kib", "ENC-1", asks, [*bundled, raw(["bundle", bytes(65_536)])]),
        _broken("frame-not-an-array", "SYN-1", answers, [raw({})]),
        _broken("frame-empty", "SYN-1", answers, [raw([])]),
        _broken("message-unknown", "SYN-1", answers, [hello(), raw(["have", "records", []])]),
        _broken("message-in-an-array", "SYN-1", asks, [hello(), raw([["equal"]])]),
        _broken("hello-of-six-items", "SYN-1", answers, [raw(["hello", NETWORK, 1, 1, NOON_MS, ["commons"]])]),
        _broken("hello-twice", "SYN-1", asks, [hello(), hello()]),
        _broken("hello-twice-then-of-another-network", "SYN-1", asks, [hello(), hello(network="main")]),
        _broken("hello-twice-then-without-a-clock", "SYN-1", asks, [hello(), hello(now="")]),
        _broken("summary-before-hello", "SYN-1", answers, [summary(FEW)]),
        _broken("summary-to-the-asker", "SYN-1", asks, [hello(), summary(FEW)]),
        _broken("summary-twice", "SYN-1", answers, [*asked, summary(FEW)]),
        _broken("equal-to-the-teller", "SYN-1", answers, [*asked, EQUAL]),
        _broken("equal-after-cells", "SYN-1", asks, [hello(), cells([*MANY, *OTHERS], 0, 4, 8), EQUAL]),
        _broken("list-within-cells", "SYN-1", asks, [hello(), cells(OTHERS, 0, 4, 8), LIST_OF_NONE]),
        _broken(
            "cells-within-a-list",
            "SYN-1",
            asks,
            [hello(), raw(["list", NONCE, 9, bytes(1)]), cells(OTHERS, 0, 4, 8)],
        ),
        _broken(
            "more-after-a-list", "SYN-1", side_of(FEW, opens=False), [*asked[:1], summary(OTHERS), raw(["more", 1])]
        ),
        _broken(
            "want-after-a-list",
            "SYN-1",
            side_of(FEW, opens=False),
            [hello(), summary(OTHERS), raw(["want", bytes(8)])],
        ),
        _broken("places-after-cells", "SYN-1", answers, [*more, raw(["places", 0, b"\x80"])]),
        _broken("more-after-want", "SYN-1", answers, [*more, raw(["want", bytes(8)]), raw(["more", 1])]),
        _broken("bundle-before-wanted", "SYN-1", answers, [*more, raw(["bundle", b""])]),
        _broken("done-before-sent", "SYN-1", asks, [*bundled, DONE]),
        _broken("bundle-after-sent", "SYN-1", asks, [*bundled, SENT, raw(["bundle", b""])]),
        _broken("frame-after-the-last-done", "SYN-1", answers, [*more, WANTED, SENT, DONE, DONE]),
        _broken("frame-after-equal", "SYN-1", asks, [hello(), EQUAL, EQUAL]),
    ]


def _misshapen() -> list[Case]:
    asks, answers = side_of(FEW, opens=True), side_of(MANY, opens=False)
    sketch = Sketch(FEW)
    said = [sketch.fingerprint(), sketch.estimator()]
    summaries = {
        "with-something-more": ["summary", DAY, 6, *said, 0],
        "with-a-fingerprint-of-31-bytes": ["summary", DAY, 6, said[0][:-1], said[1]],
        "with-an-estimator-of-113-bytes": ["summary", DAY, 6, said[0], said[1] + b"\0"],
        "of-a-negative-size": ["summary", DAY, -1, *said],
    }
    shapes = {
        "with-a-nonce-of-8-bytes": ["cells", bytes(8), bytes(32), 0, 1, bytes(21)],
        "with-a-fingerprint-of-33-bytes": ["cells", b"", bytes(33), 0, 1, bytes(21)],
        "from-true-on": ["cells", b"", bytes(32), False, 1, bytes(21)],
    }
    told = [hello(), summary([*MANY, *OTHERS])]
    asked: dict[str, Sequence[object]] = {
        "more-with-a-text": ["more", "1"],
        "again-with-equal": ["again", "equal", NONCE],
        "again-with-a-nonce-of-15-bytes": ["again", "cells", NONCE[:-1]],
        "want-as-an-array": ["want", [bytes(8)]],
        "wanted-with-something-more": ["wanted", True],
    }
    ends: dict[str, Sequence[object]] = {
        "done-with-an-integer": ["done", 0],
        "decline-of-an-identity-of-31-bytes": ["decline", [bytes(31)], b""],
        "decline-of-items-of-15-bytes": ["decline", [], bytes(15)],
    }
    return [
        *(_broken(f"summary-{name}", "SYN-1", answers, [hello(), raw(value)]) for name, value in summaries.items()),
        *(_broken(f"cells-{name}", "SYN-1", asks, [hello(), raw(value)]) for name, value in shapes.items()),
        _broken("list-with-a-nonce-of-none", "SYN-1", asks, [hello(), raw(["list", b"", 0, b""])]),
        *(_broken(name, "SYN-1", answers, [*told, raw(value)]) for name, value in asked.items()),
        _broken(
            "places-from-a-negative-on", "SYN-1", side_of(FEW, opens=False), [*told, raw(["places", -1, b"\x80"])]
        ),
        _broken("bundle-not-as-bytes", "SYN-1", asks, [hello(), LIST_OF_NONE, raw(["bundle", []])]),
        *(_broken(name, "SYN-1", asks, [hello(), LIST_OF_NONE, SENT, raw(value)]) for name, value in ends.items()),
    ]


def _broken_codings() -> list[Case]:
    asks = side_of(FEW, opens=True)
    symbols = bytes(SYMBOL_BYTES)
    fresh: dict[str, Sequence[object]] = {
        "keyed-unasked": ["cells", NONCE, _PRINT, 0, 1, symbols],
        "not-from-0-on": ["cells", b"", _PRINT, 1, 2, symbols],
        "without-symbols": ["cells", b"", _PRINT, 0, 1, b""],
        "beyond-their-end": ["cells", b"", _PRINT, 0, 1, symbols * 2],
        "beyond-8192": ["cells", b"", _PRINT, 0, CELLS_MAX + 1, symbols],
    }
    begun = [hello(), raw(["cells", b"", _PRINT, 0, 3, symbols])]
    following: dict[str, Sequence[object]] = {
        "with-a-gap": ["cells", b"", _PRINT, 2, 3, symbols],
        "over-again": ["cells", b"", _PRINT, 0, 3, symbols],
        "of-another-fingerprint": ["cells", b"", bytes(32), 1, 3, symbols],
        "of-another-end": ["cells", b"", _PRINT, 1, 2, symbols],
    }
    more = [*MANY, *OTHERS]
    asked = [hello(), cells(more, 0, 2, 2)]
    wrong = [hello(), raw(["cells", b"", bytes(32), 0, 24, Sketch(more).symbols(0, 24)])]
    listing = [hello(), raw(["list", NONCE, 9, bytes(2)])]
    return [
        *(_broken(f"cells-{name}", "SYN-7", asks, [hello(), raw(value)]) for name, value in fresh.items()),
        *(_broken(f"cells-{name}", "SYN-7", asks, [*begun, raw(value)]) for name, value in following.items()),
        _broken("cells-more-than-asked-for", "SYN-7", asks, [*asked, cells(more, 2, 17, 19)], why="16 were"),
        _broken("cells-without-a-key-again", "SYN-7", asks, [*wrong, cells(more, 0, 24, 24)]),
        _broken("cells-of-half-a-symbol", "SYN-7", asks, [hello(), raw(["cells", b"", _PRINT, 0, 3, bytes(20)])]),
        _broken("cells-with-half-a-symbol", "RCN-1", asks, [hello(), raw(["cells", b"", _PRINT, 0, 3, bytes(31)])]),
        _broken("list-of-too-many", "RCN-3", asks, [hello(), raw(["list", NONCE, LISTED_MAX + 1, b"\0"])]),
        _broken("list-of-an-empty-part", "SYN-8", asks, [*listing, raw(["list", NONCE, 9, b""])]),
        _broken(
            "list-of-too-many-that-is-empty", "SYN-8", asks, [hello(), raw(["list", NONCE, LISTED_MAX + 1, b""])]
        ),
        _broken("list-of-another-count", "SYN-8", asks, [*listing, raw(["list", NONCE, 8, bytes(2)])]),
        _broken("list-of-another-nonce", "SYN-8", asks, [*listing, raw(["list", NONCE[::-1], 9, bytes(2)])]),
        _broken("list-with-a-value-too-great", "RCN-4", asks, [hello(), raw(["list", NONCE, 2, b"\xff"])]),
        _broken("list-that-goes-on", "RCN-5", asks, [hello(), raw(["list", NONCE, 1, bytes(4)])]),
        _broken("list-of-none-that-goes-on", "RCN-5", asks, [hello(), raw(["list", NONCE, 0, bytes(1)])]),
    ]


def _broken_questions() -> list[Case]:
    answers, lists = side_of(MANY, opens=False), side_of(FEW, opens=False)
    told = [hello(), summary([*MANY, *OTHERS])]
    listed = [hello(), summary(OTHERS)]
    low, high = bytes(8), b"\xff" * 8
    keyed = [*told, raw(["again", "cells", NONCE])]
    plenty = b"".join(number.to_bytes(8) for number in range(200))
    return [
        _broken("summary-of-another-day", "SYN-5", answers, [hello(), summary(FEW, DAY + 1)]),
        _broken(
            "first-summary-not-of-the-day-of-the-opener",
            "SYN-5",
            answers,
            [hello(now=NOON_MS - DAY_MS), summary(FEW, DAY)],
        ),
        _broken("more-of-none", "SYN-9", answers, [*told, raw(["more", 0])]),
        _broken("more-than-8192", "SYN-9", answers, [*told, raw(["more", CELLS_MAX])]),
        _broken("keyed-cells-twice", "SYN-10", answers, [*keyed, raw(["again", "cells", NONCE[::-1]])]),
        _broken("want-of-nothing", "SYN-11", answers, [*told, raw(["want", b""])]),
        _broken("want-of-9-bytes", "SYN-11", answers, [*told, raw(["want", bytes(9)])]),
        _broken("want-twice", "SYN-11", answers, [*told, raw(["want", low + low])]),
        _broken("want-out-of-order", "SYN-11", answers, [*told, raw(["want", high]), raw(["want", low])]),
        _broken("want-of-more-than-symbols", "SYN-11", answers, [*told, raw(["want", plenty])]),
        _broken("places-of-nothing", "SYN-12", lists, [*listed, raw(["places", 0, b""])]),
        _broken("places-beyond-the-list", "SYN-12", lists, [*listed, raw(["places", 0, b"\x02"])], why="it has 6"),
        _broken("places-far-beyond", "SYN-12", lists, [*listed, raw(["places", 2**53 - 1, b"\0"])]),
        _broken(
            "places-twice", "SYN-12", lists, [*listed, raw(["places", 0, b"\x80"]), raw(["places", 0, b"\x80"])]
        ),
    ]


def _broken_ends() -> list[Case]:
    asks, answers = side_of(FEW, opens=True), side_of(MANY, opens=False)
    asked = [hello(), LIST_OF_NONE, SENT]
    told = [hello(), summary([*MANY, *OTHERS]), WANTED, SENT]
    return [
        _broken("decline-of-nothing", "SYN-13", asks, [*asked, raw(["decline", [], b""])]),
        _broken("decline-of-more-than-was-sent", "SYN-13", asks, [*asked, raw(["decline", [], bytes(16 * 7)])]),
        _broken(
            "decline-of-more-in-two-frames",
            "SYN-13",
            asks,
            [*asked, raw(["decline", [bytes(32)], bytes(16 * 5)]), raw(["decline", [], bytes(16)])],
        ),
        _broken("decline-where-nothing-was-sent", "SYN-13", answers, [*told, raw(["decline", [], bytes(16)])]),
        _broken("another-round-by-the-teller", "SYN-14", asks, [*asked, AGAIN]),
        _broken(
            "a-fourth-round",
            "SYN-14",
            answers,
            [hello(), *[frame for _ in range(3) for frame in (*told[1:], AGAIN)]],
        ),
    ]
