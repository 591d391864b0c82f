"""Where and until when an author's own records live."""

import pytest
from support.keys import NETWORK, person, secret_key
from support.scene import START_MS, Scene

from folkmoot.authoring import NoFreeSlotError, compose, free_slot, next_rev, own_class_of, seal_own
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS, EVIDENCE_MARGIN_DAYS
from folkmoot.record import Address, Content, Record, day_of, seal

TODAY = day_of(START_MS)
ELI = person("eli")


def post_at(slot: int, *, expires: int = TODAY + 10, text: str = "hello") -> Record:
    body = {"text": text} if text else {}
    content = Content("post", "commons", slot, START_MS, expires, (), body)
    return seal(content, author=ELI.id, key=ELI.key, network=NETWORK)


def test_a_device_takes_slots_of_its_own_class_first() -> None:
    assert free_slot("post", [], device_index=0, today=TODAY) == 0
    assert free_slot("post", [post_at(0)], device_index=0, today=TODAY) == 8
    assert free_slot("post", [], device_index=3, today=TODAY) == 3
    assert free_slot("post", [], device_index=11, today=TODAY) == 3


def test_a_device_takes_other_slots_when_its_own_are_used_up() -> None:
    own = [post_at(slot) for slot in range(0, KINDS["post"].slots, 8)]
    assert free_slot("post", own, device_index=0, today=TODAY) == 1


def test_tombstones_and_expired_records_leave_their_slots_free() -> None:
    assert free_slot("post", [post_at(0, text="")], device_index=0, today=TODAY) == 0
    assert free_slot("post", [post_at(0, expires=TODAY + 1)], device_index=0, today=TODAY + 1) == 0
    assert free_slot("post", [post_at(0, expires=TODAY + 1)], device_index=0, today=TODAY) == 8


def test_when_every_slot_is_used_nothing_is_overwritten() -> None:
    with pytest.raises(NoFreeSlotError, match="all 128 slots for a post are in use"):
        free_slot("post", [post_at(slot) for slot in range(128)], device_index=0, today=TODAY)


def test_rev_is_the_time_or_just_after_what_it_replaces() -> None:
    assert next_rev(START_MS, []) == START_MS
    assert next_rev(START_MS, [post_at(0)]) == START_MS + 1
    assert next_rev(START_MS + 5, [post_at(0)]) == START_MS + 5


def test_a_replacement_wins_over_what_it_replaces_even_when_the_clock_went_back() -> None:
    scene = Scene()
    first = scene.publish("eli", "profile", {"name": "Eli"})
    scene.now_ms -= 3 * 60 * 60 * 1000
    second = scene.publish("eli", "profile", {"name": "Eli Brandt"})
    assert second.order > first.order


def test_what_lives_longer_than_a_replacement_can_is_not_replaced_yet() -> None:
    scene = Scene()
    scene.publish("eli", "profile", {"name": "Eli"})
    address = scene.records[0].address
    later = Record(
        **{
            **{name: getattr(scene.records[0], name) for name in Record.__slots__},
            "rev": 0,
            "expires": TODAY + 2 * 366 + 1,
        }
    )
    with pytest.raises(MisuseError, match="wait a day"):
        compose({"name": "Eli"}, address=address, replaces=[later], now_ms=START_MS, network=NETWORK)


def test_a_deadline_that_nothing_can_outlive_is_refused() -> None:
    scene = Scene()
    longest = KINDS["opportunity"].days_max - EVIDENCE_MARGIN_DAYS
    with pytest.raises(MisuseError, match=f"at most {longest} days ahead"):
        scene.opportunity(decide_by=scene.now_ms + (longest + 2) * DAY_MS)


def test_a_body_that_does_not_follow_its_kind_is_refused_before_it_is_signed() -> None:
    with pytest.raises(DecodeError, match=r"KND-4: profile\.name is missing"):
        Scene().publish("eli", "profile", {"headline": "nameless"})


def test_sealing_checks_what_peers_would_check() -> None:
    content = Content("post", "commons", 999, START_MS, TODAY + 1, (), {"text": "hello"})
    with pytest.raises(DecodeError, match="KND-1"):
        seal_own(content, author=ELI.id, key=ELI.key, network=NETWORK)


def test_deleting_leaves_a_record_without_references() -> None:
    scene = Scene()
    call = scene.opportunity()
    bid = scene.bid("eli", call)
    gone = scene.delete(bid, "eli")
    assert gone.is_tombstone
    assert gone.refs == ()
    assert gone.address == Address(ELI.id, "commons", "bid", bid.slot)


def test_devices_are_counted_by_their_keys() -> None:
    keys = sorted(secret_key(name).public for name in ("a", "b", "c"))
    assert [own_class_of(keys[::-1], key) for key in keys] == [0, 1, 2]
