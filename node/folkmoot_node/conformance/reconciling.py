"""Answers about finding the difference of two sets: walks, sketches, symbols and lists.

Spec: conformance.md#differences
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from folkmoot.reconcile import (
    Decoder,
    KeyedCoder,
    ListReader,
    Sketch,
    compare,
    encode_list,
    indices,
    is_right,
    place_items,
    session_key,
)
from folkmoot_node.conformance.inputs import Request

Answer = dict[str, Any]


def _walk(request: Request) -> Answer:
    limit = request.number("limit")
    return {"cells": [[*indices(int.from_bytes(seed), limit)] for seed in request.several("seeds")]}


def _walk_many(request: Request) -> Answer:
    limit = request.number("limit")
    hashed = sha256()
    for number in range(request.number("walks")):
        seed = int.from_bytes(sha256(number.to_bytes(8)).digest()[:8])
        hashed.update(f"{seed:016x}:{','.join(map(str, indices(seed, limit)))}\n".encode())
    return {"digest": hashed.hexdigest()}


def _sketch(request: Request) -> Answer:
    items, key = request.several("items"), _key(request)
    start, count = request.number("start"), request.number("count")
    if key is not None:
        return {"key": key.hex(), "symbols": KeyedCoder(items, key).symbols(start, count).hex()}
    sketch = Sketch(items)
    return {
        "size": sketch.size,
        "fingerprint": sketch.fingerprint().hex(),
        "estimator": sketch.estimator().hex(),
        "symbols": sketch.symbols(start, count).hex(),
    }


def _find_difference(request: Request) -> Answer:
    items, key = request.several("items"), _key(request)
    own = Sketch(items)
    decoder = Decoder(own if key is None else KeyedCoder(items, key), key)
    for part in request.several("symbols"):
        decoder.feed(part)
    right = is_right(decoder, own, request.data("fingerprint"))
    found = {"theirs": _sorted(decoder.theirs), "ours": _sorted(decoder.ours)} if right else {}
    return {"solved": decoder.is_solved, "right": right, **found}


def _write_list(request: Request) -> Answer:
    items, key = request.several("items"), _listing_key(request)
    return {
        "list": encode_list(items, key).hex(),
        "placed": [item.hex() for item in place_items(items, key)],
    }


def _read_list(request: Request) -> Answer:
    reader = ListReader(request.number("listed"))
    for part in request.several("parts"):
        reader.feed(part)
    if not reader.is_complete:
        return {"complete": False}
    lacked, extra = compare(reader.values, request.several("items"), _listing_key(request))
    return {
        "complete": True,
        "values": [str(value) for value in reader.values],
        "lacked": lacked,
        "extra": [item.hex() for item in extra],
    }


def _key(request: Request) -> bytes | None:
    nonces = request.several("nonces")
    return session_key(*nonces) if nonces else None


def _listing_key(request: Request) -> bytes:
    asker, teller = request.several("nonces")
    return session_key(asker, teller)


def _sorted(items: frozenset[bytes]) -> list[str]:
    return sorted(item.hex() for item in items)


ANSWERS: Mapping[str, Callable[[Request], Answer]] = {
    "walk": _walk,
    "walk-many": _walk_many,
    "sketch": _sketch,
    "find-difference": _find_difference,
    "write-list": _write_list,
    "read-list": _read_list,
}
