"""A round as seen by the asker, who sends a summary and works out what differs from what the teller answers.

Spec: sync.md#round
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from folkmoot.errors import DecodeError, MisuseError
from folkmoot.limits import CELLS_MAX, SYNC_PREFIX_BYTES
from folkmoot.reconcile import (
    NONCE_BYTES,
    SYMBOL_BYTES,
    Decoder,
    KeyedCoder,
    ListReader,
    Sketch,
    compare,
    session_key,
)
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

CHUNK_BYTES = 60_000
"""Bytes of prefixes, of a bitmap or of a list that go into one frame."""

_MORE_MIN = 16
_GIVE_UP_SPARE = 40
NO_NONCE = bytes(NONCE_BYTES)
"""What the asker adds to the key of a coding that it did not ask for."""


class _Due(Enum):
    """The codings that may come."""

    FIRST = "cells without a key, or a list"
    KEYED = "keyed cells"
    LIST = "a list"


class Asker:
    """One round of the asker.

    Attributes:
        is_surmise: Whether something may have been overlooked, so that another round has to follow.
    """

    def __init__(self, sketch: Sketch, nonces: Iterator[bytes]) -> None:
        self._sketch = sketch
        self._nonces = nonces
        self._nonce = NO_NONCE
        self._due = _Due.FIRST
        self._decoder: Decoder | None = None
        self._reader: ListReader | None = None
        self._begun: Cells | Listing | None = None
        self._give_up = 0
        self._end = 0
        self._kept: Cells | None = None
        self.is_surmise = False

    @property
    def is_heavy(self) -> bool:
        """Whether what comes next may take long to work out."""
        return self._due is not _Due.FIRST or self._reader is not None

    def ask(self, day: int) -> list[Effect]:
        """Begin the round."""
        sketch = self._sketch
        return [sending(Summary(day, sketch.size, sketch.fingerprint(), sketch.estimator()))]

    def receive(self, message: Message) -> list[Effect] | None:
        """Take what the teller says; `None` when it may not be said now.

        Raises:
            DecodeError: SYN-7, SYN-8, RCN-1, RCN-3 to RCN-5.
        """
        match message:
            case Equal() if self._due is _Due.FIRST and self._begun is None:
                return [Finished(is_equal=True)]
            case Cells() if self._due is not _Due.LIST and self._reader is None:
                return self._on_cells(message)
            case Listing() if self._due is not _Due.KEYED and self._decoder is None:
                return self._on_list(message)
            case _:
                return None

    def list_items(self, sketch: Sketch, items: Sequence[bytes]) -> list[Effect]:
        """Go on with our items, in answer to `ListItems`."""
        self._sketch = sketch
        match self._begun:
            case Cells(nonce=nonce) if self._kept is not None:
                key = session_key(self._nonce, nonce)
                kept, self._kept = self._kept, None
                self._decoder = Decoder(KeyedCoder(items, key), key)
                return self._feed(self._decoder, kept)
            case Listing(nonce=nonce) if self._reader is not None:
                places, ours = compare(self._reader.values, items, session_key(self._nonce, nonce))
                self.is_surmise = True
                return self._agreed(_at_places(places), ours)
            case _:
                raise MisuseError("nobody asked for items")

    def _on_cells(self, message: Cells) -> list[Effect]:
        received = 0 if self._decoder is None else self._decoder.received
        self._check_cells(message, received)
        if self._decoder is not None:
            return self._feed(self._decoder, message)
        self._begun, self._end = message, message.end
        self._give_up = min(CELLS_MAX, 5 * message.end // 2 + _GIVE_UP_SPARE)
        if message.nonce:
            self._kept = message
            return [ListItems()]
        self._decoder = Decoder(self._sketch)
        return self._feed(self._decoder, message)

    def _check_cells(self, message: Cells, received: int) -> None:
        count = len(message.symbols) // SYMBOL_BYTES
        is_due = bool(message.nonce) is (self._due is _Due.KEYED) and message.start == received
        fits = 0 < count <= message.end - message.start and message.end <= CELLS_MAX
        if isinstance(self._begun, Cells):
            same = (self._begun.nonce, self._begun.fingerprint, self._end)
            fits = fits and (message.nonce, message.fingerprint, message.end) == same
        # SYN-7: Cells are of the coding that is due, follow each other, and end where they said or were asked to.
        if not (is_due and fits):
            raise DecodeError("SYN-7", "cells that do not follow those before")

    def _feed(self, decoder: Decoder, message: Cells) -> list[Effect]:
        decoder.feed(message.symbols)
        if decoder.received < self._end:
            return []
        if decoder.is_solved:
            # RCN-6: The difference is the right one when our set with it has the teller's fingerprint.
            changed = self._sketch.with_changes(decoder.theirs, decoder.ours)
            if changed != message.fingerprint:
                return self._ask_again()
            return self._agreed(_by_prefix(decoder.theirs), decoder.ours)
        if decoder.received >= self._give_up:
            return self._ask_again()
        count = min(max(_MORE_MIN, decoder.received // 4), self._give_up - decoder.received)
        self._end = decoder.received + count
        return [sending(More(count))]

    def _ask_again(self) -> list[Effect]:
        """Give the coding up, and ask for the next."""
        coding = Coding.CELLS if self._due is _Due.FIRST else Coding.LIST
        self._due = _Due.KEYED if coding is Coding.CELLS else _Due.LIST
        self._nonce = next(self._nonces)
        self._begun, self._decoder = None, None
        return [sending(Again(coding, self._nonce))]

    def _on_list(self, message: Listing) -> list[Effect]:
        # SYN-8: The parts of a list are of one list, and not empty.
        begun = self._begun
        if isinstance(begun, Listing) and (message.nonce, message.count) != (begun.nonce, begun.count):
            raise DecodeError("SYN-8", "a part of another list")
        if not message.part and message.count:
            raise DecodeError("SYN-8", "an empty part of a list")
        if self._reader is None:
            self._begun, self._reader = message, ListReader(message.count)
        self._reader.feed(message.part)
        return [ListItems()] if self._reader.is_complete else []

    def _agreed(self, asked: Iterable[Message], ours: Iterable[bytes]) -> list[Effect]:
        self._decoder, self._reader = None, None
        return [*map(sending, asked), sending(Wanted()), Offer(tuple(sorted(ours)))]


def _by_prefix(items: Iterable[bytes]) -> Iterator[Message]:
    prefixes = sorted({item[:SYNC_PREFIX_BYTES] for item in items})
    step = CHUNK_BYTES // SYNC_PREFIX_BYTES
    for start in range(0, len(prefixes), step):
        yield Want(b"".join(prefixes[start : start + step]))


def _at_places(places: Sequence[int]) -> Iterator[Message]:
    """Yield bitmaps that cover some places, given in ascending order."""
    first, bitmap = 0, bytearray()
    for place in places:
        if not bitmap or place - first >= 8 * CHUNK_BYTES:
            if bitmap:
                yield Places(first, bytes(bitmap))
            first, bitmap = place, bytearray()
        byte, bit = divmod(place - first, 8)
        bitmap.extend(bytes(byte + 1 - len(bitmap)))
        bitmap[byte] |= 0x80 >> bit
    if bitmap:
        yield Places(first, bytes(bitmap))
