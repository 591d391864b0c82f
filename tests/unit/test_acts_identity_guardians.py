"""What takes the paper key or guardians: naming them, recovering with either, closing, and what others see."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from support.homes import Home, home, keys_of, paper_text, share
from support.keys import NETWORK, secret_key
from support.world import NOW_MS, StoppedClock

from folkmoot.agreement import Document, Party, Proposal
from folkmoot.identity import Device, Operation, Scope, Snapshot, operation
from folkmoot.keys import SecretKey, key_digest, rotation_key
from folkmoot.limits import CLOSED_HIDDEN_DAYS, DAY_MS
from folkmoot_node.acts.guardians import close_identity, name_guardians, promise_to_guard, sign_as_guardian
from folkmoot_node.acts.identity import rotate
from folkmoot_node.acts.recovery import (
    Planned,
    RescueWish,
    gather_signatures,
    plan_recovery,
    sign_recovery,
    take_back,
)
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, FileError, RefusedError
from folkmoot_node.newcomer import Newcomer, new_newcomer
from folkmoot_node.slips import BegunStep, read_promise, read_recovery, recovery_text
from folkmoot_node.views.identity import identity
from folkmoot_node.views.people import person


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def dana(tmp_path: Path, clock: StoppedClock) -> AsyncIterator[Home]:
    async with home(keys_of("dana"), clock, tmp_path / "dana") as running:
        yield running


@pytest.fixture
async def eli(tmp_path: Path, clock: StoppedClock) -> AsyncIterator[Home]:
    async with home(keys_of("eli"), clock, tmp_path / "eli") as running:
        yield running


async def new_machine(of: Home) -> tuple[Author, Newcomer]:
    """Let a new machine hold what one of the others shows, without a key that anybody has named."""
    machine = new_newcomer(NETWORK, Random(5))
    return replace(of.author, key=machine.key, ring=None), machine


def rotates_as(seed: bytes, parent: Operation, depth: int, *more: SecretKey) -> Operation:
    """Rotate as somebody who has a rotation seed, with devices of their own."""
    devices = [Device(key.public, bytes(32), Scope.ALL) for key in more] or parent.devices
    promised = key_digest(NETWORK, rotation_key(seed, depth + 1, network=NETWORK).public)
    snapshot = Snapshot(devices=devices, next_digest=promised, recovery=parent.recovery)
    keys = [rotation_key(seed, depth, network=NETWORK), *more]
    return operation(snapshot, keys, parent=parent, rank=0, network=NETWORK)


async def test_the_paper_key_takes_the_identity_back_and_is_replaced(dana: Home, eli: Home) -> None:
    said = await dana.post("honest")
    await share(dana, eli)
    author, machine = await new_machine(dana)
    wish = RescueWish(paper=paper_text("dana"))
    plan = await plan_recovery(author, machine, wish)
    assert [item.id for item in plan.losses.selection.kept] == [said.id]
    made = sign_recovery(plan, machine, wish.paper)
    chain = await take_back(author, made)
    assert [device.key for device in chain.head.devices] == [machine.key.public]
    await author.publish("post", {"text": "I am back"})
    await eli.hear(dana)
    assert await eli.posts() == {"honest", "I am back"}
    with pytest.raises(RefusedError, match="revoked the device"):
        await dana.post("from the old machine")
    again = replace(author)
    with pytest.raises(RefusedError, match="not one that the identity has promised"):
        await plan_recovery(again, new_newcomer(NETWORK, Random(6)), wish)
    second = await plan_recovery(again, new_newcomer(NETWORK, Random(6)), RescueWish(paper=plan.paper_key))
    assert second.step.rank == 3


async def test_a_thief_who_rotated_is_left_behind_or_outranked(dana: Home) -> None:
    honest = await dana.post("honest")
    seed = dana.ring.keys.rotation_seed
    assert seed is not None
    genesis = (await dana.author.chain()).head
    theirs = rotates_as(seed, genesis, 1, secret_key("thief"))
    await dana.ingest.take([theirs.wire], [], source="thief")
    assert (await dana.author.chain()).head == theirs
    with pytest.raises(RefusedError, match="not one that the identity has promised"):
        await plan_with(dana, paper_text("eli"))
    for after in (None, genesis.id):
        plan = await plan_with(dana, paper_text("dana"), after=after)
        assert [item.id for item in plan.losses.selection.kept] == [honest.id]
        assert plan.step.parent == (genesis if after else theirs)


async def plan_with(dana: Home, paper: str | None, **wishes: object) -> Planned:
    author, machine = await new_machine(dana)
    return await plan_recovery(author, machine, RescueWish(paper=paper, **wishes))  # type: ignore[arg-type]


async def guarded(dana: Home, *others: Home) -> str:
    """Let others guard Dana's identity, any two of them; return her new paper key."""
    promises = [await promise_to_guard(other.author, dana.author.identity) for other in others]
    done = await name_guardians(dana.author, paper_text("dana"), 2, [promise.digest for promise in promises])
    return done.paper_key


async def test_two_of_three_guardians_bring_an_identity_back(
    dana: Home, eli: Home, tmp_path: Path, clock: StoppedClock
) -> None:
    async with (
        home(keys_of("fay"), clock, tmp_path / "fay") as fay,
        home(keys_of("gus"), clock, tmp_path / "gus") as gus,
    ):
        await guarded(dana, eli, fay, gus)
        author, machine = await new_machine(dana)
        plan = await plan_recovery(author, machine, RescueWish(paper=None))
        begun = sign_recovery(plan, machine, None)
        request = recovery_text(BegunStep(NETWORK, begun, plan.chain.path))
        signed = [await sign_as_guardian(at.author, read_recovery(request)) for at in (eli, gus)]
        waiting = replace(machine, begun=begun, chain=plan.chain.path)
        with pytest.raises(RefusedError, match="CHN-4"):
            await take_back(author, gather_signatures(waiting, signed[:1]))
        chain = await take_back(author, gather_signatures(waiting, signed))
        assert [device.key for device in chain.head.devices] == [machine.key.public]
        assert [(entry.rank, entry.threshold) for entry in chain.head.recovery] == [(3, 1), (2, 2), (1, 1)]


async def test_naming_guardians_uses_the_paper_key_up(dana: Home, eli: Home) -> None:
    newest = await _named(dana, eli)
    with pytest.raises(RefusedError, match="not one that the identity has promised"):
        await close_identity(dana.author, paper_text("dana"))
    await rotate(dana.author)
    await close_identity(dana.author, newest)


async def _named(dana: Home, eli: Home) -> str:
    promise = await promise_to_guard(eli.author, dana.author.identity)
    return (await name_guardians(dana.author, paper_text("dana"), 1, [promise.digest])).paper_key


async def test_a_guardian_s_key_is_one_and_stays_with_the_other_keys(dana: Home, eli: Home) -> None:
    one, again = [await promise_to_guard(eli.author, dana.author.identity) for _ in range(2)]
    assert one == again
    assert dict(eli.ring.keys.guarding).keys() == {dana.author.identity}
    with pytest.raises(RefusedError, match="nobody guards themselves"):
        await promise_to_guard(eli.author, eli.author.identity)


@pytest.mark.parametrize(("threshold", "digests"), [(0, 1), (2, 1), (1, 0), (1, 10)])
async def test_numbers_of_guardians_make_sense(dana: Home, threshold: int, digests: int) -> None:
    names = [bytes([number]) * 32 for number in range(digests)]
    with pytest.raises(ConfigError, match="make no sense"):
        await name_guardians(dana.author, paper_text("dana"), threshold, names)


async def test_a_guardian_signs_only_for_whom_the_key_was_made(dana: Home, eli: Home) -> None:
    author, machine = await new_machine(dana)
    plan = await plan_with(dana, paper_text("dana"))
    slip = BegunStep(NETWORK, sign_recovery(plan, machine, None), plan.chain.path)
    with pytest.raises(RefusedError, match="guards no such identity"):
        await sign_as_guardian(eli.author, slip)
    await promise_to_guard(eli.author, dana.author.identity)
    with pytest.raises(RefusedError, match="not one of those"):
        await sign_as_guardian(eli.author, slip)
    with pytest.raises(ConfigError, match="network main"):
        await sign_as_guardian(eli.author, replace(slip, network="main"))
    assert author.identity == slip.begun.identity


async def test_without_guardians_or_a_request_nothing_is_gathered(dana: Home) -> None:
    with pytest.raises(RefusedError, match="nobody was promised for rank 2"):
        await plan_with(dana, None)
    with pytest.raises(RefusedError, match="asked no guardians"):
        gather_signatures(new_newcomer(NETWORK, Random(1)), [])


@pytest.mark.parametrize("text", ["{}", '{"format": "folkmoot-guardian-key/1", "digest": "00"}', "paper1"])
def test_a_file_that_is_no_promise_is_called_so(text: str) -> None:
    with pytest.raises(FileError):
        read_promise(text)


@pytest.mark.parametrize("text", ["", "paper1qqqq", "folk1xyz"])
async def test_a_mistyped_paper_key_is_called_so(dana: Home, text: str) -> None:
    with pytest.raises(ConfigError, match="not a paper key"):
        await close_identity(dana.author, text)


async def test_a_paper_key_may_be_typed_in_groups(dana: Home) -> None:
    text = paper_text("dana").upper()
    await close_identity(dana.author, " ".join(text[at : at + 4] for at in range(0, len(text), 4)))
    assert (await dana.author.chain()).is_closed


async def test_a_closed_identity_is_hidden_at_once_and_gone_after_a_month(
    dana: Home, eli: Home, clock: StoppedClock
) -> None:
    await dana.post("hello")
    await share(dana, eli)
    assert await eli.posts() == {"hello"}
    await close_identity(dana.author, paper_text("dana"))
    await eli.hear(dana)
    assert await eli.posts() == set()
    assert (await identity(eli.view, dana.author.identity))["status"] == "closed"
    with pytest.raises(RefusedError, match="closed this identity"):
        await dana.post("again")
    await dana.settling.look_at_identity()
    assert "your identity is closed" in dana.author.readiness.notes(NOW_MS)
    clock.advance_days(CLOSED_HIDDEN_DAYS - 1)
    await eli.ingest.sweep(confirmed_day=None)
    assert (await eli.store.counts()).waiting == 1
    clock.advance_days(1)
    await eli.ingest.sweep(confirmed_day=None)
    assert (await eli.store.counts()).waiting == 0
    assert (await identity(eli.view, dana.author.identity))["status"] == "closed"


async def test_a_closing_that_a_higher_key_undoes_gives_everything_back(dana: Home, eli: Home) -> None:
    """Guardians close; the owner's paper key, of a higher rank, recovers from where they did."""
    newest = await _named(dana, eli)
    await dana.post("hello")
    await share(dana, eli)
    head = (await dana.author.chain()).head
    key = eli.ring.guardian_key(dana.author.identity)
    assert key is not None
    snapshot = Snapshot(devices=head.devices, next_digest=head.next, recovery=head.recovery, close=True)
    theirs = operation(snapshot, [key], parent=head, rank=2, network=NETWORK)
    for at in (dana, eli):
        await at.ingest.take([theirs.wire], [], source="guardian")
        assert await at.posts() == set()
    plan = await plan_with(dana, newest, after=head.id)
    author, machine = await new_machine(dana)
    await take_back(author, sign_recovery(plan, machine, newest))
    await eli.hear(dana)
    assert await eli.posts() == await dana.posts() == {"hello"}


def team_of(*members: Home) -> Document:
    drafter = members[0].author
    return drafter.draft(
        Proposal(
            type="team",
            drafter=drafter.identity,
            drafted=NOW_MS,
            accept_by=NOW_MS + DAY_MS,
            parties=tuple(Party(f"role {place}", at.author.identity) for place, at in enumerate(members)),
            terms={"name": "The team", "purpose": "Work", "lead": 0},
        )
    )


async def test_nobody_signs_together_with_a_disputed_or_closed_identity(dana: Home, eli: Home) -> None:
    await share(dana, eli)
    document = team_of(eli, dana)
    seed = dana.ring.keys.rotation_seed
    assert seed is not None
    genesis = (await dana.author.chain()).head
    fork = [rotates_as(seed, genesis, 1, secret_key(name)) for name in ("thief", "other thief")]
    for at in (dana, eli):
        await at.ingest.take([item.wire for item in fork], [], source="thief")
        await at.settling.look_at_identity()
    with pytest.raises(RefusedError, match="disputed") as caught:
        await eli.author.cosign(document, 0)
    assert caught.value.rule == "disputed"
    with pytest.raises(RefusedError, match="your identity is disputed"):
        await dana.author.cosign(document, 1)
    assert any("disputed" in note for note in dana.author.readiness.notes(NOW_MS))
    shown = await identity(eli.view, dana.author.identity)
    assert (shown["status"], [item["is_disputed"] for item in shown["operations"]]) == (
        "disputed",
        [False, True, True],
    )
    assert {item["standing"] for item in shown["devices"]} == {"signs", "in doubt"}
    assert (await person(eli.view, dana.author.identity))["is_disputed"]
    with pytest.raises(RefusedError, match="disputed"):
        await rotate(dana.author)
    await close_identity(dana.author, paper_text("dana"))
    await eli.hear(dana)
    with pytest.raises(RefusedError, match="is closed") as closing:
        await eli.author.cosign(document, 0)
    assert closing.value.rule == "AUT-3"
