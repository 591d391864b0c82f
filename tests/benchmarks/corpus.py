"""Real records for benchmarks: signed by their authors, all of one length, the same in every run."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat

from support.keys import NETWORK, Person, person
from support.world import NOW_MS, TODAY

from folkmoot.canonical import Value, encode
from folkmoot.keys import preimage
from folkmoot.kinds import KINDS
from folkmoot.record import VERSION
from folkmoot.rules import COMMONS

RECORD_BYTES = 500
POSTS_EACH = KINDS["post"].slots
_WORDS = "we build shops and sites for small firms and look for somebody who knows databases well "


@dataclass(frozen=True, slots=True)
class Corpus:
    """Wires of operations, one for each author, and of records."""

    operations: tuple[bytes, ...]
    records: tuple[bytes, ...]


def corpus(count: int, *, each: int = POSTS_EACH) -> Corpus:
    """Return so many records, and the operations that they need; every author has so many records at most."""
    authors = -(-count // each)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(_of_author, range(authors), repeat(each), chunksize=8))
    records = tuple(wire for _operation, wires in made for wire in wires)
    return Corpus(tuple(operation for operation, _wires in made), records[:count])


def _of_author(number: int, each: int) -> tuple[bytes, Sequence[bytes]]:
    who = person(f"author {number}")
    return who.genesis.wire, [_post(who, slot) for slot in range(each)]


def _post(who: Person, slot: int) -> bytes:
    """Seal a post of the one length, as `folkmoot.record.seal` does, but without reading it again."""
    shortest = len(_sealed(who, slot, text_length=256)) - 256
    return _sealed(who, slot, text_length=RECORD_BYTES - shortest)


def _sealed(who: Person, slot: int, *, text_length: int) -> bytes:
    text = (f"{who.name}, {slot}: " + _WORDS * 6)[:text_length]
    body: dict[str, Value] = {"text": text}
    expires = TODAY + KINDS["post"].days_max
    payload = encode([VERSION, "post", who.id, who.key.public, COMMONS, slot, NOW_MS - slot, expires, [], body])
    return encode([payload, who.key.sign(preimage(NETWORK, "record", payload))])
