"""How bytes, texts and values are changed a little: at one place, in a way that readers get wrong."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import msgpack
from fuzz.packing import ordered, packed, packed_wide

_BOUNDARIES = (0, 1, 2, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 2**16, 2**31, 2**32, 2**53 - 1, 2**53, 2**63)
_DAYS_MS = 86_400_000
_TEXTS = (
    "",
    "a",
    "A",
    "all",
    "commons",
    "a" * 49,
    "\n",
    "\x00",
    "\x7f",
    "e\u0301",
    "\u202e",
    "\ufdd0",
    "\U0001f600",
    "\U0010ffff",
    "-a",
    "a.b",
    "Zo\u00eb",
    "\u2028",
)
_KEYS = ("", "a", "A", "prev", "zz", "network", "document", "\u00e9", "a" * 49)
_ODD: tuple[object, ...] = (
    None,
    True,
    False,
    1.0,
    -1,
    [],
    {},
    b"",
    [[]],
    {"a": 1},
    bytes(32),
    b"\xff" * 32,
    "\ud800",
)
_UNCANONICAL = 0.08
"""How often a changed value is not written in its one form."""

_ROUNDS = (1, 1, 1, 1, 2, 3)
_DEPTH_MAX = 40

Tree = Any


class Mutator:
    """Changes whatever it is given; the same dice give the same changes."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice

    def data(self, data: bytes, donor: bytes = b"") -> bytes:
        """Change bytes without regard to what they mean."""
        changed = bytearray(data)
        for _ in range(self.dice.choice(_ROUNDS)):
            self._byte_change(changed, donor)
        return bytes(changed)

    def encoded(self, data: bytes, *, rounds: int | None = None) -> bytes:
        """Change the value that bytes encode; bytes that encode none are changed as bytes."""
        tree = loosely(data)
        if tree is None:
            return self.data(data)
        for _ in range(rounds or self.dice.choice(_ROUNDS)):
            tree = self.tree(tree)
        return self.written(tree)

    def written(self, tree: Tree) -> bytes:
        """Encode a value: as an honest writer does, or now and then as another."""
        if self.dice.random() >= _UNCANONICAL:
            return packed(ordered(tree))
        match self.dice.randrange(3):
            case 0:
                return packed(self._shuffled(tree))
            case 1:
                return packed_wide(ordered(tree), self.dice)
            case _:
                return packed_wide(self._shuffled(tree), self.dice)

    def text(self, text: str) -> str:
        """Change a text that people type."""
        characters = [*text]
        for _ in range(self.dice.choice(_ROUNDS)):
            place = self.dice.randrange(len(characters) + 1)
            match self.dice.randrange(5):
                case 0:
                    characters[place:place] = [self.dice.choice("1qpzryQZbio-\u212a\u0130 ")]
                case 1:
                    del characters[place : place + self.dice.randint(1, 3)]
                case 2 if place < len(characters):
                    characters[place] = self.dice.choice("023456789acdefghjklmnpqrstuvwxyzQ1")
                case 3:
                    characters = [*"".join(characters).swapcase()]
                case _:
                    characters[place : place + 2] = characters[place : place + 2][::-1]
        return "".join(characters)

    def tree(self, tree: Tree) -> Tree:
        """Return a value that is changed at one place, at any depth."""
        if isinstance(tree, dict | list) and tree and self.dice.random() < 0.75:
            return self._changed_inside(tree)
        return self._changed(tree)

    def integer(self, value: int) -> int:
        """Return another integer: near, at a bound, or far."""
        match self.dice.randrange(6):
            case 0:
                return value + self.dice.choice((-1, 1))
            case 1:
                return self.dice.choice(_BOUNDARIES)
            case 2:
                return -self.dice.choice(_BOUNDARIES)
            case 3:
                return min(value + self.dice.choice((-90, -2, -1, 1, 2, 90, 366)) * _DAYS_MS, 2**63)
            case 4:
                return value + self.dice.choice((-90, -30, 30, 89, 90, 91, 366, 732, 1830))
            case _:
                return self.dice.randrange(2**53)

    def _shuffled(self, tree: Tree) -> Tree:
        """Return a value with its maps in any order."""
        if isinstance(tree, dict):
            keys = self.dice.sample(list(tree), len(tree))
            return {key: self._shuffled(tree[key]) for key in keys}
        return [self._shuffled(item) for item in tree] if isinstance(tree, list) else tree

    def _changed_inside(self, tree: Tree) -> Tree:
        if isinstance(tree, list):
            place = self.dice.randrange(len(tree))
            return [*tree[:place], self.tree(tree[place]), *tree[place + 1 :]]
        key = self.dice.choice(list(tree))
        return {**tree, key: self.tree(tree[key])}

    def _changed(self, value: Tree) -> Tree:
        if self.dice.random() < 0.1:
            return self.dice.choice(_ODD)
        match value:
            case bool() | None | float():
                return self.dice.choice((not value, 0, 1, None, "", value))
            case int():
                return max(-(2**63), min(self.integer(value), 2**64 - 1))
            case str():
                return self._changed_text(value)
            case bytes():
                return self._changed_bytes(value)
            case list():
                return self._changed_list(value)
            case dict():
                return self._changed_map(value)
            case _:
                return value

    def _changed_text(self, value: str) -> str:
        match self.dice.randrange(4):
            case 0:
                return self.dice.choice(_TEXTS)
            case 1:
                return value + self.dice.choice(_TEXTS)
            case 2:
                return value[: self.dice.randrange(len(value) + 1)]
            case _:
                return (value or "a") * self.dice.choice((2, 60, 130))

    def _changed_bytes(self, value: bytes) -> bytes:
        inner = loosely(value) if len(value) > 40 else None
        if inner is not None and isinstance(inner, list | dict) and self.dice.random() < 0.7:
            return self.written(self.tree(inner))
        match self.dice.randrange(4):
            case 0:
                return value[:-1]
            case 1:
                return value + self.dice.randbytes(1)
            case 2:
                return self.dice.choice((bytes(len(value)), b"\xff" * len(value), self.dice.randbytes(len(value))))
            case _:
                return self.data(value)

    def _changed_list(self, value: list[Tree]) -> Tree:
        place = self.dice.randrange(len(value) + 1)
        match self.dice.randrange(6):
            case 0:
                return value[:place] + value[place + 1 :]
            case 1:
                return [*value[:place], *value[place : place + 1] * 2, *value[place + 1 :]]
            case 2:
                return value[::-1]
            case 3:
                return [value]
            case 4:
                return [*value[:place], self.dice.choice(_ODD), *value[place:]]
            case _:
                return (value * self.dice.choice((2, 17, 65)))[:200]

    def _changed_map(self, value: dict[Any, Tree]) -> Tree:
        match self.dice.randrange(5):
            case 0 if value:
                gone = self.dice.choice(list(value))
                return {key: item for key, item in value.items() if key != gone}
            case 1:
                return {**value, self.dice.choice(_KEYS): self.dice.choice(_ODD)}
            case 2 if value:
                renamed = self.dice.choice(list(value))
                name = self.dice.choice((*_KEYS, 1, b"a", None))
                return {(name if key == renamed else key): item for key, item in value.items()}
            case 3:
                return [value]
            case _:
                return {key: value[key] for key in reversed(value)}

    def _byte_change(self, data: bytearray, donor: bytes) -> None:
        place = self.dice.randrange(len(data) + 1)
        change: Callable[[], None] = self.dice.choice(
            (
                lambda: self._flip(data, place),
                lambda: self._flip(data, place),
                lambda: data.__setitem__(slice(place, place), self.dice.randbytes(self.dice.randint(1, 3))),
                lambda: data.__delitem__(slice(place, place + self.dice.randint(1, 4))),
                lambda: data.__delitem__(slice(place, len(data))),
                lambda: data.__setitem__(slice(place, place + 1), self._marker()),
                lambda: data.__setitem__(slice(place, place + 8), donor[place : place + 16]),
            )
        )
        change()

    def _flip(self, data: bytearray, place: int) -> None:
        if place < len(data):
            data[place] ^= 1 << self.dice.randrange(8)

    def _marker(self) -> bytes:
        """Return a byte that begins something in MessagePack."""
        return bytes([self.dice.choice((0x80, 0x90, 0xA0, *range(0xC0, 0xE0), 0xFF))])


def loosely(data: bytes) -> Tree:
    """Decode what MessagePack allows; `None` where it is nothing, and where it lies too deep to be changed."""
    try:
        tree: Tree = msgpack.unpackb(data, raw=False, strict_map_key=False, timestamp=0)
    except (ValueError, TypeError, msgpack.exceptions.UnpackException):
        return None
    return tree if _is_plain(tree, 0) else None


def _is_plain(tree: Tree, depth: int) -> bool:
    if isinstance(tree, dict):
        return depth < _DEPTH_MAX and all(_is_plain(item, depth + 1) for item in (*tree, *tree.values()))
    if isinstance(tree, list):
        return depth < _DEPTH_MAX and all(_is_plain(item, depth + 1) for item in tree)
    return tree is None or isinstance(tree, bool | int | float | str | bytes)


def some_of(dice: Random, items: Sequence[Any], most: int) -> list[Any]:
    """Return some of several, in any order, now and then one of them twice."""
    count = dice.randint(0, min(most, len(items)))
    chosen = dice.sample(list(items), count)
    return [*chosen, *chosen[:1]] if dice.random() < 0.1 else chosen
