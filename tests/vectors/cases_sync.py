"""Cases of the suite `sync`: the frames of one conversation, in and out."""

from collections.abc import Mapping, Sequence

from support.keys import NETWORK
from vectors.craft import INTEGER_BOUNDARIES, NOON_MS, Case, accepted, ordered, raw, refused

from folkmoot.limits import DAY_MS, SYNC_SPACES_MAX

_LOW, _MIDDLE, _HIGH = bytes(32), b"\x55" * 32, b"\xff" * 32
_SPACES = ["commons", "design.fr"]


def _hello(**changes: object) -> bytes:
    fields: dict[str, object] = {
        "network": NETWORK,
        "major": 1,
        "edition": 1,
        "spaces": ["commons"],
        "now": NOON_MS,
    }
    kept = {name: value for name, value in {**fields, **changes}.items() if value is not None}
    return raw(["hello", ordered(kept)])


def _have(what: object, ids: object) -> bytes:
    return raw(["have", what, ids])


_LISTED, _DONE = raw(["listed"]), raw(["done"])


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [*_conversations(), *_broken_hellos(), *_out_of_place(), *_broken_listings()]


def _conversations() -> list[Case]:
    greeted = {"greeted": {"edition": 1, "spaces": ["commons"], "now": str(NOON_MS)}}
    wide = {"greeted": {"edition": 1, "spaces": _SPACES, "now": str(NOON_MS)}}
    ours = {"operations": [_LOW.hex()], "records": [_LOW.hex(), _HIGH.hex()]}
    none: Mapping[str, object] = {"operations": [], "records": []}
    return [
        _talk(
            "nothing-on-either-side", none, [_hello(), _LISTED, _DONE], [[greeted], [_offer([], [])], ["finished"]]
        ),
        _talk(
            "both-have-what-the-other-lacks",
            ours,
            [
                _hello(),
                _have("operations", [_LOW]),
                _have("records", [_MIDDLE]),
                _have("records", [_HIGH]),
                _LISTED,
                raw(["bundle", b"\x01\x02"]),
                _DONE,
            ],
            [[greeted], [], [], [], [_offer([], [_LOW])], [{"receive": "0102"}], ["finished"]],
        ),
        _talk(
            "peer-of-a-later-edition",
            none,
            [_hello(edition=2**53 - 1, spaces=[*_SPACES, "x"])],
            [[wide]],
        ),
        _talk(
            "clocks-a-day-apart",
            none,
            [_hello(now=NOON_MS + DAY_MS)],
            [[{"greeted": {"edition": 1, "spaces": ["commons"], "now": str(NOON_MS + DAY_MS)}}]],
        ),
        _talk("hello-with-a-field-unknown", none, [_hello(pace="slow")], [[greeted]]),
    ]


def _offer(operations: Sequence[bytes], records: Sequence[bytes]) -> object:
    return {"offer": {"operations": [i.hex() for i in operations], "records": [i.hex() for i in records]}}


def _broken_hellos() -> list[Case]:
    bad: dict[str, tuple[str, dict[str, object]]] = {
        "network-another": ("SYN-2", {"network": "main"}),
        "network-missing": ("SYN-2", {"network": None}),
        "major-2": ("SYN-2", {"major": 2}),
        "major-true": ("SYN-2", {"major": True}),
        "now-missing": ("SYN-3", {"now": None}),
        "now-negative": ("SYN-3", {"now": -1}),
        "now-true": ("SYN-3", {"now": True}),
        "edition-text": ("SYN-3", {"edition": "1"}),
        "spaces-missing": ("SYN-3", {"spaces": None}),
        "space-not-a-name": ("SYN-3", {"spaces": ["Commons"]}),
        "spaces-of-65": ("SYN-3", {"spaces": [f"s{n:02}" for n in range(SYNC_SPACES_MAX + 1)]}),
        "clock-a-day-and-a-ms-ahead": ("SYN-4", {"now": NOON_MS + DAY_MS + 1}),
        "clock-a-day-and-a-ms-behind": ("SYN-4", {"now": NOON_MS - DAY_MS - 1}),
        **{f"now-{value}": ("SYN-4", {"now": value}) for value in INTEGER_BOUNDARIES[:-1]},
        "now-2-53": ("ENC-3", {"now": 2**53}),
        "edition-2-53": ("ENC-3", {"edition": 2**53}),
        **{f"major-{value}": ("SYN-2", {"major": value}) for value in INTEGER_BOUNDARIES[:-1]},
    }
    return [_broken(f"hello-{name}", rule, [_hello(**change)]) for name, (rule, change) in bad.items()]


def _out_of_place() -> list[Case]:
    return [
        _broken("frame-not-an-array", "SYN-1", [raw({})]),
        _broken("frame-empty", "SYN-1", [raw([])]),
        _broken("have-before-hello", "SYN-1", [_have("records", [])]),
        _broken("hello-without-fields", "SYN-1", [raw(["hello"])]),
        _broken("hello-twice", "SYN-1", [_hello(), _hello()]),
        _broken("message-unknown", "SYN-1", [_hello(), raw(["want", []])]),
        _broken("bundle-before-listed", "SYN-1", [_hello(), raw(["bundle", b""])]),
        _broken("listing-after-listed", "SYN-1", [_hello(), _LISTED, _have("records", [])]),
        _broken("listed-with-something-more", "SYN-1", [_hello(), raw(["listed", 0])]),
        _broken("bundle-not-as-bytes", "SYN-1", [_hello(), _LISTED, raw(["bundle", []])]),
        _broken("frame-after-done", "SYN-1", [_hello(), _LISTED, _DONE, _DONE]),
        _broken("frame-over-64-kib", "ENC-1", [_hello(), _LISTED, raw(["bundle", bytes(65_536)])]),
    ]


def _broken_listings() -> list[Case]:
    return [
        _broken("listing-of-something-else", "SYN-5", [_hello(), _have("documents", [_LOW])]),
        _broken("frame-listed-in-an-array", "SYN-1", [_hello(), raw([["listed"]])]),
        _broken("listing-of-nothing", "SYN-5", [_hello(), _have("records", [])]),
        _broken("listing-with-an-id-of-31-bytes", "SYN-5", [_hello(), _have("records", [_LOW[:-1]])]),
        _broken("listing-with-an-id-text", "SYN-5", [_hello(), _have("operations", ["a" * 32])]),
    ]


def _own() -> dict[str, object]:
    return {"network": NETWORK, "edition": 1, "spaces": _SPACES, "now": str(NOON_MS)}


def _talk(
    name: str, holdings: Mapping[str, object], frames: Sequence[bytes], effects: Sequence[Sequence[object]]
) -> Case:
    assert len(frames) == len(effects)
    return accepted(
        name, own=_own(), holdings=holdings, frames=[f.hex() for f in frames], effects=[list(e) for e in effects]
    )


def _broken(name: str, rule: str, frames: Sequence[bytes]) -> Case:
    """Return a case whose last frame breaks a rule."""
    holdings: dict[str, object] = {"operations": [], "records": []}
    return refused(name, rule, own=_own(), holdings=holdings, frames=[frame.hex() for frame in frames])
