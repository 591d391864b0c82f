"""Questions about sets and how they differ: two sets with much in common, and what one side says of its own."""

from collections.abc import Sequence
from hashlib import sha256
from random import Random

from fuzz.mutations import Mutator
from fuzz.pools import Request

from folkmoot.reconcile import CELLS_MAX, SYMBOL_BYTES, KeyedCoder, Sketch, encode_list, session_key

_ITEMS = [sha256(b"fuzz %d" % number).digest()[:16] for number in range(300)]
_SIZES = (0, 1, 2, 5, 30, 120)
_DIFFERENCES = (0, 1, 2, 3, 10, 40)
_SEEDS = (0, 1, 2**32 - 1, 2**32, 2**63, 2**64 - 1)
_LIMITS = (1, 2, 64, CELLS_MAX, 2**26 - 2)


class SetInputs:
    """Makes the questions; the same dice make the same ones."""

    def __init__(self, mutator: Mutator) -> None:
        self._mutator = mutator
        self._dice: Random = mutator.dice

    def walk(self) -> Request:
        """Return a question about the cells of some checks."""
        seeds = [self._dice.choice((*_SEEDS, self._dice.getrandbits(64))) for _ in range(self._dice.randint(1, 8))]
        limit = self._dice.choice((*_LIMITS, self._dice.randint(1, CELLS_MAX)))
        return {"do": "walk", "seeds": [f"{seed:016x}" for seed in seeds], "limit": limit}

    def sketch(self) -> Request:
        """Return a question about a part of a sketch."""
        items, _theirs = self._sets()
        start = self._dice.choice((0, 0, self._dice.randrange(CELLS_MAX)))
        count = self._dice.randint(0, min(40, CELLS_MAX - start))
        return {"do": "sketch", "items": _hexed(items), **self._nonces(0.3), "start": start, "count": count}

    def find_difference(self) -> Request:
        """Return a question about symbols of the other side: enough of them, too few, or damaged."""
        items, theirs = self._sets()
        nonces = self._nonces(0.3)
        coder = KeyedCoder(theirs, _key(nonces)) if nonces else Sketch(theirs)
        differing = len(set(items) ^ set(theirs))
        symbols = coder.symbols(0, self._dice.randint(1, 2 * differing + 8))
        fingerprint = Sketch(theirs).fingerprint()
        if self._sometimes(0.4):
            symbols = self._damaged(symbols)
        if self._sometimes(0.1):
            fingerprint = self._mutator.data(fingerprint)
        parts = self._parts(symbols, SYMBOL_BYTES)
        said = {"symbols": parts, "fingerprint": fingerprint.hex()}
        return {"do": "find-difference", "items": _hexed(items), **nonces, **said}

    def write_list(self) -> Request:
        """Return a question about the list of a set."""
        items, _theirs = self._sets()
        return {"do": "write-list", "items": _hexed(items), **self._nonces(1.0)}

    def read_list(self) -> Request:
        """Return a question about a list of the other side: whole, cut off, or damaged."""
        items, theirs = self._sets()
        nonces = self._nonces(1.0)
        written = encode_list(theirs, _key(nonces))
        listed = len(theirs)
        if self._sometimes(0.5):
            written = self._mutator.data(written, self._dice.randbytes(16))
        if self._sometimes(0.1):
            listed = max(0, self._mutator.integer(listed))
        said = {"listed": str(listed), "parts": self._parts(written, 1)}
        return {"do": "read-list", "items": _hexed(items), **nonces, **said}

    def _sometimes(self, share: float) -> bool:
        return self._dice.random() < share

    def _sets(self) -> tuple[list[bytes], list[bytes]]:
        """Return two sets; each lacks some items that the other has."""
        shared, ours, theirs = (self._dice.choice(sizes) for sizes in (_SIZES, _DIFFERENCES, _DIFFERENCES))
        chosen = self._dice.sample(_ITEMS, shared + ours + theirs)
        return chosen[: shared + ours], chosen[:shared] + chosen[shared + ours :]

    def _nonces(self, share: float) -> dict[str, list[str]]:
        keyed = self._sometimes(share)
        return {"nonces": [self._dice.randbytes(16).hex() for _side in range(2)]} if keyed else {}

    def _damaged(self, symbols: bytes) -> bytes:
        """Change bytes anywhere, or some symbols as wholes: one twice, one gone, two exchanged."""
        if self._sometimes(0.5):
            return self._mutator.data(symbols)
        cells = [symbols[at : at + SYMBOL_BYTES] for at in range(0, len(symbols), SYMBOL_BYTES)]
        place, other = (self._dice.randrange(len(cells)) for _cell in range(2))
        match self._dice.randrange(3):
            case 0:
                cells[place] = cells[other]
            case 1:
                cells[place], cells[other] = cells[other], cells[place]
            case _:
                cells[place] = bytes(SYMBOL_BYTES)
        return b"".join(cells)

    def _parts(self, whole: bytes, unit: int) -> list[str]:
        """Cut what is sent into parts, mostly between two units."""
        if self._sometimes(0.5):
            return [whole.hex()]
        at = self._dice.randint(0, len(whole) // unit) * unit
        if self._sometimes(0.05):
            at += 1
        return [whole[:at].hex(), whole[at:].hex()]


def _hexed(items: Sequence[bytes]) -> list[str]:
    return [item.hex() for item in items]


def _key(nonces: dict[str, list[str]]) -> bytes:
    asker, teller = nonces["nonces"]
    return session_key(bytes.fromhex(asker), bytes.fromhex(teller))
