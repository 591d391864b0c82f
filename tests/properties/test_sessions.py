"""Laws of sync, over sessions between two replicas in memory: what it finds, what it costs, what a liar can do."""

import random
from collections.abc import Callable, Sequence
from itertools import count

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.replicas import NOON_MS, Change, Replica, Talk, identity_of, names, talked

from folkmoot.errors import DecodeError
from folkmoot.limits import DAY_MS, ITEM_BYTES, SYNC_ROUNDS_MAX
from folkmoot.reconcile import check_of, indices

DAY = NOON_MS // DAY_MS
SIZES = st.sampled_from([0, 1, 2, 5, 30, 200])
SEEDS = st.integers(0, 2**32)


def apart(common: int, left: int, right: int, seed: object) -> tuple[Replica, Replica]:
    """Return two replicas with so many names in common, and so many more each."""
    shared = names(common, f"{seed} shared")
    return Replica(shared | names(left, f"{seed} left")), Replica(shared | names(right, f"{seed} right"))


def assert_equal_at_once(one: Replica, other: Replica, *, seed: int) -> None:
    """Assert that a session between two replicas finds nothing, whoever opens it."""
    for opener, answerer in ((one, other), (other, one)):
        talk = talked(opener, answerer, seed=seed)
        assert [side.offered for side in talk.sides] == [[], []]
        assert all(side.finished is not None and side.finished.is_equal for side in talk.sides)


@given(SIZES, SIZES, SIZES, SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_session_ends_and_moves_exactly_what_differs(common: int, left: int, right: int, seed: int) -> None:
    one, other = apart(common, left, right, seed)
    only_one, only_other, everything = one.held - other.held, other.held - one.held, one.held | other.held
    talk = talked(one, other, seed=seed)
    assert all(side.finished is not None for side in talk.sides)
    assert sorted(talk.opener.offered) == sorted(only_one)
    assert sorted(talk.answerer.offered) == sorted(only_other)
    assert one.held == other.held == everything
    assert_equal_at_once(one, other, seed=seed + 1)


@pytest.mark.parametrize(
    ("common", "left", "right"), [(0, 3000, 0), (0, 0, 3000), (2000, 900, 700), (4000, 40, 60)]
)
def test_great_and_one_sided_differences_are_found(common: int, left: int, right: int) -> None:
    one, other = apart(common, left, right, "great")
    everything = one.held | other.held
    talk = talked(one, other)
    assert one.held == other.held == everything
    assert len(talk.opener.offered) + len(talk.answerer.offered) == left + right
    assert_equal_at_once(one, other, seed=1)


@given(st.booleans(), SEEDS, st.sampled_from([("a",), ("a", "b"), ()]))
@settings(max_examples=30, deadline=None)
def test_clocks_a_day_apart_and_other_spaces_converge(
    is_opener_ahead: bool, seed: int, spaces: tuple[str, ...]
) -> None:
    around_today = range(6)
    one = Replica(names(60, f"{seed} one", days=around_today), spaces=("a", "b"))
    other = Replica(names(60, f"{seed} other", days=around_today), spaces=spaces)
    (one if is_opener_ahead else other).now_ms += DAY_MS
    talked(one, other, seed=seed)
    talk = talked(one, other, seed=seed + 1)
    assert one.live(DAY + 1) == other.live(DAY + 1)
    assert all(side.finished is not None and side.finished.is_equal for side in talk.sides)


@given(SEEDS, st.booleans())
@settings(max_examples=30, deadline=None)
def test_what_a_side_does_not_take_travels_once(seed: int, opens: bool) -> None:
    picky, full = apart(150, 5, 100, seed)
    new = sorted(full.held - picky.held)
    picky.hosting, picky.not_hosted = 7, {name[0] for name in new[:40]}
    picky.refused = set(new[60:70])
    picky.held = {name for name in picky.held if name[0] not in picky.not_hosted}
    sides = (picky, full) if opens else (full, picky)
    first = talked(*sides, seed=seed)
    aside = {name for name in full.held if name[0] in picky.not_hosted} | picky.refused
    assert picky.held == full.held - aside
    assert full.declined_identities == {identity_of(name) for name in aside - picky.refused}
    assert full.declined_items == {name[:ITEM_BYTES] for name in picky.refused if name[0] not in picky.not_hosted}
    assert sum(len(side.offered) for side in first.sides) > 0
    assert_equal_at_once(picky, full, seed=seed + 1)


def test_who_hosts_more_from_now_on_gets_it() -> None:
    small, full = Replica(set(), hosting=1, not_hosted=set(range(128))), Replica(names(100, "all"))
    talked(small, full)
    assert full.declined_identities
    small.hosting, small.not_hosted = 2, set()
    talked(small, full)
    assert small.held == full.held
    assert not full.declined_identities


def test_who_hosts_more_is_told_by_the_one_who_opens_at_the_second_session() -> None:
    small, full = Replica(set(), hosting=1, not_hosted=set(range(128))), Replica(names(100, "all"))
    talked(full, small)
    small.hosting, small.not_hosted = 2, set()
    talked(full, small)
    assert not full.declined_identities, "it heard the hello, when its summary was gone"
    talked(full, small)
    assert small.held == full.held


def test_declining_thousands_takes_several_frames_and_is_remembered() -> None:
    small, full = Replica(set()), Replica(names(2500, "many"))
    small.refused = set(full.held)
    talked(full, small)
    assert len(full.declined_items) == 2500
    assert_equal_at_once(small, full, seed=1)


@pytest.mark.parametrize(("common", "left", "right"), [(300, 4, 4), (20, 30, 40)], ids=["cells", "list"])
def test_a_session_that_breaks_off_anywhere_has_lost_nothing(common: int, left: int, right: int) -> None:
    whole = talked(*apart(common, left, right, "broken off"))
    for frames_max in range(len(whole.frames)):
        one, other = apart(common, left, right, "broken off")
        everything, before = one.held | other.held, (set(one.held), set(other.held))
        talked(one, other, frames_max=frames_max)
        assert before[0] <= one.held <= everything
        assert before[1] <= other.held <= everything
        talked(one, other, seed=1)
        assert one.held == other.held == everything


def test_equal_sets_cost_one_round_trip_and_no_more_than_300_bytes() -> None:
    talk = talked(*apart(5000, 0, 0, "equal"))
    assert talk.size_bytes <= 300
    assert talk.crossings == 2


@pytest.mark.parametrize("seed", range(5))
def test_ten_differences_cost_two_round_trips_and_no_more_than_1500_bytes(seed: int) -> None:
    talk = talked(*apart(2000, 5, 5, f"ten {seed}"), seed=seed)
    assert talk.overhead_bytes <= 1500
    assert talk.crossings <= 5, "the fifth is the word that nothing is left to say"
    assert [side.heavy for side in talk.sides] == [0, 0]


def confined(cells: int, seed: str) -> bytes:
    """Mint a name whose item is in no cell but the first."""
    dice = random.Random(seed)
    while True:
        name = bytes([7, 150]) + dice.randbytes(30)
        if list(indices(check_of(name[:ITEM_BYTES]), cells)) == [0]:
            return name


def test_two_items_that_nothing_without_a_key_can_tell_apart_are_found() -> None:
    ground = {confined(96, "one"), confined(96, "other")}
    one, other = apart(300, 0, 0, "stalled")
    one.held |= ground
    talk = talked(other, one)
    assert other.held == one.held
    assert [side.heavy for side in talk.sides] == [1, 1], "keyed cells were needed, and enough"
    assert_equal_at_once(one, other, seed=1)


def telling(change: Callable[[list[object]], Sequence[list[object]]]) -> Change:
    """Return a change of frames, from one of the messages in them."""

    def changed(frame: bytes) -> Sequence[bytes]:
        return [msgpack.packb(message) for message in change(msgpack.unpackb(frame))]

    return changed


def wrong_fingerprint(message: list[object]) -> Sequence[list[object]]:
    return [["cells", message[1], bytes(32), *message[3:]]] if message[0] == "cells" else [message]


def garbled(message: list[object]) -> Sequence[list[object]]:
    if message[0] == "cells":
        symbols = message[5]
        assert isinstance(symbols, bytes)
        return [[*message[:5], random.Random(symbols).randbytes(len(symbols))]]
    return [message]


def garbled_list(message: list[object]) -> Sequence[list[object]]:
    return [["list", bytes(16), *message[2:]]] if message[0] == "list" else garbled(message)


def nothing_more(message: list[object]) -> Sequence[list[object]]:
    return [] if message[0] == "bundle" else [message]


@pytest.mark.parametrize("lie", [wrong_fingerprint, garbled, garbled_list, nothing_more])
def test_a_teller_who_lies_makes_little_work_and_the_next_honest_session_mends_it(
    lie: Callable[[list[object]], Sequence[list[object]]],
) -> None:
    victim, liar = apart(300, 3, 3, "lies")
    everything = victim.held | liar.held
    talk = talked(victim, liar, change_answerer=telling(lie))
    assert victim.held <= everything
    assert talk.opener.heavy <= 2 * SYNC_ROUNDS_MAX
    assert talk.opener.session.rounds <= SYNC_ROUNDS_MAX
    assert len(talk.frames) < 100
    talked(victim, liar, seed=1)
    assert victim.held == liar.held == everything


def test_a_teller_of_items_that_are_not_there_is_asked_for_them_in_vain() -> None:
    victim, liar = apart(300, 3, 0, "phantoms")
    before = set(victim.held)
    liar.held |= names(4, "phantoms")
    talk = talked(victim, liar, change_answerer=telling(nothing_more))
    assert victim.held == before
    assert all(side.finished is not None for side in talk.sides)


def endless(message: list[object]) -> Sequence[list[object]]:
    return [message, [*message[:3], message[4], 8192, bytes(21)]] if message[0] == "cells" else [message]


def too_many(message: list[object]) -> Sequence[list[object]]:
    if message[0] == "cells":
        return [["list", bytes(16), 1000, bytes([0xFF]) * 1000]]
    return [message]


def short_count(message: list[object]) -> Sequence[list[object]]:
    return [["list", bytes(16), 1, bytes(30_000)]] if message[0] == "cells" else [message]


def greedy(message: list[object]) -> Sequence[list[object]]:
    return [["want", b"".join(n.to_bytes(8) for n in range(5000))]] if message[0] == "want" else [message]


def never_content(message: list[object]) -> Sequence[list[object]]:
    return [["more", 1000]] * 20 if message[0] == "want" else [message]


def forgetful(message: list[object]) -> Sequence[list[object]]:
    return [["again", "cells", bytes(16)]] * 2 if message[0] == "want" else [message]


def ungrateful(message: list[object]) -> Sequence[list[object]]:
    return [["decline", [], bytes(16 * 4000)]] if message[0] == "done" else [message]


def restless(message: list[object]) -> Sequence[list[object]]:
    return [["done", True]] if message[0] == "done" else [message]


@pytest.mark.parametrize(
    ("lie", "rule"),
    [(endless, "SYN-1"), (too_many, "RCN-4"), (short_count, "RCN-5"), (ungrateful, "SYN-13"), (restless, "SYN-14")],
)
def test_a_teller_who_breaks_a_rule_is_refused(
    lie: Callable[[list[object]], Sequence[list[object]]], rule: str
) -> None:
    victim, liar = apart(300, 3, 3, "rules")
    with pytest.raises(DecodeError) as caught:
        talked(victim, liar, change_answerer=telling(lie))
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("lie", "rule"),
    [(greedy, "SYN-11"), (never_content, "SYN-9"), (forgetful, "SYN-10"), (ungrateful, "SYN-13")],
)
def test_an_asker_who_breaks_a_rule_is_refused(
    lie: Callable[[list[object]], Sequence[list[object]]], rule: str
) -> None:
    liar, victim = apart(300, 3, 3, "rules")
    with pytest.raises(DecodeError) as caught:
        talked(liar, victim, change_opener=telling(lie))
    assert caught.value.rule == rule


def test_an_asker_gets_nothing_that_it_could_not_have_found() -> None:
    liar, victim = apart(300, 3, 3, "guesses")

    def guess(message: list[object]) -> Sequence[list[object]]:
        return [["want", bytes(8) + b"\xff" * 8]] if message[0] == "want" else [message]

    talk = talked(liar, victim, change_opener=telling(guess))
    assert talk.answerer.offered == []


def test_a_summary_of_any_size_is_answered_within_bounds() -> None:
    liar, victim = apart(300, 3, 3, "size")

    def boast(message: list[object]) -> Sequence[list[object]]:
        return [["summary", message[1], 2**53 - 1, *message[3:]]] if message[0] == "summary" else [message]

    talk = talked(liar, victim, change_opener=telling(boast))
    assert liar.held == victim.held
    assert talk.answerer.heavy <= SYNC_ROUNDS_MAX


@given(st.lists(st.binary(max_size=60), max_size=3), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_no_bytes_make_a_session_fail_in_another_way(junk: list[bytes], after: int) -> None:
    place = count()

    def spoiled(frame: bytes) -> Sequence[bytes]:
        return junk if next(place) == after else [frame]

    one, other = apart(100, 2, 2, "junk")
    try:
        talk: Talk | None = talked(one, other, change_answerer=spoiled)
    except DecodeError:
        talk = None
    assert talk is None or len(talk.frames) < 100
