"""Two sessions back to back, and frames that no session takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.keys import NETWORK

from folkmoot.canonical import Value, encode
from folkmoot.errors import DecodeError
from folkmoot.kinds import EDITION
from folkmoot.limits import DAY_MS, SYNC_IDS_MAX
from folkmoot.session import (
    Finished,
    Greeted,
    Hello,
    Holdings,
    Offer,
    Receive,
    Send,
    Session,
    bundle_frame,
    done_frame,
)

NOW_MS = 20_000 * DAY_MS


def hello(*, spaces: tuple[str, ...] = ("commons",), network: str = NETWORK, now_ms: int = NOW_MS) -> Hello:
    return Hello(network, EDITION, spaces, now_ms)


def sent(effects: list[object]) -> list[bytes]:
    return [effect.frame for effect in effects if isinstance(effect, Send)]


def greeting(**fields: Value) -> bytes:
    whole: dict[str, Value] = {
        "network": NETWORK,
        "major": 1,
        "edition": 1,
        "spaces": ["commons"],
        "now": NOW_MS,
    }
    return encode(["hello", {**whole, **fields}])


def greeted() -> Session:
    session = Session(hello())
    session.receive(greeting())
    session.list_holdings(Holdings([], []))
    return session


def exchange(ours: Holdings, theirs: Holdings) -> tuple[Offer, Offer]:
    """Run two sessions against each other up to their offers."""
    sides = (Session(hello()), Session(hello()))
    holdings = (ours, theirs)
    offers: list[Offer] = []
    frames = [[*sent([*side.start()])] for side in sides]
    while any(frames):
        arriving, frames = frames, [[], []]
        for at, other in ((0, 1), (1, 0)):
            for frame in arriving[other]:
                for effect in sides[at].receive(frame):
                    if isinstance(effect, Greeted):
                        frames[at] += sent([*sides[at].list_holdings(holdings[at])])
                    elif isinstance(effect, Offer):
                        offers.insert(at, effect)
    return offers[0], offers[1]


IDS = st.sets(st.integers(0, 300).map(lambda number: number.to_bytes(32)), max_size=80)


@given(IDS, IDS, IDS, IDS)
def test_each_side_offers_exactly_what_the_other_lacks(
    our_operations: set[bytes], our_records: set[bytes], their_operations: set[bytes], their_records: set[bytes]
) -> None:
    ours, theirs = exchange(Holdings(our_operations, our_records), Holdings(their_operations, their_records))
    assert set(ours.operations) == our_operations - their_operations
    assert set(ours.records) == our_records - their_records
    assert set(theirs.operations) == their_operations - our_operations
    assert set(theirs.records) == their_records - our_records


def test_many_ids_go_in_many_frames() -> None:
    ids = [number.to_bytes(32) for number in range(5000)]
    ours, theirs = exchange(Holdings([], ids), Holdings([], ids[10:]))
    assert set(ours.records) == set(ids[:10])
    assert theirs.records == ()


def test_the_greeting_says_what_both_have_in_common() -> None:
    session = Session(hello(spaces=("commons", "design.fr")))
    [effect] = session.receive(greeting(spaces=["design.fr", "elsewhere"], edition=99))
    assert effect == Greeted(Hello(NETWORK, EDITION, ("design.fr",), NOW_MS))


def test_bundles_are_received_until_done() -> None:
    session = greeted()
    session.receive(encode(["listed"]))
    assert session.receive(bundle_frame(b"bundle")) == [Receive(b"bundle")]
    assert session.receive(done_frame()) == [Finished()]
    with pytest.raises(DecodeError, match="SYN-1"):
        session.receive(done_frame())


@pytest.mark.parametrize(
    ("frame", "rule"),
    [
        (b"\xc1", "ENC-2"),
        (encode("hello"), "SYN-1"),
        (encode(["listed"]), "SYN-1"),
        (encode(["hello"]), "SYN-1"),
        (greeting(network="other"), "SYN-2"),
        (greeting(major=2), "SYN-2"),
        (greeting(major=True), "SYN-2"),
        (greeting(now="today"), "SYN-3"),
        (greeting(edition=-1), "SYN-3"),
        (greeting(spaces="commons"), "SYN-3"),
        (greeting(spaces=["Not A Name"]), "SYN-3"),
        (greeting(spaces=[f"s{number}" for number in range(65)]), "SYN-3"),
        (greeting(now=NOW_MS + DAY_MS + 1), "SYN-4"),
        (greeting(now=NOW_MS - DAY_MS - 1), "SYN-4"),
    ],
)
def test_a_greeting_that_breaks_a_rule_ends_the_session(frame: bytes, rule: str) -> None:
    with pytest.raises(DecodeError) as caught:
        Session(hello()).receive(frame)
    assert caught.value.rule == rule


def test_clocks_a_day_apart_still_talk() -> None:
    for now_ms in (NOW_MS - DAY_MS, NOW_MS + DAY_MS):
        assert len(Session(hello()).receive(greeting(now=now_ms))) == 1


@pytest.mark.parametrize(
    "listing",
    [
        ["have", "secrets", [bytes(32)]],
        ["have", "records", []],
        ["have", "records", [b"short"]],
        ["have", "records", ["text"]],
    ],
)
def test_a_listing_that_is_none_ends_the_session(listing: list[Value]) -> None:
    with pytest.raises(DecodeError, match="SYN-5"):
        greeted().receive(encode(listing))


def test_an_endless_listing_ends_the_session() -> None:
    session = greeted()
    session._listed["records"] = SYNC_IDS_MAX
    with pytest.raises(DecodeError, match="SYN-5"):
        session.receive(encode(["have", "records", [(SYNC_IDS_MAX).to_bytes(32)]]))


def test_a_listing_may_not_end_before_ours_could_begin() -> None:
    session = Session(hello())
    session.receive(greeting())
    frames: list[Value] = [["listed"], ["have", "records", [bytes(32)]]]
    for frame in frames:
        with pytest.raises(DecodeError, match="SYN-1"):
            session.receive(encode(frame))


def test_what_a_peer_lists_and_we_do_not_hold_is_counted_and_not_kept() -> None:
    session = Session(hello())
    session.receive(greeting())
    session.list_holdings(Holdings([], [bytes(32)]))
    session.receive(encode(["have", "records", [number.to_bytes(32) for number in range(1, 500)]]))
    assert session._lacking == {"operations": set(), "records": {bytes(32)}}


@given(st.binary(max_size=200))
def test_no_bytes_make_a_session_fail_in_another_way(frame: bytes) -> None:
    for session in (Session(hello()), greeted()):
        with pytest.raises(DecodeError):
            session.receive(frame)
