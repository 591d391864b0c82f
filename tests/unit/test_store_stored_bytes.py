"""Records and operations read from one's own disk are what was verified, or nothing."""

import pytest
from support.keys import NETWORK, person, secret_key
from support.world import NOW_MS, Place, deleted, opportunity, post, profile, recovered, rotated

from folkmoot.canonical import encode
from folkmoot.errors import DecodeError
from folkmoot.identity import Operation, open_operation, read_stored_operation
from folkmoot.record import Record, open_record, read_stored

ALICE = person("alice")
CALL = opportunity(ALICE)
RECORDS = [CALL, post(ALICE, about=CALL.id, replies=CALL.id), profile(ALICE), deleted(ALICE, CALL)]
OPERATIONS = [
    ALICE.genesis,
    rotated(ALICE, secret_key("tablet")),
    recovered(ALICE, secret_key("phone"), post(ALICE, place=Place(rev=NOW_MS))),
]


@pytest.mark.parametrize("record", RECORDS)
def test_a_stored_record_is_the_one_that_was_verified(record: Record) -> None:
    assert read_stored(record.wire, network=NETWORK) == open_record(record.wire, network=NETWORK)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_stored_operation_is_the_one_that_was_verified(operation: Operation) -> None:
    assert read_stored_operation(operation.wire, network=NETWORK) == open_operation(operation.wire, network=NETWORK)


@pytest.mark.parametrize(
    "damaged",
    [b"", CALL.wire[:-1], b"\x00" * 64, encode([b"", b""]), encode(7), encode([encode([1, 2]), b""]), b"\xc1" * 9],
)
def test_damaged_bytes_are_an_error_of_their_own(damaged: bytes) -> None:
    with pytest.raises(DecodeError):
        read_stored(damaged, network=NETWORK)
    with pytest.raises(DecodeError):
        read_stored_operation(damaged, network=NETWORK)
