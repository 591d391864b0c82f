"""One side of a session by itself: who asks, what a frame leads to, and what a host may not do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.keys import NETWORK

from folkmoot.canonical import Value, decode, encode
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.limits import CELLS_MAX, DAY_MS, SYNC_FRAME_BYTES_MAX
from folkmoot.reconcile import Sketch
from folkmoot.session import (
    Declined,
    Effect,
    Finished,
    Greeted,
    Hello,
    ListItems,
    Offer,
    Receive,
    Scope,
    Send,
    Session,
    Settle,
    Summarise,
    bundle_frame,
)

DAY = 20_000
NOW_MS = DAY * DAY_MS
SEED = bytes(16)
EMPTY, FULL = Sketch(), Sketch([number.to_bytes(16) for number in range(200)])


def own(*, spaces: tuple[str, ...] = ("commons",), now_ms: int = NOW_MS, hosting: int = 0) -> Hello:
    return Hello(NETWORK, 1, spaces, now_ms, hosting)


def hello(**changes: Value) -> bytes:
    fields: dict[str, Value] = {
        "network": NETWORK,
        "major": 1,
        "edition": 1,
        "now": NOW_MS,
        "spaces": ["commons"],
        "hosting": 0,
    }
    return encode(["hello", *{**fields, **changes}.values()])


def summary(sketch: Sketch, day: int = DAY) -> bytes:
    return encode(["summary", day, sketch.size, sketch.fingerprint(), sketch.estimator()])


def sent(effects: list[Effect]) -> list[Value]:
    return [decode(effect.frame, bytes_max=SYNC_FRAME_BYTES_MAX) for effect in effects if isinstance(effect, Send)]


def asker(sketch: Sketch = EMPTY) -> Session:
    """Return an opener that has asked and was greeted."""
    session = Session(own(), True, SEED)
    session.start()
    session.summarise(sketch)
    session.receive(hello())
    return session


def teller() -> Session:
    """Return an answerer that has greeted an opener and waits for its summary."""
    session = Session(own(), False, SEED)
    session.start()
    session.receive(hello())
    return session


def test_the_opener_says_hello_and_asks_at_once() -> None:
    session = Session(own(spaces=("x", "commons", "x"), hosting=3), True, SEED)
    greeting, asked = session.start()
    assert sent([greeting]) == [["hello", NETWORK, 1, 1, NOW_MS, ["x", "commons", "x"], 3]]
    assert asked == Summarise(Scope(("commons", "x"), DAY))
    [said] = sent(session.summarise(EMPTY))
    assert said == ["summary", DAY, 0, EMPTY.fingerprint(), EMPTY.estimator()]
    assert session.rounds == 1


def test_the_answerer_tells_an_opener_whose_scope_is_the_common_one() -> None:
    session = Session(own(spaces=("commons", "design.fr")), False, SEED)
    assert len(session.start()) == 1
    theirs = Hello(NETWORK, 99, ("commons",), NOW_MS + 1, 5)
    scope = Scope(("commons",), DAY)
    assert session.receive(hello(edition=99, now=NOW_MS + 1, hosting=5)) == [Greeted(theirs, scope)]
    assert session.receive(summary(EMPTY)) == [Summarise(scope)]
    assert session.summarise(EMPTY) == [Send(encode(["equal"])), Finished(is_equal=True)]


@pytest.mark.parametrize(
    ("theirs", "scope", "day"),
    [
        (hello(spaces=["commons", "elsewhere"]), Scope(("commons",), DAY), DAY),
        (hello(spaces=["elsewhere"]), Scope((), DAY), DAY),
        (hello(now=NOW_MS - 1), Scope(("commons",), DAY), DAY - 1),
    ],
    ids=["more-spaces", "other-spaces", "an-earlier-day"],
)
def test_the_answerer_asks_an_opener_of_another_scope(theirs: bytes, scope: Scope, day: int) -> None:
    session = Session(own(), False, SEED)
    session.start()
    _greeted, asked = session.receive(theirs)
    assert asked == Summarise(scope)
    assert sent(session.summarise(EMPTY))[0] == [
        *["summary", scope.day, 0],
        *[EMPTY.fingerprint(), EMPTY.estimator()],
    ]
    assert session.receive(summary(FULL, day)) == []
    assert session.receive(encode(["equal"])) == [Finished(is_equal=True)]


def test_an_opener_of_another_scope_becomes_the_teller() -> None:
    session = Session(own(spaces=("commons", "elsewhere")), True, SEED)
    session.start()
    session.summarise(FULL)
    assert session.receive(hello()) == [Greeted(own(), Scope(("commons",), DAY))]
    assert session.receive(summary(EMPTY)) == [Summarise(Scope(("commons",), DAY))]
    assert session.summarise(FULL) == [ListItems()]
    assert session.rounds == 1


def test_the_later_day_of_two_clocks_is_that_of_the_scope() -> None:
    for now_ms in (NOW_MS - DAY_MS, NOW_MS + DAY_MS):
        session = Session(own(), False, SEED)
        session.start()
        greeted, *_ = session.receive(hello(now=now_ms))
        assert isinstance(greeted, Greeted)
        assert greeted.scope.day == max(NOW_MS, now_ms) // DAY_MS


def test_a_teller_answers_a_small_difference_with_cells_and_a_great_one_with_a_list() -> None:
    few = Sketch([number.to_bytes(16) for number in range(198)])
    session = teller()
    session.receive(summary(few))
    [cells] = sent(session.summarise(FULL))
    assert isinstance(cells, list)
    assert cells[:4] == ["cells", b"", FULL.fingerprint(), 0]
    assert not session.is_heavy
    session = teller()
    session.receive(summary(EMPTY))
    assert session.summarise(FULL) == [ListItems()]
    assert session.is_heavy


def test_symbols_go_in_as_many_frames_as_it_takes() -> None:
    session = Session(own(), False, SEED, plan=lambda _sketch, _summary: CELLS_MAX)
    session.start()
    session.receive(hello())
    session.receive(summary(EMPTY))
    effects = session.summarise(FULL)
    frames = [effect.frame for effect in effects if isinstance(effect, Send)]
    assert len(frames) == 3
    assert max(map(len, frames)) <= SYNC_FRAME_BYTES_MAX
    other = asker(Sketch([number.to_bytes(16) for number in range(50)]))
    assert [bool(other.receive(frame)) for frame in frames] == [False, False, True]


def test_what_is_wanted_is_offered_once_the_asker_has_said_all() -> None:
    few = Sketch([number.to_bytes(16) for number in range(198)])
    session = teller()
    session.receive(summary(few))
    session.summarise(FULL)
    assert session.receive(encode(["want", bytes(8)])) == []
    assert session.receive(encode(["wanted"])) == [Offer((bytes(8),))]


def test_a_side_settles_and_is_told_what_was_declined() -> None:
    session = asker(FULL)
    session.receive(encode(["list", bytes(16), 0, b""]))
    [_wanted, offer] = session.list_items(FULL, [number.to_bytes(16) for number in range(200)])
    assert isinstance(offer, Offer)
    assert len(offer.items) == 200
    assert session.sent(2) == encode(["sent"])
    assert session.receive(bundle_frame(b"bundle")) == [Receive(b"bundle")]
    assert session.receive(encode(["sent"])) == [Settle()]
    assert sent(session.settle([b"i" * 32], [b"j" * 16])) == [
        ["decline", [b"i" * 32], b""],
        ["decline", [], b"j" * 16],
        ["done", True],
    ]
    declined = session.receive(encode(["decline", [b"x" * 32], b"y" * 16]))
    assert declined == [Declined((b"x" * 32,), (b"y" * 16,))]
    assert session.receive(encode(["done", False])) == [Summarise(Scope(("commons",), DAY))]


def test_two_sessions_do_not_use_the_same_nonces() -> None:
    said = []
    for seed in (b"a" * 16, b"b" * 16):
        session = Session(own(), False, seed)
        session.start()
        session.receive(hello())
        session.receive(summary(EMPTY))
        session.summarise(FULL)
        said.append(sent(session.list_items(FULL, [number.to_bytes(16) for number in range(200)])))
    assert said[0] != said[1]


def test_a_host_that_leaves_an_effect_alone_is_told() -> None:
    session = Session(own(), True, SEED)
    session.start()
    with pytest.raises(MisuseError):
        session.receive(hello())


def test_a_host_that_answers_unasked_is_told() -> None:
    session = teller()
    with pytest.raises(MisuseError):
        session.summarise(EMPTY)
    with pytest.raises(MisuseError):
        session.list_items(EMPTY, [])
    with pytest.raises(MisuseError):
        session.settle([], [])


def test_a_place_far_beyond_a_list_is_refused_without_counting_up_to_it() -> None:
    session = teller()
    session.receive(summary(EMPTY))
    session.summarise(FULL)
    session.list_items(FULL, [number.to_bytes(16) for number in range(200)])
    with pytest.raises(DecodeError, match="SYN-12"):
        session.receive(encode(["places", 2**53 - 1, b"\x80"]))


@given(st.binary(max_size=200))
def test_no_bytes_make_a_session_fail_in_another_way(frame: bytes) -> None:
    for session in (Session(own(), False, SEED), teller(), asker()):
        with pytest.raises(DecodeError):
            session.receive(frame)
