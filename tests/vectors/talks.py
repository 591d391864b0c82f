"""One side of a sync as a case has it: it holds the same items in every scope, and carries out every effect."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from folkmoot.limits import ITEM_BYTES
from folkmoot.reconcile import Sketch
from folkmoot.session import (
    Declined,
    Effect,
    Finished,
    Greeted,
    Hello,
    ListItems,
    Offer,
    Receive,
    Send,
    Session,
    Settle,
    Summarise,
)

Said = dict[str, object]


def item(name: object) -> bytes:
    """Return the item that a name stands for."""
    return hashlib.sha256(str(name).encode()).digest()[:ITEM_BYTES]


class Side:
    """The side that a case is about, or the one it talks with."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        own = case["own"]
        hello = Hello(own["network"], own["edition"], tuple(own["spaces"]), int(own["now"]), own["hosting"])
        first: int = case["first_symbols"]
        self.session = Session(hello, case["opens"], bytes.fromhex(case["seed"]), lambda _sketch, _summary: first)
        self._items = _bytes_of(case, "items")
        self._declines = _bytes_of(case, "declines_identities"), _bytes_of(case, "declines_items")

    def start(self) -> list[object]:
        """Return what is said first."""
        return list(self._said(self.session.start()))

    def hear(self, frame: bytes) -> list[object]:
        """Return what is said to a frame."""
        return list(self._said(self.session.receive(frame)))

    def _said(self, effects: Iterable[Effect]) -> Iterator[object]:
        for effect in effects:
            match effect:
                case Summarise():
                    yield from self._said(self.session.summarise(Sketch(self._items)))
                case ListItems():
                    yield from self._said(self.session.list_items(Sketch(self._items), self._items))
                case Settle():
                    yield from self._said(self.session.settle(*self._declines))
                case Offer(items):
                    yield {"offer": _hexed(items)}
                    yield {"send": self.session.sent(len(items)).hex()}
                case _:
                    yield _as_case(effect)


def frames_in(said: Iterable[object]) -> list[bytes]:
    """Return the frames among what was said."""
    return [bytes.fromhex(one["send"]) for one in said if isinstance(one, dict) and "send" in one]


def played(case: Mapping[str, Any]) -> list[list[object]]:
    """Return what the side of a case says first, and to each frame."""
    side = Side(case)
    return [side.start(), *(side.hear(bytes.fromhex(frame)) for frame in case["frames"])]


def _as_case(effect: Send | Greeted | Receive | Declined | Finished) -> Said:
    match effect:
        case Send(frame):
            return {"send": frame.hex()}
        case Greeted(hello, scope):
            theirs: Said = {"edition": hello.edition, "now": str(hello.now_ms), "hosting": str(hello.hosting)}
            return {"greeted": {**theirs, "spaces": list(scope.spaces), "day": str(scope.day)}}
        case Receive(bundle):
            return {"receive": bundle.hex()}
        case Declined(identities, items):
            return {"declined": {"identities": _hexed(identities), "items": _hexed(items)}}
        case Finished(is_equal):
            return {"finished": "equal" if is_equal else "done"}


def _hexed(values: Iterable[bytes]) -> list[str]:
    return [value.hex() for value in values]


def _bytes_of(case: Mapping[str, Any], name: str) -> list[bytes]:
    return [bytes.fromhex(text) for text in case.get(name, [])]
