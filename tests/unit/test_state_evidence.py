"""What counts: live and exhibited records, each once, none before its time."""

import pytest
from support.keys import NETWORK, person
from support.scene import MINUTE_MS, Scene, chains

from folkmoot.chain import read_chain
from folkmoot.identity import Snapshot, operation
from folkmoot.limits import CLOCK_SKEW_MS_MAX
from folkmoot.state import evidence
from folkmoot.state.evidence import Evidence, gather, remembered
from folkmoot.state.snapshot import state_hash


def test_a_tombstone_is_live_and_does_not_count() -> None:
    scene = Scene()
    post = scene.publish("eli", "post", {"text": "hello"})
    gone = scene.delete(post, "eli")
    evidence = scene.evidence()
    assert evidence.live[post.address] == gone
    assert evidence.counted == {}
    assert evidence.is_live(gone)
    assert not evidence.is_live(post)
    assert evidence.successor(post) == gone
    assert evidence.successor(gone) is None


def test_a_record_counts_only_once_it_is_due_and_until_then_what_it_replaces_does() -> None:
    scene = Scene()
    early = scene.publish("eli", "profile", {"name": "Eli"})
    scene.now_ms += CLOCK_SKEW_MS_MAX + MINUTE_MS
    later = scene.publish("eli", "profile", {"name": "Eli Brandt"})
    before = scene.evidence(now_ms=later.rev - CLOCK_SKEW_MS_MAX - 1)
    assert list(before.counted.values()) == [early]
    assert list(scene.evidence(now_ms=later.rev - CLOCK_SKEW_MS_MAX).counted.values()) == [later]


def test_nothing_is_live_at_an_address_whose_only_record_is_not_due() -> None:
    scene = Scene()
    post = scene.publish("eli", "post", {"text": "hello"})
    assert scene.evidence(now_ms=post.rev - CLOCK_SKEW_MS_MAX - 1).live == {}


def test_an_exhibited_record_counts_once_its_author_is_known() -> None:
    scene = Scene()
    call = scene.opportunity()
    shown = scene.exhibit("eli", call)
    known = chains()
    without_carl = {identity: chain for identity, chain in known.items() if identity != person("carl").id}
    waiting = gather([shown], without_carl, now_ms=scene.now_ms, network=NETWORK)
    assert list(waiting.counted) == [shown.id]
    counted = gather([shown], known, now_ms=scene.now_ms, network=NETWORK)
    assert set(counted.counted) == {shown.id, call.id}
    assert not counted.is_live(call)


def test_closing_an_identity_takes_back_nothing_that_others_exhibit() -> None:
    scene = Scene()
    call = scene.opportunity()
    shown = scene.exhibit("eli", call)
    carl = person("carl")
    founding = carl.genesis
    ended = Snapshot(devices=founding.devices, next_digest=founding.next, recovery=founding.recovery, close=True)
    closing = operation(ended, [carl.paper], parent=founding, rank=1, network=NETWORK)
    closed = read_chain([founding, closing], network=NETWORK)
    assert closed is not None
    assert closed.is_closed
    known = {**chains(), carl.id: closed}
    assert call.id in gather([shown], known, now_ms=scene.now_ms, network=NETWORK).counted


def test_an_exhibit_of_what_is_live_changes_nothing_but_itself() -> None:
    scene = Scene()
    call = scene.opportunity()
    shown = scene.exhibit("eli", call)
    assert set(scene.evidence().counted) == {call.id, shown.id}


def test_an_exhibited_record_counts_only_when_it_is_due() -> None:
    scene = Scene()
    call = scene.opportunity()
    scene.now_ms -= CLOCK_SKEW_MS_MAX + 2 * MINUTE_MS
    shown = scene.exhibit("eli", call)
    evidence = gather([shown], chains(), now_ms=shown.rev, network=NETWORK)
    assert call.id not in evidence.counted


def test_what_refers_to_something_is_found_by_kind_relation_and_target() -> None:
    scene = Scene()
    call = scene.opportunity()
    bids = sorted([scene.bid("eli", call), scene.bid("fay", call)], key=lambda bid: bid.id)
    evidence = scene.evidence()
    assert evidence.referring("bid", "opportunity", call.id) == tuple(bids)
    assert evidence.referring("award", "opportunity", call.id) == ()
    assert evidence.referring("bid", "about", call.id) == ()


def test_the_state_hash_tells_apart_what_only_time_changes() -> None:
    scene = Scene()
    call = scene.opportunity()
    decide_by = call.body["decide_by"]
    assert isinstance(decide_by, int)
    assert state_hash(scene.evidence()) == state_hash(scene.evidence())
    assert state_hash(scene.evidence()) != state_hash(scene.evidence(now_ms=decide_by + 1))


def test_what_a_fold_makes_of_the_same_evidence_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    @remembered
    def fold(_evidence: Evidence, number: int) -> int:
        asked.append(number)
        return number + 1

    first, second = Scene().evidence(), Scene().evidence()
    assert [fold(first, 1), fold(first, 1), fold(first, 2), fold(second, 1)] == [2, 2, 3, 2]
    assert asked == [1, 2, 1]
    monkeypatch.setattr(evidence, "REMEMBERED_MAX", 2)
    assert [fold(first, 1), fold(first, 7), fold(first, 7)] == [2, 8, 8]
    assert asked == [1, 2, 1, 7, 7]
