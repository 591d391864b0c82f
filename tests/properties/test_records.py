"""Laws of records: what was signed is what is read, and nothing else is."""

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.keys import NETWORK, person
from support.strategies import contents, damaged

from folkmoot.errors import DecodeError
from folkmoot.record import Content, open_record, read_stored, seal
from folkmoot.rules import check_form

ALICE = person("alice")


@given(contents())
def test_what_is_sealed_opens_as_it_was_said(content: Content) -> None:
    record = seal(content, author=ALICE.id, key=ALICE.key, network=NETWORK)
    assert open_record(record.wire, network=NETWORK) == read_stored(record.wire, network=NETWORK) == record
    assert (record.kind, record.space, record.slot) == (content.kind, content.space, content.slot)
    assert (record.rev, record.expires, record.body) == (content.rev, content.expires, content.body)
    assert record.refs == tuple(sorted(content.refs))


@given(contents(), st.data())
def test_no_accident_to_a_record_goes_unnoticed(content: Content, data: st.DataObject) -> None:
    record = seal(content, author=ALICE.id, key=ALICE.key, network=NETWORK)
    wrong = data.draw(damaged(record.wire))
    assume(wrong != record.wire)
    with pytest.raises(DecodeError):
        open_record(wrong, network=NETWORK)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_a_decode_error(data: bytes) -> None:
    with pytest.raises(DecodeError):
        open_record(data, network=NETWORK)


@given(contents(), st.data())
def test_the_same_statement_has_one_id_whatever_order_its_author_gave_it_in(
    content: Content, data: st.DataObject
) -> None:
    body = {key: content.body[key] for key in data.draw(st.permutations(sorted(content.body)))}
    refs = data.draw(st.permutations(list(content.refs)))
    again = Content(content.kind, content.space, content.slot, content.rev, content.expires, refs, body)
    one, other = (seal(said, author=ALICE.id, key=ALICE.key, network=NETWORK) for said in (content, again))
    assert one == other


@given(contents(), st.sampled_from(["post", "bid", "draft", "agreement", "accept", "exhibit", "opportunity"]))
def test_any_body_under_a_known_kind_is_well_formed_or_refused(content: Content, kind: str) -> None:
    said = Content(kind, content.space, 0, content.rev, content.expires, content.refs, content.body)
    record = seal(said, author=ALICE.id, key=ALICE.key, network=NETWORK)
    with contextlib.suppress(DecodeError):
        check_form(record, network=NETWORK)
