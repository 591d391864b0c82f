"""Cases of the suite `keys`: the digests that promise a body before anybody can read it."""

from collections.abc import Mapping
from typing import cast

from support.keys import NETWORK
from vectors.bending import in_order
from vectors.bodies import FULL, MINIMAL
from vectors.craft import ALICE, BOB, Case, accepted, raw

from folkmoot.canonical import Value
from folkmoot.ids import IdentityId
from folkmoot.keys import digest, preimage
from folkmoot.sealed import SALT_BYTES, commitment

_SALT = bytes(range(SALT_BYTES))
_OPENING = ("commit", "counterpart", "salt")


def cases() -> list[Case]:
    """Return every case; those that share a body have one digest where only what opens it differs."""
    bid, review = FULL["bid"], FULL["review"]
    return [
        _case("commitment-to-a-bid", bid, why="What opens a commit is no part of what is promised."),
        _case("commitment-to-a-bid-without-what-opens-it", _without(bid)),
        _case("commitment-to-the-least-bid", MINIMAL["bid"]),
        _case("commitment-to-a-bid-with-a-field-unknown", {**bid, "x-mood": "blue"}, why="It is promised too."),
        _case("commitment-to-a-review", review),
        _case("commitment-to-a-review-without-what-opens-it", _without(review)),
        _case("commitment-of-another-author", bid, author=BOB.id),
        _case("commitment-with-another-salt", bid, salt=_SALT[::-1]),
        _case("commitment-to-nothing", {}),
    ]


def _without(body: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in body.items() if name not in _OPENING}


def _case(
    name: str,
    body: Mapping[str, object],
    *,
    author: IdentityId = ALICE.id,
    salt: bytes = _SALT,
    why: str = "",
) -> Case:
    payload = raw([author, salt, in_order(_without(body))])
    promised = digest(NETWORK, "commit", payload)
    value = cast("Mapping[str, Value]", body)
    assert promised == commitment(value, author=author, salt=salt, network=NETWORK)
    return accepted(
        name,
        why=why,
        author=author,
        salt=salt,
        body=raw(in_order(body)),
        network=NETWORK,
        purpose="commit",
        payload=payload,
        preimage=preimage(NETWORK, "commit", payload),
        digest=promised,
    )
