"""Opening bytes once for all simulated nodes: what the protocol says of bytes depends on nothing but the bytes."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import TypeVar

from folkmoot.bundle import Bundle, OpenedBundle
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.record import Record
from folkmoot_node.opening import Message, Openings

REMEMBERED_MAX = 65_536
"""Answers of each sort that are remembered; beyond that the one longest unused is worked out anew."""

_From = TypeVar("_From", bound=Hashable)
_To = TypeVar("_To")


class RememberedOpenings(Openings):
    """The protocol's own answers, each worked out once."""

    def __init__(self, network: str) -> None:
        super().__init__(network)
        self._operation_id = lru_cache(REMEMBERED_MAX)(super().operation_id)
        self._record_id = lru_cache(REMEMBERED_MAX)(super().record_id)
        self._operation = _remembered(super().operation)
        self._record = _remembered(super().record)
        self._message = _remembered(super().message)
        self._gossip = _remembered(self._open_gossip)

    def operation_id(self, wire: bytes) -> bytes | None:
        """See `Openings`."""
        return self._operation_id(wire)

    def record_id(self, wire: bytes) -> bytes | None:
        """See `Openings`."""
        return self._record_id(wire)

    def operation(self, wire: bytes) -> Operation:
        """See `Openings`."""
        return self._operation(wire)

    def record(self, wire: bytes) -> Record:
        """See `Openings`."""
        return self._record(wire)

    def message(self, data: bytes) -> Message:
        """See `Openings`."""
        return self._message(data)

    def gossip(self, bundle: Bundle, space: str) -> OpenedBundle:
        """See `Openings`."""
        return self._gossip((bundle, space))

    def _open_gossip(self, asked: tuple[Bundle, str]) -> OpenedBundle:
        return super().gossip(*asked)


def _remembered(open_: Callable[[_From], _To]) -> Callable[[_From], _To]:
    """Remember answers, refusals included; a refusal is raised anew each time, with no history."""

    @lru_cache(REMEMBERED_MAX)
    def attempt(given: _From) -> _To | DecodeError:
        try:
            return open_(given)
        except DecodeError as error:
            return error

    def answer(given: _From) -> _To:
        found = attempt(given)
        if isinstance(found, DecodeError):
            raise DecodeError(found.rule, found.why)
        return found

    return answer
