"""Syncs between two stores over a line: what it carries, what is remembered, and what ends it."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import trio
import trio.testing
from support.conversing import Line, Party, refusal, synced
from support.keys import NETWORK, person, secret_key
from support.shelf import Shelf, opened
from support.world import NOW_MS, TODAY, Place, post, profile, rotated

from folkmoot.bundle import pack_wires
from folkmoot.canonical import Value, encode
from folkmoot.errors import DecodeError
from folkmoot.limits import DAY_MS, ITEM_BYTES
from folkmoot.reconcile import Sketch
from folkmoot.record import Record
from folkmoot.session import bundle_frame
from folkmoot_node.acquaintances import WORK_S_MAX
from folkmoot_node.errors import PeerError
from folkmoot_node.hosting import Hosting
from folkmoot_node.ingest import Ingest
from folkmoot_node.taking import REJECTED_MAX

ALICE, BOB, ELI = person("alice"), person("bob"), person("eli")
HELLO = encode(["hello", NETWORK, 1, 1, NOW_MS, ["commons"], 0])


@pytest.fixture
async def parties() -> AsyncIterator[tuple[Party, Party]]:
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(opened(None)) for _ in range(2)]
        yield Party(one), Party(other)


def hosting_without(shelf: Shelf, *identities: bytes) -> Shelf:
    """Return a shelf that does not host some identities."""
    hosting = Hosting(
        frozenset(person(name).id for name in ("alice", "bob", "eli") if person(name).id in identities)
    )
    return Shelf(shelf.store, Ingest(shelf.store, shelf.clock, hosting=hosting), shelf.clock)


async def equal_again(one: Party, other: Party) -> None:
    """Assert that another sync finds both equal, whoever opens it."""
    for parties in ((one, other), (other, one)):
        line = Line()
        await synced(*parties, line)
        assert line.frames[-1] == encode(["equal"])
        is_asked_at_once = one.shelf.clock == other.shelf.clock
        assert len(line.frames) <= (4 if is_asked_at_once else 5), "hellos, one summary or two, equal"
        assert line.size_bytes <= (300 if is_asked_at_once else 450)


def damaged(record: Record) -> bytes:
    """Return a record whose signature is not its author's."""
    return record.wire[:-1] + bytes([record.wire[-1] ^ 1])


def summary(*items: bytes) -> bytes:
    sketch = Sketch([item[:ITEM_BYTES] for item in items])
    return encode(["summary", TODAY, sketch.size, sketch.fingerprint(), sketch.estimator()])


async def test_both_hold_what_either_held(parties: tuple[Party, Party]) -> None:
    one, other = parties
    posts = [post(ALICE, f"{number}", Place(number)) for number in range(60)]
    await one.shelf.take(ALICE, profile(ALICE), *posts)
    await other.shelf.take(BOB, profile(BOB), ALICE, *posts[5:], post(BOB, "more", Place(3)))
    ours, theirs = await synced(one, other, Line())
    assert await one.shelf.held() == await other.shelf.held()
    assert len(await one.shelf.held()) == 63
    assert ours.lacked == frozenset()
    assert theirs.lacked == {BOB.id}
    assert ours.their_day == theirs.their_day == TODAY
    await equal_again(one, other)


async def test_an_identity_travels_whole_when_one_operation_is_lacking(parties: tuple[Party, Party]) -> None:
    one, other = parties
    await one.shelf.take(ALICE, rotated(ALICE, secret_key("tablet")))
    await other.shelf.take(ALICE)
    line = Line()
    await synced(one, other, line)
    ours, theirs = [(await side.shelf.store.everything()).operations for side in (one, other)]
    assert {item.id for item in ours} == {item.id for item in theirs}
    assert any(ALICE.genesis.wire in frame for frame in line.frames)
    await equal_again(one, other)


async def test_a_record_that_beats_another_replaces_it_on_both_sides(parties: tuple[Party, Party]) -> None:
    one, other = parties
    await one.shelf.take(ALICE, post(ALICE, "before"))
    await other.shelf.take(ALICE, post(ALICE, "after", Place(rev=NOW_MS + 1)))
    await synced(one, other, Line())
    assert await one.shelf.held() == await other.shelf.held()
    await equal_again(one, other)


async def test_whoever_is_not_hosted_is_sent_once(parties: tuple[Party, Party]) -> None:
    one, other = parties
    picky = Party(hosting_without(one.shelf, ELI.id))
    await picky.shelf.take(ALICE, profile(ALICE))
    await other.shelf.take(ELI, profile(ELI), post(ELI), BOB, post(BOB))
    for opener, answerer in ((picky, other), (other, picky)):
        opener.known, answerer.known = type(opener.known)(), type(answerer.known)()
        await synced(opener, answerer, Line())
        assert other.known.not_hosted == {ELI.id}
        await equal_again(picky, other)
    assert await picky.shelf.held() == await other.shelf.held() - {profile(ELI).id, post(ELI).id}


async def test_whoever_is_hosted_again_is_sent(parties: tuple[Party, Party]) -> None:
    one, other = parties
    await other.shelf.take(ELI, profile(ELI))
    await synced(Party(hosting_without(one.shelf, ELI.id)), other, Line())
    assert other.known.not_hosted == {ELI.id}
    _, told_so = await synced(one, other, Line())
    assert not told_so.is_stale
    assert await one.shelf.held() == await other.shelf.held()


async def test_an_opener_who_learns_that_the_other_hosts_more_is_due_for_another_sync(
    parties: tuple[Party, Party],
) -> None:
    one, other = parties
    await other.shelf.take(ELI, profile(ELI))
    await synced(Party(hosting_without(one.shelf, ELI.id)), other, Line())
    opener, _ = await synced(other, one, Line())
    assert opener.is_stale
    opener, _ = await synced(other, one, Line())
    assert not opener.is_stale
    assert await one.shelf.held() == await other.shelf.held()


async def test_who_does_not_host_us_counts_as_not_knowing_us(parties: tuple[Party, Party]) -> None:
    one, other = parties
    await other.shelf.take(ELI, profile(ELI))
    picky = Party(hosting_without(one.shelf, ELI.id))
    for _ in range(2):
        _, theirs = await synced(picky, other, Line())
        assert ELI.id in theirs.lacked


async def test_what_the_other_clock_refuses_is_sent_once_a_day(parties: tuple[Party, Party]) -> None:
    behind, ahead = parties
    ahead.shelf.clock.at_ms += DAY_MS
    tomorrow = post(ALICE, "tomorrow", Place(rev=NOW_MS + 2 * DAY_MS))
    await ahead.shelf.take(ALICE, profile(ALICE), tomorrow, post(ALICE, "over", Place(1, expires=TODAY + 1)))
    await synced(behind, ahead, Line())
    assert await behind.shelf.held() == {profile(ALICE).id}
    assert ahead.known.declined_items(TODAY + 1) == {tomorrow.id[:ITEM_BYTES]}
    await equal_again(behind, ahead)
    for party in parties:
        party.shelf.clock.at_ms += DAY_MS
    await synced(behind, ahead, Line())
    assert await behind.shelf.held() >= {profile(ALICE).id, tomorrow.id}


@pytest.mark.parametrize("posts", [3, 80], ids=["list", "cells"])
async def test_a_line_that_is_cut_anywhere_has_lost_nothing(posts: int) -> None:
    frames_max, is_over = 0, False
    while not is_over:
        async with opened(None) as left, opened(None) as right:
            one, other = Party(left), Party(right)
            shared = [post(ALICE, f"{number}", Place(number)) for number in range(posts)]
            await left.take(ALICE, *shared, BOB, profile(BOB))
            await right.take(ALICE, *shared, ELI, profile(ELI))
            before = await left.held(), await right.held()
            try:
                await synced(one, other, Line(frames_max))
                is_over = True
            except* PeerError:
                pass
            assert await left.held() >= before[0]
            assert await right.held() >= before[1]
            await synced(one, other, Line())
            assert await left.held() == await right.held() == before[0] | before[1]
        frames_max += 1
    assert frames_max > 10


async def test_who_sends_what_does_not_verify_is_sent_away(parties: tuple[Party, Party]) -> None:
    forged = [damaged(post(ELI, f"{number}", Place(number))) for number in range(REJECTED_MAX + 1)]
    frames = [
        *[HELLO, summary(b"?" * ITEM_BYTES), encode(["wanted"])],
        bundle_frame(pack_wires([ELI.genesis.wire], forged[:40], network=NETWORK)),
        bundle_frame(pack_wires([], forged[40:], network=NETWORK)),
    ]
    assert "does not verify" in str(await refusal(parties[0], frames))
    assert await parties[0].shelf.held() == set()


async def test_what_does_not_verify_is_declined_and_not_kept(parties: tuple[Party, Party]) -> None:
    victim, _ = parties
    forged = damaged(post(ELI))
    ours, theirs = Line().ends()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(victim.conversation(theirs, opens=False).run)
        bundle = bundle_frame(pack_wires([ELI.genesis.wire], [forged, b"junk"], network=NETWORK))
        for frame in (HELLO, summary(b"?" * ITEM_BYTES), encode(["wanted"]), bundle, encode(["sent"])):
            await ours.send(frame)
        heard: list[bytes | None] = [await ours.receive() for _ in range(5)]
        assert heard[-2] == encode(["decline", [], post(ELI).id[:ITEM_BYTES]])
        assert heard[-1] == encode(["done", False])
        await ours.send(encode(["done", False]))


@pytest.mark.parametrize(
    ("frame", "rule"),
    [
        (["cells", b"", bytes(32), 0, 1, bytes(21)], "SYN-1"),
        (["more", 9000], "SYN-1"),
        (["places", 2**53 - 1, b"\0"], "SYN-12"),
        (["decline", [], bytes(16)], "SYN-1"),
    ],
)
async def test_who_breaks_a_rule_hears_no_more(parties: tuple[Party, Party], frame: list[Value], rule: str) -> None:
    error = await refusal(parties[0], [HELLO, summary(b"?" * ITEM_BYTES), encode(frame)])
    assert isinstance(error, DecodeError)
    assert error.rule == rule


async def test_who_makes_too_much_work_is_sent_away(parties: tuple[Party, Party]) -> None:
    victim, _ = parties
    victim.known.worked(2 * WORK_S_MAX)
    assert "again and again" in str(await refusal(victim, [HELLO, summary(b"?" * ITEM_BYTES)]))


async def test_a_share_of_work_fills_up_again(autojump_clock: trio.testing.MockClock) -> None:
    async with opened(None) as left, opened(None) as right:
        one, other = Party(left), Party(right)
        other.known.worked(WORK_S_MAX)
        await trio.sleep(600)
        await other.shelf.take(ELI, profile(ELI))
        await synced(one, other, Line())
        assert await left.held() == await right.held()


@pytest.mark.parametrize("days", [0, 2])
async def test_a_clock_is_heard_even_of_whom_it_keeps_from_syncing(parties: tuple[Party, Party], days: int) -> None:
    heard: list[tuple[str, int]] = []
    ours, theirs = Line().ends()
    conversation = parties[0].conversation(theirs, opens=False)
    conversation.heard_clock = lambda peer, their_ms: heard.append((peer, their_ms))
    their_ms = NOW_MS + days * DAY_MS
    await ours.send(encode(["hello", NETWORK, 1, 1, their_ms, ["commons"], 0]))
    await ours.aclose()
    with contextlib.suppress(ExceptionGroup):
        await conversation.run()
    assert heard == [("one", their_ms)]
