"""All the ways in which one field of something that has a shape can be wrong.

The faults are made from the shapes themselves: each leaf of a value that has every field is bent in turn.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from folkmoot.shape import Anything, Bytes, Choice, Fields, Flag, Integer, Many, Shape, Text

Path = tuple[str | int, ...]
Leaf = tuple[Path, Shape, bool]
"""A place in a value, what belongs there, and whether it may not be left out."""


def leaves(shape: Shape, value: object, path: Path = (), *, required: bool = False) -> Iterator[Leaf]:
    """Yield every place in a full value with its shape."""
    if path:
        yield path, shape, required
    if isinstance(shape, Fields):
        assert isinstance(value, Mapping)
        for name, inner in {**shape.required, **shape.optional}.items():
            if name not in value:
                continue  # some fields exclude each other, such as the bid and the document of a decline
            yield from leaves(inner, value[name], (*path, name), required=name in shape.required)
    elif isinstance(shape, Many):
        assert isinstance(value, list)
        yield from leaves(shape.item, value[0], (*path, 0))


def bends(shape: Shape) -> list[tuple[str, object]]:
    """Return values that a shape refuses, each with the name of the fault."""
    return _BENDS[type(shape)](shape)


def named(prefix: str, path: Path) -> str:
    """Name a place in the manner of the names of cases."""
    return "-".join([prefix, *(str(step).replace("_", "-") for step in path if not isinstance(step, int))])


def changed(value: Mapping[str, object], *places: tuple[Path, object]) -> dict[str, object]:
    """Return a copy with some places changed, or left out where what belongs there is `None`."""
    copied = copy.deepcopy(dict(value))
    for path, new in places:
        inner = cast("dict[str | int, object]", copied)
        for step in path[:-1]:
            inner = cast("dict[str | int, object]", inner[step])
        if new is None:
            del inner[path[-1]]
        else:
            inner[path[-1]] = new
    return copied


def in_order(value: object) -> object:
    """Return a value with the keys of every map in canonical order."""
    if isinstance(value, Mapping):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def _bent_text(shape: Text) -> list[tuple[str, object]]:
    return [("empty", ""), (f"of-{shape.length_max + 1}-characters", "a" * (shape.length_max + 1))]


def _bent_integer(shape: Integer) -> list[tuple[str, object]]:
    built: list[tuple[str, object]] = [("true", True), ("one-below-the-least", shape.least - 1)]
    return built + ([("one-above-the-greatest", shape.greatest + 1)] if shape.greatest < 2**31 else [])


def _bent_many(shape: Many) -> list[tuple[str, object]]:
    return [*([("of-no-items", [])] if shape.least else []), ("a-map", {})]


_BENDS: Mapping[type, Callable[..., list[tuple[str, object]]]] = {
    Text: _bent_text,
    Integer: _bent_integer,
    Choice: lambda _shape: [("of-no-known-word", "x-none")],
    Flag: lambda _shape: [("1-for-true", 1)],
    Bytes: lambda shape: [("one-byte-short", bytes(shape.length_max - 1)), ("text", "a" * shape.length_max)],
    Many: _bent_many,
    Fields: lambda _shape: [("an-array", [])],
    Anything: lambda _shape: [],
}
