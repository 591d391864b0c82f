"""Whatever a stranger sends, the answer is a value or a decode error, and no accident goes unnoticed."""

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.keys import NETWORK, person
from support.lineage import Plan, root, step
from support.statements import BODIES, DOCUMENT, NOW, TODAY, said
from support.strategies import damaged, ids, values

from folkmoot.agreement import open_document, read_cosignature
from folkmoot.bundle import open_bundle, pack, unpack
from folkmoot.canonical import Value, encode
from folkmoot.chain import read_chain
from folkmoot.errors import DecodeError
from folkmoot.identity import open_operation, read_stored_operation
from folkmoot.kinds import KINDS
from folkmoot.record import Content, read_stored, seal
from folkmoot.rules import Accept, Defer, Ignore, Reject, check_form, judge, judge_author
from folkmoot.shape import ID

ALICE = person("alice")
CHAIN = read_chain([ALICE.genesis], network=NETWORK)
STEP = step(root(), Plan(next_key="later"))
DATA = pack([STEP], [said(ALICE, "post", BODIES["post"])], network=NETWORK)


@st.composite
def spoiled(draw: st.DrawFn, value: Value) -> Value:
    """Draw a value that differs from a good one in one place, however deep."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        name = draw(st.sampled_from(sorted(value)))
        return {**value, name: draw(spoiled(value[name]))}
    if isinstance(value, list) and value and draw(st.integers(0, 4)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], draw(spoiled(value[at])), *value[at + 1 :]]
    if isinstance(value, bytes) and value and draw(st.booleans()):
        return draw(damaged(value))
    if isinstance(value, int) and draw(st.booleans()):
        return value + draw(st.sampled_from((-1, 1, -(2**31), 2**31)))
    return draw(values(depth=2))


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(st.data())
def test_a_body_spoiled_in_one_place_is_judged_and_breaks_nothing(kind: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(BODIES[kind])))
    body = {**BODIES[kind], name: data.draw(spoiled(BODIES[kind][name]))}
    refs = list(said(ALICE, kind, BODIES[kind]).refs)
    with contextlib.suppress(DecodeError, KeyError, TypeError, AttributeError):
        implied = sorted(set(KINDS[kind].refs(body, NETWORK)))  # as a careful forger would, where it can be done
        for ref in implied:
            ID.check(ref.target, ref.relation)
        refs = implied
    content = Content(kind, "commons", 0, NOW, TODAY + 200, refs, body)
    record = seal(content, author=ALICE.id, key=ALICE.key, network=NETWORK)
    verdict = judge(record, CHAIN, now_ms=NOW, network=NETWORK)
    try:
        check_form(record, network=NETWORK)
    except DecodeError as error:
        assert verdict == Reject(error.rule, error.why)  # noqa: PT017 - two answers are compared
    else:
        assert verdict == Accept()


@given(
    st.sampled_from([("post", {"text": "x"}), ("post", {"text": 1}), ("letter", {"text": 1})]),
    st.integers(0, 200),
    st.integers(-500, 3),
    st.integers(1, 800),
    st.booleans(),
)
def test_judging_in_two_steps_is_judging_at_once(
    kind_and_body: tuple[str, dict[str, Value]], slot: int, days_ahead: int, days: int, known: bool
) -> None:
    kind, body = kind_and_body
    rev = NOW + days_ahead * 86_400_000
    content = Content(kind, "commons", slot, rev, TODAY + days_ahead + days, (), body)
    record = seal(content, author=ALICE.id, key=ALICE.key, network=NETWORK)
    chain = CHAIN if known else None
    first = judge(record, None, now_ms=NOW, network=NETWORK)
    assert isinstance(first, Defer | Ignore | Reject)
    at_once = judge(record, chain, now_ms=NOW, network=NETWORK)
    assert at_once == (judge_author(record, chain) if isinstance(first, Defer) else first)


@given(st.data())
def test_no_accident_to_an_operation_goes_unnoticed(data: st.DataObject) -> None:
    wrong = data.draw(damaged(STEP.wire))
    assume(wrong != STEP.wire)
    with pytest.raises(DecodeError):
        open_operation(wrong, network=NETWORK)


@given(st.data())
def test_a_damaged_disk_gives_a_decode_error_or_other_bytes_and_nothing_worse(data: st.DataObject) -> None:
    note = said(ALICE, "post", BODIES["post"])
    with contextlib.suppress(DecodeError):
        read_stored(data.draw(damaged(note.wire)), network=NETWORK)
    with contextlib.suppress(DecodeError):
        read_stored_operation(data.draw(damaged(STEP.wire)), network=NETWORK)


@given(st.data())
def test_an_accident_to_a_document_makes_another_document_or_none(data: st.DataObject) -> None:
    wrong = data.draw(damaged(DOCUMENT.data))
    assume(wrong != DOCUMENT.data)
    with contextlib.suppress(DecodeError):
        assert open_document(wrong, network=NETWORK).id != DOCUMENT.id


@given(st.data())
def test_an_accident_to_a_bundle_adds_nothing_to_it(data: st.DataObject) -> None:
    wrong = data.draw(damaged(DATA))
    good = open_bundle(unpack(DATA, network=NETWORK), network=NETWORK)
    with contextlib.suppress(DecodeError):
        read = open_bundle(unpack(wrong, network=NETWORK), network=NETWORK)
        assert set(read.records) <= set(good.records)
        assert set(read.operations) <= set(good.operations)


@given(st.binary(max_size=200) | values().map(encode))
def test_any_bytes_are_refused_in_good_order_by_every_reader(data: bytes) -> None:
    for reader in (open_operation, open_document, unpack):
        with pytest.raises(DecodeError):
            reader(data, network=NETWORK)


@given(values(), st.lists(st.integers() | ids | st.binary(min_size=64, max_size=64), max_size=6))
def test_any_value_is_a_cosignature_or_is_refused(value: Value, parts: list[int | bytes]) -> None:
    for loose in (value, list[Value](parts)):
        with contextlib.suppress(DecodeError):
            assert [*read_cosignature(loose)] == loose
