"""A round as seen by the teller, who answers a summary with as little as shows the asker what differs.

Spec: sync.md#round
"""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import pairwise
from typing import TypeAlias

from folkmoot.errors import DecodeError, MisuseError
from folkmoot.limits import CELLS_MAX, LISTED_MAX, SYNC_PREFIX_BYTES
from folkmoot.reconcile import (
    SYMBOL_BYTES,
    Coder,
    KeyedCoder,
    Sketch,
    encode_list,
    estimate,
    place_items,
    session_key,
    symbols_for,
)
from folkmoot.session.asker import CHUNK_BYTES, NO_NONCE
from folkmoot.session.effects import Effect, Finished, ListItems, Offer, sending
from folkmoot.session.messages import (
    Again,
    Cells,
    Coding,
    Equal,
    Listing,
    Message,
    More,
    Places,
    Summary,
    Want,
    Wanted,
)

_SYMBOLS_IN_FRAME = CHUNK_BYTES // SYMBOL_BYTES
_ANOTHER_ROUND_BYTES = 256
_BYTE_BITS = 8


Plan: TypeAlias = Callable[[Sketch, Summary], int]
"""Says with how many symbols the teller of a sketch answers a summary, or 0 for a list."""


class _Told(Enum):
    """What was told last, and what is being heard."""

    CELLS = "cells"
    KEYED = "keyed cells"
    LIST = "a list"
    WANTS = "what the asker wants"


def first_symbols(sketch: Sketch, summary: Summary) -> int:
    """Return the number of symbols that most likely suffice, or 0 where a list is shorter.

    Spec: sync.md#answer
    """
    guess = estimate(sketch.estimator(), summary.estimator)
    # The sizes say how many items differ at the least; equal estimators of unequal sets say none.
    count = symbols_for(max(guess, abs(sketch.size - summary.size), 1))
    is_list_shorter = SYMBOL_BYTES * count > sketch.size * 11 // 5 + _ANOTHER_ROUND_BYTES
    can_list = sketch.size <= LISTED_MAX
    return 0 if can_list and (count > CELLS_MAX or is_list_shorter) else min(count, CELLS_MAX)


class Teller:
    """One round of the teller."""

    def __init__(self, sketch: Sketch, nonces: Iterator[bytes], plan: Plan) -> None:
        self._sketch = sketch
        self._nonces = nonces
        self._plan = plan
        self._coder: Coder = sketch
        self._stage = _Told.CELLS
        self._nonce = b""
        self._asker_nonce = NO_NONCE
        self._told = 0
        self._first = 0
        self._placed: Sequence[bytes] = ()
        self._wanted: list[bytes] = []
        self._place = 0

    @property
    def is_heavy(self) -> bool:
        """Whether what comes next may take long to work out."""
        return self._stage in {_Told.KEYED, _Told.LIST}

    def answer(self, summary: Summary) -> list[Effect]:
        """Answer the asker's summary."""
        sketch = self._sketch
        if summary.fingerprint == sketch.fingerprint():
            return [sending(Equal()), Finished(is_equal=True)]
        self._first = self._plan(sketch, summary)
        if not self._first:
            self._stage = _Told.LIST
            return [ListItems()]
        return self._tell(self._first)

    def list_items(self, sketch: Sketch, items: Sequence[bytes]) -> list[Effect]:
        """Go on with our items, in answer to `ListItems`."""
        self._sketch, self._nonce = sketch, next(self._nonces)
        key = session_key(self._asker_nonce, self._nonce)
        if self._stage is _Told.KEYED:
            self._coder, self._told = KeyedCoder(items, key), 0
            return self._tell(self._first)
        if self._stage is not _Told.LIST:
            raise MisuseError("nobody asked for items")
        self._placed = place_items(items, key)
        whole = encode_list(items, key)
        parts = [whole[start : start + CHUNK_BYTES] for start in range(0, len(whole), CHUNK_BYTES)] or [b""]
        return [sending(Listing(self._nonce, len(items), part)) for part in parts]

    def receive(self, message: Message) -> list[Effect] | None:
        """Take what the asker says; `None` when it may not be said now.

        Raises:
            DecodeError: SYN-9 to SYN-12.
        """
        match message, self._stage:
            case More(count), _Told.CELLS | _Told.KEYED:
                # SYN-9: More is one symbol at least, and leads to 8192 at most.
                if not 0 < count <= CELLS_MAX - self._told:
                    raise DecodeError("SYN-9", "more symbols than there are, or none")
                return self._tell(count)
            case Again(coding, nonce), _Told.CELLS | _Told.KEYED:
                return self._on_again(coding, nonce)
            case Want(prefixes), _Told.CELLS | _Told.KEYED | _Told.WANTS:
                return self._on_want(prefixes)
            case Places(first, bitmap), _Told.LIST:
                return self._on_places(first, bitmap)
            case Wanted(), _:
                wanted, self._wanted, self._placed = tuple(self._wanted), [], ()
                return [Offer(wanted)]
            case _:
                return None

    def _tell(self, count: int) -> list[Effect]:
        """Send the next symbols."""
        end = self._told + count
        fingerprint = self._sketch.fingerprint()
        effects: list[Effect] = []
        while self._told < end:
            step = min(_SYMBOLS_IN_FRAME, end - self._told)
            symbols = self._coder.symbols(self._told, step)
            effects.append(sending(Cells(self._nonce, fingerprint, self._told, end, symbols)))
            self._told += step
        return effects

    def _on_again(self, coding: Coding, nonce: bytes) -> list[Effect]:
        # SYN-10: Keyed cells are asked for once, and before a list.
        if coding is Coding.CELLS and self._stage is _Told.KEYED:
            raise DecodeError("SYN-10", "keyed cells a second time")
        self._stage = _Told.KEYED if coding is Coding.CELLS else _Told.LIST
        self._asker_nonce = nonce
        can_list = coding is Coding.CELLS or self._sketch.size <= LISTED_MAX
        return [ListItems()] if can_list else [Finished(is_equal=False)]

    def _on_want(self, prefixes: bytes) -> list[Effect]:
        step = SYNC_PREFIX_BYTES
        found = [prefixes[start : start + step] for start in range(0, len(prefixes), step)]
        # SYN-11: What is wanted ascends, each prefix once, and is no more than the symbols could show.
        if (
            not found
            or len(prefixes) % step
            or len(self._wanted) + len(found) > self._told
            or not all(earlier < later for earlier, later in pairwise([*self._wanted[-1:], *found]))
        ):
            raise DecodeError("SYN-11", "prefixes that are out of order, cut short or too many")
        self._stage = _Told.WANTS
        self._wanted += found
        return []

    def _on_places(self, first: int, bitmap: bytes) -> list[Effect]:
        end = first + _BYTE_BITS * len(bitmap)
        beyond = max(0, end - len(self._placed))
        # SYN-12: Places ascend from bitmap to bitmap, and are within the list.
        if not bitmap or first < self._place or beyond >= _BYTE_BITS or bitmap[-1] & ((1 << beyond) - 1):
            raise DecodeError("SYN-12", "places that are out of order or beyond the list")
        self._place = end
        for offset, byte in enumerate(bitmap):
            for bit in range(_BYTE_BITS):
                if byte & (0x80 >> bit):
                    self._wanted.append(self._placed[first + _BYTE_BITS * offset + bit])
        return []
