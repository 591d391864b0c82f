"""A digest that promises a body before anybody can read it."""

from hashlib import sha256

import pytest
from support.keys import NETWORK, person
from support.statements import BID, BODIES

from folkmoot.canonical import Value, encode
from folkmoot.sealed import SALT_BYTES, commitment

ALICE, BOB = person("alice"), person("bob")
SALT = bytes(range(SALT_BYTES))
PROMISED = commitment(BID, author=ALICE.id, salt=SALT, network=NETWORK)


def test_a_commitment_is_the_digest_that_the_page_describes() -> None:
    carried = encode([ALICE.id, SALT, BID])
    assert sha256(f"folkmoot/1/{NETWORK}/commit".encode() + b"\x00" + carried).digest() == PROMISED


@pytest.mark.parametrize("name", ["commit", "counterpart", "salt"])
def test_what_opens_a_commit_is_no_part_of_the_promise(name: str) -> None:
    opened: dict[str, Value] = {**BODIES["bid"], name: SALT}
    assert commitment(opened, author=ALICE.id, salt=SALT, network=NETWORK) == PROMISED


@pytest.mark.parametrize(
    "change", [{"plan": "Glue it."}, {"counter": bytes(32)}, {"x-more": 1}, {"opportunity": b"\x09" * 32}]
)
def test_everything_else_is_promised(change: dict[str, Value]) -> None:
    assert commitment({**BID, **change}, author=ALICE.id, salt=SALT, network=NETWORK) != PROMISED


def test_a_promise_cannot_be_copied_moved_or_guessed() -> None:
    assert commitment(BID, author=BOB.id, salt=SALT, network=NETWORK) != PROMISED
    assert commitment(BID, author=ALICE.id, salt=SALT, network="main") != PROMISED
    assert commitment(BID, author=ALICE.id, salt=bytes(SALT_BYTES), network=NETWORK) != PROMISED
