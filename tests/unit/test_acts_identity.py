"""What an owner does to the identity: rotate, bring a machine in by files, revoke one, and what waits meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import trio
import trio.testing
from support.homes import Home, home, keys_of, share
from support.keys import NETWORK
from support.world import NOW_MS, Place, StoppedClock

from folkmoot.agreement import Document, Party, Proposal
from folkmoot.identity import Scope
from folkmoot.keys import SecretKey
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS
from folkmoot.record import Content, Record, day_of, seal
from folkmoot_node.acts.identity import Wish, look_at_revocation, offer_place, revoke_device, rotate
from folkmoot_node.errors import ConfigError, FileError, RefusedError, UnknownIdError
from folkmoot_node.joining import take_up
from folkmoot_node.keyfile import KEY_FILE, unlock
from folkmoot_node.newcomer import NEWCOMER_FILE, new_newcomer, write_newcomer
from folkmoot_node.slips import DeviceRequest, offer_text, read_offer, read_request, request_text
from folkmoot_node.views.identity import identity


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def dana(tmp_path: Path, clock: StoppedClock) -> AsyncIterator[Home]:
    async with home(keys_of("dana"), clock, tmp_path / "dana") as running:
        yield running


def requested(folder: Path) -> DeviceRequest:
    """Let a new machine make its keys and ask for a place."""
    machine = new_newcomer(NETWORK, Random(str(folder)))
    folder.mkdir()
    write_newcomer(folder, machine, None, Random(1))
    device = machine.device(Scope.ALL)
    return read_request(request_text(DeviceRequest(NETWORK, device.key, device.sealing_key)))


async def offered(dana: Home, folder: Path, scope: str = "all") -> str:
    """Let a new machine ask, and the owner offer it a place; return what the file holds."""
    return offer_text(await offer_place(dana.author, requested(folder), scope))


async def test_a_rotation_is_published_and_noted_in_the_key_file(dana: Home) -> None:
    first = await rotate(dana.author)
    second = await rotate(dana.author)
    assert [item.id for item in dana.ring.keys.operations[1:]] == [first.operation.id, second.operation.id]
    assert unlock(dana.folder / KEY_FILE, None).operations == dana.ring.keys.operations
    assert (await dana.author.chain()).head.id == second.operation.id
    shown = await identity(dana.view, dana.author.identity)
    assert [step["changes"] for step in shown["operations"][1:]] == [["a new rotation key"]] * 2


async def test_a_machine_becomes_a_device_by_three_files(dana: Home, tmp_path: Path, clock: StoppedClock) -> None:
    text = await offered(dana, tmp_path / "laptop")
    keys = take_up(tmp_path / "laptop", text, None, Random(2))
    assert not (tmp_path / "laptop" / NEWCOMER_FILE).exists()
    assert keys.rotation_seed is None
    async with home(keys, clock, tmp_path / "laptop") as laptop:
        with pytest.raises(RefusedError, match="its device is unknown"):
            await laptop.post("too early")
        assert any("waits for a node" in note for note in laptop.author.readiness.notes(NOW_MS))
        await laptop.hear(dana)
        assert laptop.urged
        assert laptop.ring.keys.joining is None
        await dana.hear(laptop)
        said = await laptop.post("from the laptop")
        await dana.post("from the old machine")
        await share(dana, laptop)
        assert await dana.posts() == {"from the laptop", "from the old machine"}
        devices = sorted(device.key for device in (await dana.author.chain()).head.devices)
        assert said.slot == devices.index(keys.device.public)
        with pytest.raises(RefusedError, match="cannot rotate"):
            await rotate(laptop.author)
        await rotate(dana.author)  # nothing waits any more
    again = unlock(tmp_path / "laptop" / KEY_FILE, None)
    assert (again.joining, len(again.operations)) == (None, 2)


async def test_while_a_machine_may_still_join_nothing_else_changes_unless_the_owner_says_so(
    dana: Home, tmp_path: Path, clock: StoppedClock
) -> None:
    text = await offered(dana, tmp_path / "laptop")
    with pytest.raises(RefusedError, match="has not joined yet") as caught:
        await rotate(dana.author)
    assert caught.value.rule == "offered"
    with pytest.raises(RefusedError, match="has not joined yet"):
        await offered(dana, tmp_path / "tablet")
    keys = take_up(tmp_path / "laptop", text, None, Random(2))
    await rotate(dana.author, despite_offer=True)
    async with home(keys, clock, tmp_path / "laptop") as laptop:
        await laptop.hear(dana)
        await share(dana, laptop)
        assert not (await dana.author.chain()).is_disputed
        assert any("ask for a place again" in note for note in laptop.author.readiness.notes(NOW_MS))
        assert laptop.ring.keys.joining is None


async def test_the_same_machine_can_be_offered_its_place_again(dana: Home, tmp_path: Path) -> None:
    request = requested(tmp_path / "laptop")
    one, other = [await offer_place(dana.author, request, "daily") for _ in range(2)]
    assert one == other


@pytest.mark.parametrize("scope", ["daily", "read"])
async def test_a_device_of_lesser_scope_signs_no_more_than_that(
    dana: Home, tmp_path: Path, clock: StoppedClock, scope: str
) -> None:
    keys = take_up(tmp_path / "phone", await offered(dana, tmp_path / "phone", scope), None, Random(2))
    async with home(keys, clock, tmp_path / "phone") as phone:
        await phone.hear(dana)
        if scope == "daily":
            await phone.post("hello")
        else:
            with pytest.raises(RefusedError, match="its device is unknown"):
                await phone.post("hello")
        document = _document(phone)
        with pytest.raises(RefusedError, match="may not sign agreements"):
            await phone.author.cosign(document, 0)


def _document(at: Home) -> Document:
    return at.author.draft(
        Proposal(
            type="team",
            drafter=at.author.identity,
            drafted=NOW_MS,
            accept_by=NOW_MS + DAY_MS,
            parties=(Party("lead", at.author.identity),),
            terms={"name": "The team", "purpose": "Work", "lead": 0},
        )
    )


async def test_an_offer_serves_the_machine_it_was_made_for_and_no_other(dana: Home, tmp_path: Path) -> None:
    text = await offered(dana, tmp_path / "laptop")
    requested(tmp_path / "stranger")
    with pytest.raises(RefusedError, match="for another machine"):
        take_up(tmp_path / "stranger", text, None, Random(2))
    with pytest.raises(ConfigError, match="asked for anything"):
        take_up(tmp_path / "nobody", text, None, Random(2))
    with pytest.raises(ConfigError, match="holds an identity already"):
        take_up(dana.folder, text, None, Random(2))
    assert not (tmp_path / "stranger" / KEY_FILE).exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "folkmoot-device-offer/1"}'])
async def test_a_file_that_is_no_offer_is_called_so(text: str) -> None:
    with pytest.raises(FileError):
        read_offer(text)


async def test_a_request_for_another_network_or_scope_is_refused(dana: Home, tmp_path: Path) -> None:
    request = requested(tmp_path / "laptop")
    with pytest.raises(ConfigError, match="no scope"):
        await offer_place(dana.author, request, "everything")
    with pytest.raises(ConfigError, match="network main"):
        await offer_place(dana.author, replace(request, network="main"), "all")


class Two:
    """Dana at home with a second device that is about to be revoked."""

    def __init__(self, dana: Home, phone: Home) -> None:
        self.dana = dana
        self.phone = phone

    @property
    def key(self) -> str:
        return self.phone.author.key.public.hex()[:16]

    def thief_says(self, text: str, place: Place) -> Record:
        """Seal a post with the phone's key, wherever and whenever its thief likes."""
        expires = day_of(place.rev) + KINDS["post"].days_max
        content = Content("post", "commons", place.slot, place.rev, expires, (), {"text": text})
        return seal(content, author=self.dana.author.identity, key=self.phone.author.key, network=NETWORK)


@pytest.fixture
async def two(dana: Home, tmp_path: Path, clock: StoppedClock) -> AsyncIterator[Two]:
    keys = take_up(tmp_path / "phone", await offered(dana, tmp_path / "phone"), None, Random(2))
    async with home(keys, clock, tmp_path / "phone") as phone:
        await phone.hear(dana)
        await share(dana, phone)
        yield Two(dana, phone)


async def test_a_retired_device_leaves_everything_that_it_said(two: Two, clock: StoppedClock) -> None:
    await two.phone.post("before")
    await share(two.dana, two.phone)
    clock.at_ms += 1000
    revoked = await revoke_device(two.dana.author, Wish(device=two.key, is_stolen=False))
    assert revoked.changed is not None
    clock.at_ms += 1000
    await two.phone.post("after, unknowing")
    await share(two.dana, two.phone)
    assert await two.dana.posts() == {"before"}
    assert await two.phone.posts() == {"before"}
    assert any("not one of yours any more" in note for note in two.phone.author.readiness.notes(NOW_MS))
    [gone] = [
        item for item in (await identity(two.dana.view, two.dana.author.identity))["devices"] if item["until"]
    ]
    assert (gone["standing"], gone["until"]) == ("retired", clock.at_ms - 1000)


async def test_a_stolen_device_leaves_what_was_kept_though_the_thief_had_overwritten_it(
    two: Two, clock: StoppedClock
) -> None:
    honest = await two.phone.post("honest")
    await share(two.dana, two.phone)
    theft = clock.at_ms = clock.at_ms + 60_000
    clock.at_ms += 60_000
    overwritten = two.thief_says("overwritten", Place(honest.slot, clock.at_ms))
    back_dated = two.thief_says("back-dated", Place(40, honest.rev - 5000))
    for at in (two.dana, two.phone):
        await at.ingest.take([], [overwritten.wire, back_dated.wire], source="thief")
    assert await two.dana.posts() == {"overwritten", "back-dated"}
    wish = Wish(device=two.key, is_stolen=True, keeps=True, since_ms=theft)
    looked = await look_at_revocation(two.dana.author, wish)
    assert looked.changed is None
    assert [item.id for item in looked.losses.selection.kept] == [honest.id]
    await revoke_device(two.dana.author, wish)
    assert await two.dana.posts() == {"honest"}
    assert honest in two.dana.announced
    await two.phone.hear(two.dana)
    await share(two.dana, two.phone)
    assert await two.phone.posts() == {"honest"}


async def test_what_the_owner_calls_not_theirs_is_not_kept_and_uncovers_what_it_beat(
    two: Two, clock: StoppedClock
) -> None:
    honest = await two.phone.post("honest")
    forged = two.thief_says("forged", Place(honest.slot, honest.rev + 1))
    await two.dana.hear(two.phone)
    await two.dana.ingest.take([], [forged.wire], source="thief")
    wish = Wish(device=two.key, is_stolen=True, keeps=True, without={forged.id})
    await revoke_device(two.dana.author, wish)
    assert await two.dana.posts() == {"honest"}


async def test_nothing_of_a_stolen_device_stands_unless_it_is_kept(two: Two) -> None:
    await two.phone.post("honest")
    await share(two.dana, two.phone)
    looked = await look_at_revocation(two.dana.author, Wish(device=two.key, is_stolen=True))
    assert (len(looked.losses.selection.kept), len(looked.losses.selection.lost)) == (0, 1)
    await revoke_device(two.dana.author, Wish(device=two.key, is_stolen=True))
    assert await two.dana.posts() == set()
    await two.phone.hear(two.dana)
    with pytest.raises(RefusedError, match="revoked the device"):
        await two.phone.post("again")


async def notes_after(two: Two, clock: StoppedClock, *, later_ms: int) -> tuple[str, ...]:
    """Let the phone's profile lose against one that the other machine dates so much later, unknowing."""
    await two.phone.author.publish("profile", {"name": "Dana, said on the phone"}, slot=0)
    clock.at_ms += later_ms
    await two.dana.author.publish("profile", {"name": "Dana"}, slot=0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(two.phone.settling.serve)
        await trio.testing.wait_all_tasks_blocked()
        await two.phone.hear(two.dana)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    return two.phone.author.readiness.notes(clock.at_ms)


async def test_an_edit_that_lost_to_another_device_at_about_the_same_time_is_told(
    two: Two, clock: StoppedClock
) -> None:
    [note] = await notes_after(two, clock, later_ms=60_000)
    assert "what you said on this device in a profile lost" in note


async def test_an_edit_that_was_replaced_later_is_nothing_to_tell(two: Two, clock: StoppedClock) -> None:
    assert await notes_after(two, clock, later_ms=3_600_000) == ()


async def test_devices_are_named_well_or_not_at_all(two: Two) -> None:
    for text in ("", "abc", "ff" * 32, two.key[:4]):
        with pytest.raises(UnknownIdError, match="no one device"):
            await revoke_device(two.dana.author, Wish(device=text, is_stolen=False))
    own = two.dana.author.key.public.hex()
    with pytest.raises(RefusedError, match="at which you sit"):
        await revoke_device(two.dana.author, Wish(device=own, is_stolen=False))


async def test_a_rotation_key_that_was_not_promised_is_not_used(dana: Home) -> None:
    dana.ring._keys = replace(dana.ring.keys, rotation_seed=bytes(32))
    with pytest.raises(RefusedError, match="not the one that the identity has promised"):
        await rotate(dana.author)


async def test_keys_out_of_reach_change_nothing(dana: Home) -> None:
    with pytest.raises(RefusedError, match="not at hand"):
        await rotate(replace(dana.author, ring=None))


def test_a_newcomers_secrets_show_in_no_text_form(tmp_path: Path) -> None:
    machine = new_newcomer(NETWORK, Random(1))
    assert machine.seeds["device"].hex() not in repr(machine)
    assert SecretKey(machine.seeds["device"]).public.hex() in repr(machine)
