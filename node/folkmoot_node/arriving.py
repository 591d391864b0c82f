"""What a sync brings, put together so that the operations of one identity are taken in one go.

Part of an identity's operations can lead to another answer than all of them, by which the rest would be dropped as
it comes. So a sender sends all that it keeps of an identity in one piece, genesis first and parents before their
children, and all operations before the first record; and a receiver takes each identity whole, however bundles
divide it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from folkmoot.canonical import decode
from folkmoot.errors import DecodeError
from folkmoot.limits import OPERATION_BYTES_MAX

OPERATIONS_MAX = 512
"""Operations from which on whole identities are handed out; with one more identity they are one transaction."""

WAITING_BYTES_MAX = 4 * 1024 * 1024
"""More than one identity can have; who sends more before the next genesis is not sending identities whole."""


class Batch(NamedTuple):
    """Wires to take together."""

    operations: tuple[bytes, ...]
    records: tuple[bytes, ...]


class Arriving:
    """Gathers the bundles of one sync."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._whole = 0

    def add(self, operations: Sequence[bytes], records: Sequence[bytes]) -> list[Batch]:
        """Take a bundle's wires, and return what is whole."""
        for wire in operations:
            if _is_genesis(wire):
                self._whole = len(self._waiting)
            self._waiting.append(wire)
            self._waiting_bytes += len(wire)
        if records:
            return [Batch(self._handed_out(len(self._waiting)), tuple(records))]
        if self._waiting_bytes > WAITING_BYTES_MAX:
            return [Batch(self._handed_out(self._whole or len(self._waiting)), ())]
        if self._whole >= OPERATIONS_MAX:
            return [Batch(self._handed_out(self._whole), ())]
        return []

    def rest(self) -> list[Batch]:
        """Return what is left when all was sent."""
        return [Batch(self._handed_out(len(self._waiting)), ())] if self._waiting else []

    def _handed_out(self, count: int) -> tuple[bytes, ...]:
        out, self._waiting = tuple(self._waiting[:count]), self._waiting[count:]
        self._waiting_bytes = sum(map(len, self._waiting))
        self._whole = 0
        return out


def _is_genesis(wire: bytes) -> bool:
    try:
        match decode(wire, bytes_max=OPERATION_BYTES_MAX):
            case [bytes() as carried, _]:
                fields = decode(carried, bytes_max=OPERATION_BYTES_MAX)
            case _:
                return False
    except DecodeError:
        return False
    return isinstance(fields, dict) and "identity" not in fields
