"""The answer to `talk`: one side of a sync, which holds what the request says and carries out every effect.

Spec: conformance.md#talking
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from folkmoot.errors import DecodeError
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
from folkmoot_node.conformance.inputs import Request

Answer = dict[str, Any]


class BrokenFrameError(DecodeError):
    """A frame of a conversation breaks a rule; `frame` is its place, from 0."""

    def __init__(self, error: DecodeError, frame: int) -> None:
        super().__init__(error.rule, error.why)
        self.frame = frame


class _Side:
    """A side that holds the same items in every scope, and declines the same after every round."""

    def __init__(self, request: Request) -> None:
        own = request["own"]
        hello = Hello(own["network"], own["edition"], tuple(own["spaces"]), int(own["now"]), own["hosting"])
        first = request.number("first_symbols")
        self.session = Session(hello, request["opens"], request.data("seed"), lambda _sketch, _summary: first)
        self._items = request.several("items")
        self._identities_declined = request.several("declines_identities")
        self._items_declined = request.several("declines_items")

    def carry_out(self, effects: Iterable[Effect]) -> Iterator[object]:
        """Carry effects out, and yield what the case says of them."""
        for effect in effects:
            match effect:
                case Summarise():
                    yield from self.carry_out(self.session.summarise(Sketch(self._items)))
                case ListItems():
                    yield from self.carry_out(self.session.list_items(Sketch(self._items), self._items))
                case Settle():
                    settled = self.session.settle(self._identities_declined, self._items_declined)
                    yield from self.carry_out(settled)
                case Offer(items):
                    yield {"offer": [item.hex() for item in items]}
                    yield {"send": self.session.sent(len(items)).hex()}
                case _:
                    yield _said(effect)


def _said(effect: Send | Greeted | Receive | Declined | Finished) -> Answer:
    match effect:
        case Send(frame):
            return {"send": frame.hex()}
        case Greeted(hello, scope):
            said = {"edition": hello.edition, "now": str(hello.now_ms), "hosting": str(hello.hosting)}
            return {"greeted": {**said, "spaces": list(scope.spaces), "day": str(scope.day)}}
        case Receive(bundle):
            return {"receive": bundle.hex()}
        case Declined(identities, items):
            named = {"identities": identities, "items": items}
            return {"declined": {name: [one.hex() for one in some] for name, some in named.items()}}
        case Finished(is_equal):
            return {"finished": "equal" if is_equal else "done"}


def _talk(request: Request) -> Answer:
    side = _Side(request)
    played = [list(side.carry_out(side.session.start()))]
    for place, frame in enumerate(request.several("frames")):
        try:
            played.append(list(side.carry_out(side.session.receive(frame))))
        except DecodeError as error:
            raise BrokenFrameError(error, place) from error
    return {"effects": played}


ANSWERS: Mapping[str, Callable[[Request], Answer]] = {"talk": _talk}
