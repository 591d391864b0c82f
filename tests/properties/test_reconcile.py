"""Laws of reconciliation: sketches are linear, differences exact, and liars cost no more than they send."""

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from folkmoot.errors import DecodeError
from folkmoot.limits import CELLS_MAX
from folkmoot.reconcile import (
    SYMBOL_BYTES,
    Coder,
    Decoder,
    KeyedCoder,
    ListReader,
    Sketch,
    check_of,
    compare,
    encode_list,
    estimate,
    place_items,
    session_key,
)

items = st.binary(min_size=16, max_size=16)
sets = st.sets(items, max_size=40).map(sorted)
keys = st.binary(min_size=32, max_size=32)
CELLS = 256


def state(sketch: Sketch) -> tuple[object, ...]:
    """Return all that others see of a sketch."""
    return sketch.size, sketch.fingerprint(), sketch.estimator(), sketch.symbols(0, CELLS_MAX)


def refusal(act: Callable[[], None]) -> str | None:
    """Return the rule by which something is refused."""
    try:
        act()
    except DecodeError as error:
        return error.rule
    return None


def solved(own: Coder, other: Coder, key: bytes | None = None) -> Decoder:
    """Feed symbols until the difference is found, or there are no more."""
    decoder = Decoder(own, key)
    while not decoder.is_solved and decoder.received < CELLS_MAX:
        decoder.feed(other.symbols(decoder.received, min(16 + decoder.received, CELLS_MAX - decoder.received)))
    return decoder


@given(left=sets, right=sets)
def test_a_sketch_is_the_sum_of_its_parts_in_any_order(left: list[bytes], right: list[bytes]) -> None:
    right = [item for item in right if item not in left]
    merged = Sketch(left)
    merged.merge(Sketch(right))
    assert state(merged) == state(Sketch([*right[::-1], *left]))


@given(before=sets, after=sets)
def test_a_sketch_that_followed_every_change_is_the_one_made_anew(before: list[bytes], after: list[bytes]) -> None:
    sketch = Sketch(before)
    for item in before:
        if item not in after:
            sketch.remove(item)
    for item in after:
        if item not in before:
            sketch.add(item)
    assert state(sketch) == state(Sketch(after))


@given(held=sets, added=sets)
def test_what_is_kept_goes_on_as_if_it_had_never_been_away(held: list[bytes], added: list[bytes]) -> None:
    added = [item for item in added if item not in held]
    restored = Sketch.from_bytes(Sketch(held).to_bytes())
    for item in added:
        restored.add(item)
    assert state(restored) == state(Sketch([*held, *added]))


@given(ours=sets, theirs=sets)
def test_a_fingerprint_is_that_of_one_set(ours: list[bytes], theirs: list[bytes]) -> None:
    assert (Sketch(ours).fingerprint() == Sketch(theirs).fingerprint()) == (ours == theirs)


@given(shared=sets, ours=sets, theirs=sets, key=st.none() | keys)
def test_the_difference_found_is_the_symmetric_difference(
    shared: list[bytes], ours: list[bytes], theirs: list[bytes], key: bytes | None
) -> None:
    here, there = set(shared) | set(ours), set(shared) | set(theirs)
    own: Coder = Sketch(here) if key is None else KeyedCoder(here, key)
    other: Coder = Sketch(there) if key is None else KeyedCoder(there, key)
    decoder = solved(own, other, key)
    assert decoder.is_solved
    assert [*map(set, (decoder.theirs, decoder.ours))] == [there - here, here - there]
    assert Sketch(here).with_changes(decoder.theirs, decoder.ours) == Sketch(there).fingerprint()


@given(seed=st.integers(0, 2**64 - 1), size=st.sampled_from([0, 1, 2, 100, 700]))
def test_differences_of_any_size_are_found(seed: int, size: int) -> None:
    made = [check_of(seed.to_bytes(8) + n.to_bytes(8)).to_bytes(16) for n in range(2 * size)]
    here, there = set(made[:size]), set(made[size // 2 : 2 * size])
    decoder = solved(Sketch(here), Sketch(there))
    assert decoder.is_solved
    assert [*map(set, (decoder.theirs, decoder.ours))] == [there - here, here - there]


@st.composite
def lies(draw: st.DrawFn) -> list[bytes]:
    """Draw symbols in which single items stand where the liar likes, among true ones and noise."""
    told = draw(st.lists(items, min_size=1, max_size=4))
    singles = [item + check_of(item).to_bytes(8)[:4] + sign for item in told for sign in (b"\x01", b"\xff")]
    honest = Sketch(told).symbols(0, CELLS)
    parts = [honest[at : at + SYMBOL_BYTES] for at in range(0, 40 * SYMBOL_BYTES, SYMBOL_BYTES)]
    noise = st.binary(min_size=SYMBOL_BYTES, max_size=SYMBOL_BYTES)
    return draw(st.lists(st.sampled_from([*singles, *parts, bytes(SYMBOL_BYTES)]) | noise, max_size=60))


@given(lied=lies())
def test_no_liar_makes_us_find_more_than_he_sent_symbols(lied: Sequence[bytes]) -> None:
    decoder = Decoder(Sketch())
    for symbol in lied:
        decoder.feed(symbol)
    assert len(decoder.theirs) + len(decoder.ours) <= decoder.received == len(lied)
    assert not decoder.theirs & decoder.ours


@given(held=sets, honest=sets, lied=lies())
def test_a_lie_that_decodes_has_not_the_fingerprint_of_another_set(
    held: list[bytes], honest: list[bytes], lied: Sequence[bytes]
) -> None:
    own = Sketch(held)
    decoder = Decoder(own)
    decoder.feed(b"".join(lied))
    found = own.with_changes(decoder.theirs, decoder.ours)
    reached = set(held) - decoder.ours | decoder.theirs
    told_lies = bool(decoder.theirs & set(held)) or not decoder.ours <= set(held)
    assert (found == Sketch(honest).fingerprint()) == (reached == set(honest) and not told_lies)


@given(symbols=st.binary(max_size=40 * SYMBOL_BYTES))
def test_any_bytes_are_taken_or_refused_by_the_rule(symbols: bytes) -> None:
    decoder = Decoder(Sketch())
    refused = refusal(lambda: decoder.feed(symbols))
    assert refused == ("RCN-1" if len(symbols) % SYMBOL_BYTES else None)
    assert decoder.received == (0 if refused else len(symbols) // SYMBOL_BYTES)


def exchanged(here: set[bytes], there: set[bytes], key: bytes, cut: int) -> tuple[set[bytes], set[bytes]]:
    """Return both sets after what one list showed has been exchanged."""
    coded = encode_list(sorted(there), key)
    reader = ListReader(len(there))
    for at in range(0, len(coded), cut):
        reader.feed(coded[at : at + cut])
    assert reader.is_complete
    missing, extra = compare(reader.values, here, key)
    placed = place_items(there, key)
    assert set(extra) <= here
    return here | {placed[place] for place in missing}, there | set(extra)


@given(ours=sets, theirs=sets, nonce=st.binary(min_size=16, max_size=16), cut=st.integers(1, 30))
def test_lists_under_new_keys_leave_nothing_overlooked(
    ours: list[bytes], theirs: list[bytes], nonce: bytes, cut: int
) -> None:
    here, there = set(ours), set(theirs)
    for again in range(6):
        here, there = exchanged(here, there, session_key(nonce, bytes([again] * 16)), cut)
    assert here == there == set(ours) | set(theirs)


@given(parts=st.lists(st.binary(max_size=8), max_size=20), count=st.integers(0, 40))
def test_any_list_is_read_within_its_bounds_or_refused(parts: list[bytes], count: int) -> None:
    reader = ListReader(count)
    refused = {refusal(lambda part=part: reader.feed(part)) for part in parts}  # type: ignore[misc]
    assert refused <= {None, "RCN-4", "RCN-5"}
    assert len(reader.values) <= count
    assert list(reader.values) == sorted(reader.values)
    assert all(value < count << 16 for value in reader.values)


@given(left=sets, right=sets)
def test_an_estimate_does_not_depend_on_which_side_makes_it(left: list[bytes], right: list[bytes]) -> None:
    one, other = Sketch(left).estimator(), Sketch(right).estimator()
    assert estimate(one, other) == estimate(other, one)
    assert estimate(one, one) == 0
