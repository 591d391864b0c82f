"""Cases of the suite `reconcile`: walks, sketches, differences and lists, of honest sides and of others."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import combinations, count

from vectors.craft import INTEGER_BOUNDARIES, Case, accepted, judged, refused

from folkmoot.limits import CELLS_MAX, LISTED_MAX
from folkmoot.reconcile import (
    SYMBOL_BYTES,
    Decoder,
    KeyedCoder,
    ListReader,
    Sketch,
    check_of,
    compare,
    encode_list,
    indices,
    place_items,
    session_key,
)
from folkmoot.reconcile.mapping import INDEX_LIMIT_MAX

_NONCES = b"asker's nonce 16", b"teller nonce 16."
_KEY = session_key(*_NONCES)
_GAP = bytes(SYMBOL_BYTES)
_STEP_MAX = 2**16
"""Values for each item of a list."""

_SEEDS = (
    0x0000000000000001,
    0x0123456789ABCDEF,
    0xFEDCBA9876543210,
    0x8000000000000000,
    0xFFFFFFFFFFFFFFFF,
    0x0000000000000000,
    0xFFFFFFFF00000000,
    0x00000000FFFFFFFF,
)


def item(name: str) -> bytes:
    """Return the item that a name stands for."""
    return sha256(name.encode()).digest()[:16]


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [*_walks(), *_sketches(), *_differences(), *_lies(), *_lists(), *_read_lists(), *_broken_lists()]


def example() -> str:
    """Return the example of the page: three items and the first cells of their sketch."""
    named = {name: item(name) for name in ("a", "b", "c")}
    lines = ["item                              check             cells"]
    for inside in named.values():
        cells = " ".join(map(str, indices(check_of(inside), 8)))
        lines.append(f"{inside.hex()}  {check_of(inside):016x}  {cells} ...")
    lines += ["", "cell  symbol"]
    sketch = Sketch(named.values())
    lines += [f"{cell:<4}  {sketch.symbols(cell, 1).hex()}" for cell in range(8)]
    return "\n".join([*lines, "", "fingerprint", sketch.fingerprint().hex()])


def _items(prefix: str, many: int) -> list[bytes]:
    return [item(f"{prefix} {number}") for number in range(many)]


def _hexed(items: Iterable[bytes]) -> list[str]:
    return [one.hex() for one in items]


def _nonces() -> list[str]:
    return _hexed(_NONCES)


def _walks() -> Iterator[Case]:
    for name, limit in (("of-16384-cells", 16_384), ("to-the-end", INDEX_LIMIT_MAX)):
        walked = [list(indices(seed, limit)) for seed in _SEEDS]
        yield accepted(
            f"walks-{name}",
            why="A client that counts in floating point, or in 32 bits, ends up in other cells.",
            seeds=[f"{seed:016x}" for seed in _SEEDS],
            limit=limit,
            cells=walked,
        )
    many = 10_000
    yield accepted(
        "walks-of-ten-thousand-seeds",
        why="One line for each seed: 16 digits, a colon, the cells with commas between, a line feed.",
        walks=many,
        limit=INDEX_LIMIT_MAX,
        digest=walks_digest(many, INDEX_LIMIT_MAX),
    )


def walks_digest(many: int, limit: int) -> bytes:
    """Return the digest of the walks of seeds that are the first 8 bytes of the SHA-256 of 0, 1, ... in 8 bytes."""
    hashed = sha256()
    for number in range(many):
        seed = int.from_bytes(sha256(number.to_bytes(8)).digest()[:8])
        hashed.update(f"{seed:016x}:{','.join(map(str, indices(seed, limit)))}\n".encode())
    return hashed.digest()


def _sketches() -> Iterator[Case]:
    three = [item(name) for name in ("a", "b", "c")]
    many = _items("counted", 300)
    for name, items, start, cells in (
        ("of-nothing", [], 0, 2),
        ("of-one-item", three[:1], 0, 8),
        ("of-three-items", three, 0, 8),
        ("of-300-items", many, 0, 24),
        ("at-its-end", many, CELLS_MAX - 40, 40),
    ):
        sketch = Sketch(items)
        yield accepted(
            f"sketch-{name}",
            items=_hexed(items),
            start=start,
            count=cells,
            size=len(items),
            fingerprint=sketch.fingerprint(),
            estimator=sketch.estimator(),
            symbols=sketch.symbols(start, cells),
        )
    for name, items in (("three-items", three), ("300-items", many)):
        yield accepted(
            f"sketch-of-{name}-under-a-key",
            items=_hexed(items),
            nonces=_nonces(),
            start=0,
            count=8,
            key=_KEY,
            symbols=KeyedCoder(items, _KEY).symbols(0, 8),
        )


def _differences() -> Iterator[Case]:
    shared, here, there = _items("shared", 20), _items("here", 9), _items("there", 12)
    yield _found("nothing-differs", shared, shared, [1])
    yield _found("the-other-side-has-more", shared, shared + there, [40])
    yield _found("the-other-side-has-less", shared + here, shared, [40])
    yield _found("both-have-what-the-other-lacks", shared + here, shared + there, [30, 8, 22])
    yield _found("one-symbol-at-a-time", here[:2], there[:2], [1] * 12)
    yield _found("hundreds-differ", _items("left", 140), _items("right", 160), [480])
    yield _found("under-a-key", shared + here, shared + there, [30, 30], keyed=True)
    yield _found("too-few-symbols", shared + here, shared + there, [12], solved=False)
    planted = _planted(24)
    why = "Both are in cell 0 and in no other of these; they were made for it."
    yield _found("planted-pair-stalls-a-sketch", shared, [*shared, *planted], [24], solved=False, why=why)
    yield _found("planted-pair-under-a-key", shared, [*shared, *planted], [24], keyed=True)


def _planted(cells: int) -> list[bytes]:
    """Return two items that have none but the first of so many cells."""
    found = (one for one in map(item, (f"planted {n}" for n in count())) if [*indices(check_of(one), cells)] == [0])
    return [next(found), next(found)]


def _found(  # noqa: PLR0913 - all that differs between the cases
    name: str,
    own: Sequence[bytes],
    other: Sequence[bytes],
    parts: Sequence[int],
    *,
    keyed: bool = False,
    solved: bool = True,
    why: str = "",
) -> Case:
    """Return a case in which the other side tells the truth."""
    key = _KEY if keyed else None
    theirs = KeyedCoder(other, _KEY) if keyed else Sketch(other)
    decoder = Decoder(KeyedCoder(own, _KEY) if keyed else Sketch(own), key)
    symbols: list[bytes] = []
    for part in parts:
        symbols.append(theirs.symbols(decoder.received, part))
        decoder.feed(symbols[-1])
    assert decoder.is_solved == solved, name
    assert not solved or (decoder.theirs == {*other} - {*own} and decoder.ours == {*own} - {*other}), name
    result = {"theirs": sorted(_hexed(decoder.theirs)), "ours": sorted(_hexed(decoder.ours))} if solved else {}
    return accepted(
        f"difference-{name}",
        why=why,
        items=_hexed(own),
        **({"nonces": _nonces()} if keyed else {}),
        symbols=_hexed(symbols),
        fingerprint=Sketch(other).fingerprint(),
        solved=solved,
        **result,
    )


def _lies() -> Iterator[Case]:
    own, phantom = _items("shared", 3), item("phantom")
    cell = next(n for n in count() if n not in set(indices(check_of(phantom), CELLS_MAX)))
    there = next(one for one in _items("there", 99) if [*indices(check_of(one), 3)] == [0, 2])
    singles = {
        "count-of-two": _symbol(phantom, number=2),
        "count-of-none": _symbol(phantom, number=0),
        "check-of-another-item": _symbol(phantom, check=check_of(there)),
        "check-off-by-its-lowest-bit": _symbol(phantom, check=check_of(phantom) ^ 1 << 32),
        "check-of-the-lower-half": _symbol(phantom, check=check_of(phantom) << 32 & 2**64 - 1),
        "check-from-the-item-itself": _symbol(phantom, check=int.from_bytes(phantom[:8])),
        "item-in-a-cell-not-its-own": _GAP * cell + _symbol(phantom),
        "item-that-comes-back": _symbol(there) + _GAP * 2,
        "item-that-comes-back-with-the-other-sign": _symbol(there, number=255) + _GAP * 2,
    }
    comes_back = "A decoder that takes an item out twice goes on for ever."
    for name, symbols in singles.items():
        yield _lied(name, "RCN-2", [], symbols, Sketch([]), why=comes_back if "comes-back" in name else "")
    yield _lied(
        "item-that-nobody-has", "RCN-6", own, Sketch([*own, phantom]).symbols(0, 8), Sketch([*own, item("b")])
    )
    yield _lied("item-taken-for-ours", "RCN-6", own, _less(own, phantom, 8), Sketch(own))
    yield _lied("first-cell-only", "RCN-6", own, Sketch(own).symbols(0, 1), Sketch([*own, phantom]))
    yield _cut("symbols-cut-short", Sketch(own).symbols(0, 3)[:-1])
    yield _cut("symbols-and-a-byte", Sketch(own).symbols(0, 3) + b"\0")
    yield _cut("second-symbols-cut-short", Sketch(own).symbols(0, 3), Sketch(own).symbols(3, 2)[1:])


def _symbol(one: bytes, *, number: int = 1, check: int | None = None) -> bytes:
    return one + (check_of(one) if check is None else check).to_bytes(8)[:4] + bytes([number])


def _less(items: Sequence[bytes], absent: bytes, cells: int) -> bytes:
    """Return the symbols of a set from which an item was taken that was never in it."""
    sketch = Sketch(items)
    sketch.remove(absent)
    return sketch.symbols(0, cells)


def _lied(name: str, rule: str, own: Sequence[bytes], symbols: bytes, said: Sketch, *, why: str = "") -> Case:
    decoder = Decoder(Sketch(own))
    decoder.feed(symbols)
    assert decoder.is_solved == (rule == "RCN-6"), name
    return judged(
        f"lie-{name}",
        "ignore",
        rule,
        why=why,
        items=_hexed(own),
        symbols=[symbols.hex()],
        fingerprint=said.fingerprint(),
        solved=decoder.is_solved,
    )


def _cut(name: str, *parts: bytes) -> Case:
    own = _items("shared", 3)
    return refused(name, "RCN-1", items=_hexed(own), symbols=_hexed(parts), fingerprint=Sketch(own).fingerprint())


def _lists() -> Iterator[Case]:
    for name, items in (
        ("nothing", []),
        ("one-item", _items("listed", 1)),
        ("three-items", _items("listed", 3)),
        ("200-items", _items("listed", 200)),
    ):
        yield accepted(
            f"list-of-{name}",
            items=_hexed(items),
            nonces=_nonces(),
            list=encode_list(items, _KEY),
            placed=_hexed(place_items(items, _KEY)),
        )


def _read_lists() -> Iterator[Case]:
    shared, here, there = _items("shared", 20), _items("here", 9), _items("there", 12)
    one, other = _of_one_value(2)
    yield _read("of-nothing", here[:3], [], 1)
    yield _read("of-the-same-set", shared, shared[::-1], 99)
    yield _read("of-another-set", shared + here, shared + there, 99)
    yield _read("byte-by-byte", shared + here, shared + there, 1)
    yield _read("to-somebody-with-nothing", [], there, 10)
    met = "Two items have one value; which of them is meant nobody can say."
    yield _read("that-overlooks-an-item", [one, here[0]], [other, here[0]], 99, why=met)
    yield _read("with-two-items-of-one-value", [one], [one, other], 99, why=met)
    yield _read("with-one-of-two-items-of-one-value", [one, other, here[0]], [one, here[0]], 99, why=met)


def _of_one_value(listed: int) -> tuple[bytes, bytes]:
    """Return two items that have the same value in a list of so many."""
    pairs = combinations(_items("meeting", 900), 2)
    values = {one: _value(one, listed) for one in _items("meeting", 900)}
    return next((one, other) for one, other in pairs if values[one] == values[other])


def _value(one: bytes, listed: int) -> int:
    return int.from_bytes(sha256(b"\x03" + _KEY + one).digest()[:6]) * listed >> 32


def _read(name: str, own: Sequence[bytes], other: Sequence[bytes], cut: int, *, why: str = "") -> Case:
    coded = encode_list(other, _KEY)
    parts = [coded[at : at + cut] for at in range(0, len(coded), cut)]
    reader = ListReader(len(other))
    for part in parts:
        reader.feed(part)
    lacked, extra = compare(reader.values, own, _KEY)
    return accepted(
        f"read-list-{name}",
        why=why,
        items=_hexed(own),
        nonces=_nonces(),
        listed=str(len(other)),
        parts=_hexed(parts),
        values=[str(value) for value in reader.values],
        lacked=lacked,
        extra=_hexed(extra),
    )


def _broken_lists() -> Iterator[Case]:
    for listed in (LISTED_MAX + 1, *INTEGER_BOUNDARIES[:-1]):
        yield _broken(f"of-{listed}-items", "RCN-3", listed, b"")
    yield _broken("value-beyond-the-last", "RCN-4", 1, _coded([_STEP_MAX]))
    yield _broken("second-value-beyond-the-last", "RCN-4", 2, _coded([7, 2 * _STEP_MAX]))
    yield _broken("remainder-beyond-the-last", "RCN-4", 2, _coded([_STEP_MAX + 1, 2 * _STEP_MAX + 1]))
    yield _broken("ones-without-end", "RCN-4", 20, b"\xff\xff", b"\xff")
    yield _broken("and-a-byte", "RCN-5", 1, _coded([5]) + b"\0")
    yield _broken("and-a-byte-later", "RCN-5", 1, _coded([5]), b"\0")
    yield _broken("padded-with-a-one", "RCN-5", 1, _coded([5], padding="0000001"))
    yield _broken("of-nothing-with-a-byte", "RCN-5", 0, b"\0")


def _coded(values: Sequence[int], *, padding: str = "0000000") -> bytes:
    """Code any values, whether or not a list may have them."""
    text = ""
    for before, value in zip([0, *values], values, strict=False):
        ones, rest = divmod(value - before, _STEP_MAX)
        text += "1" * ones + f"{rest:017b}"
    short = -len(text) % 8
    text += padding[len(padding) - short :] if short else ""
    return int(text, 2).to_bytes(len(text) // 8)


def _broken(name: str, rule: str, listed: int, *parts: bytes) -> Case:
    return refused(f"read-list-{name}", rule, items=[], nonces=_nonces(), listed=str(listed), parts=_hexed(parts))
