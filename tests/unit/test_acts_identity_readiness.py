"""When a node does not speak in its owner's name: its clock is wrong, or its memory is a backup's."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import trio
from support.homes import Home, home, keys_of, share
from support.world import NOW_MS, StoppedClock

from folkmoot_node.acts.identity import rotate
from folkmoot_node.acts.safekeeping import back_up
from folkmoot_node.backup import Backup, newest_that_fit, open_backup, seal_backup
from folkmoot_node.errors import ConfigError, FileError, PassphraseError, RefusedError
from folkmoot_node.keyfile import KEY_FILE, SYNCS_WANTED, unlock
from folkmoot_node.readiness import NOTES_MAX, VOTE_S_MAX, VOTES_MAX, Readiness
from folkmoot_node.restoring import restore
from folkmoot_node.store import Store
from folkmoot_node.unopened import Sealed, Unopened

MINUTE_MS = 60_000


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def dana(tmp_path: Path, clock: StoppedClock) -> AsyncIterator[Home]:
    async with home(keys_of("dana"), clock, tmp_path / "dana") as running:
        yield running


def heard(at: Home, *minutes: int, by: str = "node") -> None:
    """Let nodes say how many minutes their clocks are ahead of ours."""
    for number, ahead in enumerate(minutes):
        at.settling.heard_clock(f"{by} {number}", at.clock.now_ms() + ahead * MINUTE_MS)


async def test_with_a_clock_far_from_that_of_the_nodes_it_dialled_nothing_is_signed(dana: Home) -> None:
    heard(dana, 9, 9, 9)
    await dana.post("within ten minutes")
    heard(dana, 14, 14, 14)
    with pytest.raises(RefusedError, match=r"clock is 1[34] minutes behind that of the nodes it dialled") as caught:
        await dana.post("beyond")
    assert caught.value.rule == "clock"
    with pytest.raises(RefusedError, match="clock"):
        await rotate(dana.author)


async def test_the_median_counts_so_that_a_minority_of_wrong_clocks_silences_nobody(dana: Home) -> None:
    heard(dana, 0, 1, 600)
    await dana.post("two of three agree")
    heard(dana, 0, 1, 600, 601, 602)
    with pytest.raises(RefusedError, match="behind"):
        await dana.post("three of five disagree")


async def test_with_fewer_than_three_votes_the_owner_is_told_and_nothing_is_refused(dana: Home) -> None:
    heard(dana, 600, 600)
    await dana.post("told")
    [note] = dana.author.readiness.notes(dana.clock.now_ms())
    assert "minutes behind that of the nodes it dialled" in note


async def test_strangers_who_connect_have_no_vote(dana: Home) -> None:
    heard(dana, *[600] * 64, by="stranger")
    await dana.post("nobody asked them")
    assert dana.author.readiness.notes(dana.clock.now_ms()) == ()


async def test_a_clock_that_is_set_right_is_believed_at_once(dana: Home, clock: StoppedClock) -> None:
    heard(dana, -60, -60, -60)
    with pytest.raises(RefusedError, match=r"(59|60) minutes ahead of"):
        await dana.post("an hour ahead")
    clock.at_ms -= 60 * MINUTE_MS
    await dana.post("set right")


async def test_a_node_publishes_in_no_space_in_which_it_takes_no_part(dana: Home) -> None:
    author = replace(dana.author, spaces=frozenset({"commons"}))
    await author.publish("post", {"text": "here"})
    with pytest.raises(RefusedError, match=r"takes no part in the space design\.fr") as caught:
        await author.publish("post", {"text": "there"}, space="design.fr")
    assert caught.value.rule == "space"


async def test_what_a_peer_said_long_ago_is_told_on_by_our_own_ticking(
    autojump_clock: trio.testing.MockClock,
) -> None:
    readiness = Readiness()
    readiness.heard_clock("carl", NOW_MS)
    await trio.sleep(VOTE_S_MAX)
    assert readiness.clock_off_ms(NOW_MS + 3_600_000) == 0
    assert readiness.clock_off_ms(NOW_MS) == -3_600_000
    await trio.sleep(1)
    assert readiness.clock_off_ms(NOW_MS) is None


async def test_no_more_clocks_and_notes_are_remembered_than_there_is_room_for() -> None:
    readiness = Readiness()
    for number in range(VOTES_MAX + 5):
        readiness.heard_clock(f"peer {number}", NOW_MS)
    assert len(readiness._clocks) == VOTES_MAX
    for number in range(NOTES_MAX + 5):
        readiness.note(f"note {number}")
        readiness.note(f"note {number}")
    assert readiness.notes(NOW_MS)[0] == "note 5"
    assert len(readiness.notes(NOW_MS)) == NOTES_MAX


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def backed_up(at: Home, passphrase: str = "correct horse") -> Backup:
    data = await back_up(at.author, at.view, passphrase)
    return open_backup(data, passphrase, Random(3))


async def restored(backup: Backup, clock: StoppedClock, folder: Path, *, alone: bool = False) -> Path:
    keys = replace(backup.keys, syncs_missing=0 if alone else SYNCS_WANTED)
    await restore(folder, replace(backup, keys=keys), None, clock=clock, entropy=Random(4))
    return folder


async def test_a_backup_holds_the_keys_and_every_word_and_a_new_key_for_the_transport(dana: Home) -> None:
    first = await dana.post("first")
    gone = await dana.author.withdraw(first)
    backup = await backed_up(dana)
    assert set(backup.records) == {first.wire, gone.wire}
    assert backup.keys == replace(dana.ring.keys, transport_seed=backup.keys.transport_seed)
    assert backup.keys.transport_seed != dana.ring.keys.transport_seed


async def test_what_waits_to_be_opened_comes_back_with_the_backup(
    dana: Home, clock: StoppedClock, tmp_path: Path
) -> None:
    sealed = Sealed("bid", "commons", {"plan": "Listen."}, bytes(16))
    dana.author.unopened.keep(bytes(32), sealed)
    backup = await backed_up(dana)
    folder = await restored(backup, clock, tmp_path / "restored")
    again = Unopened.open(folder, key=backup.keys.device, network=backup.keys.network, entropy=Random(5))
    assert again.get(bytes(32)) == sealed


async def test_a_backup_says_nothing_without_its_passphrase(dana: Home) -> None:
    data = await back_up(dana.author, dana.view, "correct horse")
    assert dana.ring.keys.device.seed not in data
    with pytest.raises(PassphraseError):
        open_backup(data, "correct house", Random(3))
    with pytest.raises((PassphraseError, FileError)):
        open_backup(data[:-1] + bytes([data[-1] ^ 1]), "correct horse", Random(3))


@pytest.mark.parametrize("data", [b"", b"\xc0", b"{}", b"\x80"])
def test_a_file_that_is_no_backup_is_called_so(data: bytes) -> None:
    with pytest.raises(FileError, match="not a backup"):
        open_backup(data, "correct horse", Random(3))


def test_of_too_many_records_the_newest_are_backed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("folkmoot_node.backup.RECORDS_BYTES_MAX", 25)
    assert newest_that_fit([b"x" * 10, b"y" * 10, b"z" * 10]) == (b"x" * 10, b"y" * 10)
    assert newest_that_fit([b"x"]) == (b"x",)


async def test_a_restored_node_signs_after_one_meeting_and_changes_its_identity_after_two(
    dana: Home, tmp_path: Path, clock: StoppedClock
) -> None:
    await dana.post("before the backup")
    folder = await restored(await backed_up(dana), clock, tmp_path / "restored")
    later = await dana.post("after the backup")
    async with home(keys_of("carl"), clock, tmp_path / "carl") as carl:
        await carl.hear(dana)
        async with home(unlock(folder / KEY_FILE, None), clock, folder) as again:
            with pytest.raises(RefusedError, match="has not yet caught up") as caught:
                await again.post("too early")
            assert caught.value.rule == "restored"
            stranger = dana.author.identity
            await again.settling.completed("stranger", frozenset({stranger}))
            with pytest.raises(RefusedError, match="has not yet caught up"):
                await again.post("that peer does not know me")
            await again.hear(carl)
            clock.at_ms += 1
            said = await again.post("caught up")
            assert said.slot != later.slot
            with pytest.raises(RefusedError, match="only after two syncs"):
                await rotate(again.author)
            await again.hear(carl)
            await rotate(again.author)
            assert await again.live() == {*(await carl.live()), said.id}
    assert unlock(folder / KEY_FILE, None).syncs_missing == 0


async def test_a_node_that_is_restored_alone_signs_at_once(dana: Home, tmp_path: Path, clock: StoppedClock) -> None:
    await dana.post("before the backup")
    folder = await restored(await backed_up(dana), clock, tmp_path / "restored", alone=True)
    async with home(unlock(folder / KEY_FILE, None), clock, folder) as again:
        await again.post("nobody knows me")
        await rotate(again.author)


async def test_a_rotation_after_an_old_backup_continues_the_chain_and_forks_nothing(
    dana: Home, tmp_path: Path, clock: StoppedClock
) -> None:
    folder = await restored(await backed_up(dana), clock, tmp_path / "restored")
    await rotate(dana.author)
    await rotate(dana.author)
    async with home(unlock(folder / KEY_FILE, None), clock, folder) as again:
        for _ in range(2):
            await again.hear(dana)
        await rotate(again.author)
        await share(dana, again)
        chain = await dana.author.chain()
        assert (chain.is_disputed, len(chain.path)) == (False, 4)


async def test_what_is_restored_is_what_was_there(dana: Home, tmp_path: Path, clock: StoppedClock) -> None:
    said = await dana.post("before the backup")
    folder = await restored(await backed_up(dana), clock, tmp_path / "restored")
    assert names_in(folder) == {"folkmoot.db", KEY_FILE, "lock"}
    async with await Store.open(folder, network=dana.ring.keys.network, clock=clock) as store:
        assert await store.record(said.id) == said
        assert await store.own_identities() == {dana.author.identity}


async def test_nothing_is_restored_over_anything(dana: Home, tmp_path: Path, clock: StoppedClock) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter").write_text("mine")
    with pytest.raises(ConfigError, match="not empty"):
        await restored(await backed_up(dana), clock, full)
    assert names_in(full) == {"letter"}


async def test_a_backup_without_its_identity_leaves_nothing_behind(
    dana: Home, tmp_path: Path, clock: StoppedClock
) -> None:
    backup = await backed_up(dana)
    other = keys_of("eli").operations
    broken = replace(backup, keys=replace(backup.keys, operations=other))
    with pytest.raises(FileError, match="does not hold the identity"):
        await restored(broken, clock, tmp_path / "restored")
    assert names_in(tmp_path) == {"dana"}


async def test_sealing_one_backup_twice_gives_different_bytes(dana: Home) -> None:
    backup = await backed_up(dana)
    one, other = [seal_backup(backup, "same", Random(number)) for number in range(2)]
    assert one != other
