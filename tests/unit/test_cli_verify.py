"""`folkmoot verify` on bundles, whole and damaged."""

from pathlib import Path

import pytest
from support.agreements import yes
from support.command_line import Shell
from support.keys import NETWORK, person
from support.statements import BODIES, DOCUMENT, Place, said

from folkmoot.agreement import cosignature_value
from folkmoot.bundle import LABEL, pack
from folkmoot.canonical import decode, encode
from folkmoot.identity import Operation
from folkmoot.ids import IdPrefix, id_to_text
from folkmoot.record import Record

ALICE, BOB = person("alice"), person("bob")
ALICE_ID = id_to_text(IdPrefix.IDENTITY, ALICE.id)
TEAM_ID = id_to_text(IdPrefix.DOCUMENT, DOCUMENT.id)
GENESES = (ALICE.genesis, BOB.genesis)
PROFILE = said(ALICE, "profile", {"name": "Alice [red]A.[/red]\N{RIGHT-TO-LEFT MARK}"})
AGREEMENT = said(ALICE, "agreement", BODIES["agreement"], Place(days=1000))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "team.folkmoot"


def bundle(*records: Record, operations: tuple[Operation, ...] = GENESES) -> bytes:
    return pack(operations, records, network=NETWORK)


def with_last_record_spoiled(data: bytes) -> bytes:
    """Flip the last bit of the last record's signature."""
    match decode(data, bytes_max=len(data)):
        case [str() as label, str() as network, list() as operations, [*records, bytes() as last]]:
            return encode([label, network, operations, [*records, last[:-1] + bytes([last[-1] ^ 1])]])
        case _:
            raise AssertionError("not a bundle")


def test_a_whole_bundle_is_verified_and_says_who_signed(shell: Shell, file: Path) -> None:
    file.write_bytes(bundle(PROFILE, AGREEMENT))
    outcome = shell("verify", str(file))
    assert (outcome.code, outcome.err) == (0, "")
    assert "Alice [red]A.[/red] (folk1" in outcome.out
    assert "Team Kites" in outcome.out
    assert "formed" in outcome.out
    assert outcome.out.count("signed") == 2
    assert f"  {TEAM_ID}\n" in outcome.out
    assert f"network  {NETWORK}" in outcome.out
    assert outcome.out.endswith("\nverified: 2 records and all signatures, offline, from this file alone.\n")


def test_a_program_gets_the_same_as_one_document(shell: Shell, file: Path) -> None:
    file.write_bytes(bundle(PROFILE, AGREEMENT))
    found = shell("verify", str(file), "--json").json
    assert (found["verified"], found["network"], found["damages"]) == (True, NETWORK, [])
    assert {item["kind"]: item["verdict"] for item in found["records"]} == {
        "profile": "verified",
        "agreement": "verified",
    }
    assert {item["author"] for item in found["records"]} == {ALICE_ID}
    assert [(team["id"], team["status"]) for team in found["teams"]] == [(TEAM_ID, "formed")]
    assert [(seat["share"], seat["status"]) for seat in found["teams"][0]["seats"]] == [
        (6000, "signed"),
        (4000, "signed"),
    ]


def test_one_altered_bit_is_named(shell: Shell, file: Path) -> None:
    file.write_bytes(with_last_record_spoiled(bundle(PROFILE, AGREEMENT)))
    outcome = shell("verify", str(file))
    assert outcome.code == 10
    assert outcome.err.startswith("error: the bundle does not verify: record 2 (")
    assert "REC-9" in outcome.err
    assert "damaged · REC-9" in outcome.out
    assert "verified: " not in outcome.out
    document = shell("verify", str(file), "--json")
    assert document.code == 10
    assert document.json["verified"] is False
    assert document.json["error"]["exit"] == 10
    assert [item["rule"] for item in document.json["damages"]] == ["REC-9"]


def test_a_record_without_its_authors_operations_is_incomplete(shell: Shell, file: Path) -> None:
    file.write_bytes(bundle(PROFILE, operations=(BOB.genesis,)))
    outcome = shell("verify", str(file))
    assert outcome.code == 10
    assert "incomplete · AUT-1" in outcome.out
    assert "profile rec1" in outcome.err


def test_every_fault_is_counted(shell: Shell, file: Path) -> None:
    file.write_bytes(with_last_record_spoiled(bundle(PROFILE, AGREEMENT, operations=())))
    assert "and 1 more of 2" in shell("verify", str(file)).err


def test_a_team_that_one_has_not_signed_is_not_formed(shell: Shell, file: Path) -> None:
    half = {**BODIES["agreement"], "cosignatures": [cosignature_value(yes(DOCUMENT, ALICE))]}
    file.write_bytes(bundle(said(ALICE, "agreement", half, Place(days=1000))))
    outcome = shell("verify", str(file))
    assert outcome.code == 0
    assert "waiting" in outcome.out
    assert "formed" not in outcome.out


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"\x94", b'{"a": 1}', encode(["another-bundle/1", NETWORK, [], []]), encode([LABEL, NETWORK])],
)
def test_what_is_no_bundle_is_a_bad_file(data: bytes, shell: Shell, file: Path) -> None:
    file.write_bytes(data)
    outcome = shell("verify", str(file))
    assert (outcome.code, outcome.out) == (6, "")
    assert "is not a bundle that can be read" in outcome.err


def test_a_bundle_of_another_network_is_a_bad_file_when_one_is_asked_for(shell: Shell, file: Path) -> None:
    file.write_bytes(bundle(PROFILE))
    assert shell("verify", str(file), "--network", NETWORK).code == 0
    outcome = shell("verify", str(file), "--network", "main")
    assert outcome.code == 6
    assert "BUN-2" in outcome.err


def test_a_file_that_is_not_there_is_a_bad_file(shell: Shell, file: Path) -> None:
    assert shell("verify", str(file)).code == 6
