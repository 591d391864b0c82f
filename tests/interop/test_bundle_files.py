"""A file carried by hand: the real commands against the real API of two machines that share no network."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import trio
from support.command_line import Outcome, Shell
from support.keys import NETWORK, person
from support.node_parts import TOKEN, NodeParts, QuietSurroundings, node_parts
from support.world import Place, StoppedClock, draft_of, post, profile, team

from folkmoot.bundle import pack
from folkmoot.bundle_file import read_bundles
from folkmoot.record import Record
from folkmoot_node.api import Daemon, Handle, application, bundle_routes, serve, written_handle
from folkmoot_node.cli import daemon as cli_daemon
from folkmoot_node.views.naming import document_text, identity_text

ALICE, BOB = person("alice"), person("bob")
POSTS = [post(ALICE, "long " * 400, Place(slot)) for slot in range(2, 60)]
ELSEWHERE = post(BOB, "elsewhere", Place(1, space="design.fr"))
Type = Callable[..., Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Machine:
    """A node, and a terminal on its machine."""

    parts: NodeParts
    folder: Path
    type: Type


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path, capsys, monkeypatch)


@asynccontextmanager
async def machine(name: str, folder: Path, shell: Shell) -> AsyncIterator[Machine]:
    async with node_parts(name, StoppedClock(), folder) as parts, trio.open_nursery() as nursery:
        parts.author.spaces = frozenset(["commons"])
        app = application(Daemon(parts.author, parts.view, QuietSurroundings()), token=TOKEN)
        home = folder / name
        written_handle(home, Handle(await nursery.start(serve, app), TOKEN, os.getpid()))

        async def run(*words: object) -> Outcome:
            return await trio.to_thread.run_sync(partial(shell, *map(str, words), "--data", str(home)))

        yield Machine(parts, home, run)
        nursery.cancel_scope.cancel()


@pytest.fixture
async def alices(tmp_path: Path, shell: Shell) -> AsyncIterator[Machine]:
    async with machine("alice", tmp_path, shell) as made:
        records = [profile(ALICE), *POSTS, ELSEWHERE, post(BOB)]
        await made.parts.ingest.take([BOB.genesis.wire], [item.wire for item in records], source="peer")
        yield made


@pytest.fixture
async def danas(tmp_path: Path, shell: Shell) -> AsyncIterator[Machine]:
    async with machine("dana", tmp_path, shell) as made:
        yield made


def test_the_daemon_tells_the_size_where_the_command_looks_for_it() -> None:
    assert cli_daemon.SIZE_HEADER == bundle_routes.SIZE_HEADER


def _files_in(folder: Path) -> list[Path]:
    return [item for item in folder.iterdir() if item.is_file()]


async def _held(parts: NodeParts, *records: Record) -> int:
    return sum([await parts.store.record(record.id) is not None for record in records])


async def test_all_that_one_machine_holds_is_carried_to_the_other(
    alices: Machine, danas: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "all.folkmoot"
    wrote = await alices.type("bundle", "export", file)
    assert (wrote.code, wrote.err) == (0, "")
    assert f"Wrote {file}, {file.stat().st_size} bytes." in wrote.out.replace("\n", " ").replace("  ", " ")
    took = await danas.type("bundle", "import", file)
    assert (took.code, took.err) == (0, "")
    assert "Took in 60 new records and 2 new operations." in took.out
    assert "1, left aside; see `spaces` in the settings" in took.out
    assert await _held(danas.parts, profile(ALICE), *POSTS, post(BOB)) == 60
    again = await danas.type("bundle", "import", file, "--json")
    assert again.json == {
        "file": str(file),
        "bundles": 4,
        "size_bytes": file.stat().st_size,
        "operations": 0,
        "records": 0,
        "held": 62,
        "elsewhere": 1,
        "refused": {},
        "waiting": 0,
    }
    assert "Nothing new in it." in (await danas.type("bundle", "import", file)).out


async def test_what_is_chosen_is_in_the_file_and_verifies(alices: Machine, tmp_path: Path) -> None:
    file = tmp_path / "chosen.folkmoot"
    for words, records in (
        (("--author", identity_text(BOB.id)), {ELSEWHERE.wire, post(BOB).wire}),
        (("--author", identity_text(BOB.id), "--space", "commons"), {post(BOB).wire}),
        (("--space", "design.fr"), {ELSEWHERE.wire}),
        (("--author", "me", "--author", identity_text(BOB.id), "--space", "design.fr"), {ELSEWHERE.wire}),
    ):
        assert (await alices.type("bundle", "export", file, "--force", *words)).code == 0
        assert set(read_bundles(file.read_bytes(), network=NETWORK).records) == records
        assert (await alices.type("verify", file)).code == 0


async def test_an_agreement_comes_with_all_that_bears_on_it(alices: Machine, tmp_path: Path) -> None:
    document = team(ALICE, BOB)
    draft = draft_of(ALICE, document)
    await alices.parts.ingest.take([], [draft.wire], source="peer")
    file = tmp_path / "team.folkmoot"
    named = document_text(document.id)
    assert (await alices.type("bundle", "export", file, "--agreement", named)).code == 0
    assert draft.wire in read_bundles(file.read_bytes(), network=NETWORK).records
    both = await alices.type("bundle", "export", file, "--agreement", named, "--space", "commons", "--force")
    assert (both.code, "by agreement, or by author and space" in both.err) == (2, True)


async def test_nothing_is_written_over_or_in_vain(alices: Machine, tmp_path: Path) -> None:
    file = tmp_path / "all.folkmoot"
    file.write_bytes(b"precious")
    kept = await alices.type("bundle", "export", file)
    assert (kept.code, "exists already" in kept.err) == (2, True)
    nobody = await alices.type("bundle", "export", tmp_path / "x", "--author", identity_text(person("erin").id))
    assert (nobody.code, "nothing is held of what you chose" in nobody.err) == (4, True)
    unnamed = await alices.type("bundle", "export", tmp_path / "x", "--space", "Not A Name")
    assert unnamed.code == 2
    assert file.read_bytes() == b"precious"
    assert _files_in(tmp_path) == [file]


async def test_of_a_damaged_file_the_good_part_is_taken_in_and_told(
    alices: Machine, danas: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "all.folkmoot"
    await alices.type("bundle", "export", file)
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])
    took = await danas.type("bundle", "import", file)
    assert took.code == 6
    assert "new records and 2 new operations." in took.out
    assert "is damaged after 3 bundles and" in took.err
    assert "cut off within a bundle" in took.err
    assert "What comes before was taken in and stays." in took.err
    some = await _held(danas.parts, *POSTS)
    assert 0 < some < len(POSTS)
    as_json = await danas.type("bundle", "import", file, "--json")
    assert (as_json.code, as_json.err) == (6, "")
    assert as_json.json["fault"] == {"rule": "ENC-2", "why": "the file is cut off within a bundle"}
    file.write_bytes(whole)
    assert (await danas.type("bundle", "import", file)).code == 0
    assert await _held(danas.parts, *POSTS) == len(POSTS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\xc1" * 1000, "not a MessagePack value"),
        (b"Dear Alice,\nhow are you?\n" * 100_000, "not a bundle of version 1"),
        (pack([], [], network="main"), "belongs to another network than test"),
    ],
)
async def test_a_foreign_file_is_one_sentence_and_changes_nothing(
    danas: Machine, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "foreign"
    file.write_bytes(content)
    took = await danas.type("bundle", "import", file)
    assert (took.code, took.out) == (6, "")
    assert said in took.err.replace("\n", " ")
    assert "is not a file of bundles that can be read" in took.err


async def test_a_file_that_is_not_there_is_one_sentence(danas: Machine, tmp_path: Path) -> None:
    took = await danas.type("bundle", "import", tmp_path / "nowhere")
    assert (took.code, "no such file or directory" in took.err) == (6, True)


async def test_items_that_do_not_verify_are_told_by_rule(danas: Machine, tmp_path: Path) -> None:
    data = pack([ALICE.genesis], [post(ALICE)], network=NETWORK)
    file = tmp_path / "some.folkmoot"
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    took = await danas.type("bundle", "import", file)
    assert took.code == 0
    assert "not taken  REC-9 1" in took.out
