"""The suite `reconcile`, read through the package of that name."""

from hashlib import sha256

import pytest
from vectors.suites import Case, cases_of, expected, name_of, outcome

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


def _items(case: Case) -> list[bytes]:
    return [bytes.fromhex(item) for item in case["items"]]


def _key(case: Case) -> bytes | None:
    return session_key(*map(bytes.fromhex, case["nonces"])) if "nonces" in case else None


def _known_key(case: Case) -> bytes:
    key = _key(case)
    assert key is not None
    return key


def _decoded(case: Case) -> Decoder:
    items, key = _items(case), _key(case)
    decoder = Decoder(Sketch(items) if key is None else KeyedCoder(items, key), key)
    for part in case["symbols"]:
        decoder.feed(bytes.fromhex(part))
    return decoder


def _read(case: Case) -> ListReader:
    reader = ListReader(int(case["listed"]))
    for part in case["parts"]:
        reader.feed(bytes.fromhex(part))
    return reader


@pytest.mark.parametrize("case", cases_of("reconcile", "cells"), ids=name_of)
def test_every_seed_walks_as_in_the_case(case: Case) -> None:
    assert [[*indices(int(seed, 16), case["limit"])] for seed in case["seeds"]] == case["cells"]


@pytest.mark.parametrize("case", cases_of("reconcile", "walks"), ids=name_of)
def test_many_walks_have_the_digest_of_the_case(case: Case) -> None:
    hashed = sha256()
    for number in range(case["walks"]):
        seed = int.from_bytes(sha256(number.to_bytes(8)).digest()[:8])
        hashed.update(f"{seed:016x}:{','.join(map(str, indices(seed, case['limit'])))}\n".encode())
    assert hashed.hexdigest() == case["digest"]


@pytest.mark.parametrize("case", cases_of("reconcile", "estimator"), ids=name_of)
def test_a_sketch_shows_what_the_case_has(case: Case) -> None:
    sketch = Sketch(_items(case))
    assert sketch.size == case["size"]
    assert sketch.fingerprint().hex() == case["fingerprint"]
    assert sketch.estimator().hex() == case["estimator"]
    assert sketch.symbols(case["start"], case["count"]).hex() == case["symbols"]


@pytest.mark.parametrize("case", cases_of("reconcile", "key"), ids=name_of)
def test_symbols_under_a_key_are_those_of_the_case(case: Case) -> None:
    assert _known_key(case).hex() == case["key"]
    coder = KeyedCoder(_items(case), _known_key(case))
    assert coder.symbols(case["start"], case["count"]).hex() == case["symbols"]


@pytest.mark.parametrize("case", cases_of("reconcile", "solved"), ids=name_of)
def test_a_difference_is_found_and_proved_or_not(case: Case) -> None:
    decoder = _decoded(case)
    right = is_right(decoder, Sketch(_items(case)), bytes.fromhex(case["fingerprint"]))
    assert decoder.is_solved == case["solved"]
    assert right == ("theirs" in case)
    if right:
        assert sorted(item.hex() for item in decoder.theirs) == case["theirs"]
        assert sorted(item.hex() for item in decoder.ours) == case["ours"]


@pytest.mark.parametrize("case", cases_of("reconcile", "list"), ids=name_of)
def test_a_list_is_written_as_in_the_case(case: Case) -> None:
    items, key = _items(case), _known_key(case)
    assert encode_list(items, key).hex() == case["list"]
    assert [item.hex() for item in place_items(items, key)] == case["placed"]


@pytest.mark.parametrize("case", cases_of("reconcile", "values"), ids=name_of)
def test_a_list_shows_what_the_case_says(case: Case) -> None:
    reader = _read(case)
    assert reader.is_complete
    assert [str(value) for value in reader.values] == case["values"]
    lacked, extra = compare(reader.values, _items(case), _known_key(case))
    assert lacked == case["lacked"]
    assert [item.hex() for item in extra] == case["extra"]


@pytest.mark.parametrize("case", [c for c in cases_of("reconcile") if c["expect"] == "refuse"], ids=name_of)
def test_only_the_last_part_breaks_the_rule(case: Case) -> None:
    parts = "parts" if "parts" in case else "symbols"
    act = _read if "parts" in case else _decoded
    assert outcome(lambda: act(case)) == expected(case)
    if len(case[parts]) > 1:
        assert outcome(lambda: act({**case, parts: case[parts][:-1]})) == ("accept", None)
