"""Changed items that are signed anew: what is wrong with them is not that the signature does not fit.

The keys of the vectors come from names and are worthless, so everything that they signed can be signed again.
"""

from collections.abc import Iterator
from typing import Any

from fuzz.mutations import Mutator, loosely
from fuzz.packing import packed
from support.keys import NETWORK, secret_key

from folkmoot.keys import SecretKey, digest, preimage

_PEOPLE = ("alice", "bob", "carol")
_FAMILIES = ("ann", "cleo", "duo", "trio", "thief")
_PARTS = (
    "0",
    "1",
    "2",
    "next",
    *(f"next-{n}" for n in range(1, 10)),
    "paper",
    *(f"guardian-{n}" for n in range(3)),
)
_LEFT_AS_IT_WAS = 0.05
"""How often the signature is not made anew."""


def _names() -> Iterator[str]:
    for person in _PEOPLE:
        yield from (f"{person}/{purpose}" for purpose in ("device", "rotation", "paper"))
    for family in _FAMILIES:
        yield from (f"{family}/{part}" for part in _PARTS)


KEYS: dict[bytes, SecretKey] = {key.public: key for key in map(secret_key, _names())}
"""The secret keys that are known, by public key."""


class Forger:
    """Changes records, operations and co-signatures, and signs them."""

    def __init__(self, mutator: Mutator) -> None:
        self._mutator = mutator
        self._dice = mutator.dice

    def record(self, wire: bytes) -> bytes:
        """Change what a record says, and sign it with its device's key if that is known."""
        match loosely(wire):
            case [bytes() as payload, bytes() as signature]:
                fields = loosely(payload)
            case _:
                return self._mutator.data(wire)
        if not isinstance(fields, list) or len(fields) < 4:
            return self._mutator.encoded(wire)
        for _ in range(self._dice.choice((1, 1, 1, 2))):
            fields = self._changed_fields(fields)
        changed = self._mutator.written(fields)
        device = fields[3] if isinstance(fields, list) and len(fields) > 3 else None
        return self._mutator.written([changed, self._signature("record", device, changed, signature)])

    def operation(self, wire: bytes) -> bytes:
        """Change what an operation says, and sign it with every key that signed it and is known."""
        match loosely(wire):
            case [bytes() as carried, list() as signatures]:
                tree = loosely(carried)
            case _:
                return self._mutator.data(wire)
        changed = self._mutator.written(self._mutator.tree(tree))
        pairs = [pair for pair in signatures if isinstance(pair, list) and len(pair) == 2]
        if self._dice.random() < 0.15:
            pairs = [*pairs, [self._dice.choice(list(KEYS)), bytes(64)]]
        if self._dice.random() < 0.1:
            pairs = pairs[1:]
        again = [[key, self._signature("identity", key, changed, old)] for key, old in pairs]
        again.sort(key=lambda pair: pair[0] if isinstance(pair[0], bytes) else b"")
        return self._mutator.written([changed, again])

    def cosignature(self, wire: bytes, document: bytes) -> bytes:
        """Change a co-signature, and sign it for the document that it stands beside."""
        tree = loosely(wire)
        if not isinstance(tree, list) or len(tree) != 5:
            return self._mutator.encoded(wire)
        place = self._dice.randrange(4)
        tree = [*tree[:place], self._mutator.tree(tree[place]), *tree[place + 1 :]]
        signer = self._signer(document, tree[0])
        said = packed([digest(NETWORK, "document", document), tree[0], signer, tree[1], tree[2]])
        return packed([*tree[:4], self._signature("cosign", tree[3], said, tree[4])])

    def _changed_fields(self, fields: Any) -> Any:  # noqa: ANN401 - a change can leave anything behind
        # Most of what can go wrong lies in the body, so it gets most of the changes.
        if isinstance(fields, list) and len(fields) == 10 and self._dice.random() < 0.6:
            return [*fields[:9], self._mutator.tree(fields[9])]
        return self._mutator.tree(fields)

    @staticmethod
    def _signer(document: bytes, index: object) -> object:
        match loosely(document):
            case {"parties": list() as parties} if type(index) is int and 0 <= index < len(parties):
                party = parties[index]
                return party.get("identity", b"") if isinstance(party, dict) else b""
            case _:
                return b""

    def _signature(self, purpose: str, device: object, payload: bytes, old: bytes) -> bytes:
        key = KEYS.get(device) if isinstance(device, bytes) else None
        if key is None or self._dice.random() < _LEFT_AS_IT_WAS:
            return old
        return key.sign(preimage(NETWORK, purpose, payload))
