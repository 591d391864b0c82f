"""Cases of the suite `bundle`: bundles as wholes, their damaged items, and the one form that gossip takes."""

from support.keys import NETWORK, Person
from vectors.craft import ALICE, BOB, NOON_MS, Case, accepted, payload_fields, raw, refused, sealed

from folkmoot.bundle import pack
from folkmoot.record import Record, open_record

LABEL = "folkmoot-bundle/1"


def note(author: Person, slot: int = 0, /, **changes: object) -> Record:
    """Return a small record of an unknown kind."""
    wire = sealed(payload_fields(author, slot=slot, **changes), author.key)
    return open_record(wire, network=NETWORK)


def _bundle(operations: object, records: object, *, label: object = LABEL, network: object = NETWORK) -> bytes:
    return raw([label, network, operations, records])


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [*_wholes(), *_damages(), *_files(), *_gossip()]


def _wholes() -> list[Case]:
    record = note(ALICE)
    packed = pack([BOB.genesis, ALICE.genesis, ALICE.genesis], [record], network=NETWORK)
    geneses = sorted([ALICE.genesis, BOB.genesis], key=lambda item: item.identity)
    return [
        accepted("empty", bundle=_bundle([], []).hex(), operations=[], records=[]),
        accepted(
            "two-identities-and-a-record",
            bundle=packed.hex(),
            operations=[item.id.hex() for item in geneses],
            records=[record.id.hex()],
        ),
        refused("bundle-cut-off", "ENC-2", bundle=packed[:-1].hex()),
        refused("bundle-a-map", "BUN-1", bundle=raw({}).hex()),
        refused("bundle-of-three-parts", "BUN-1", bundle=raw([LABEL, NETWORK, []]).hex()),
        refused("label-of-another-version", "BUN-1", bundle=_bundle([], [], label="folkmoot-bundle/2").hex()),
        refused("operations-a-map", "BUN-1", bundle=_bundle({}, []).hex()),
        refused("record-not-as-bytes", "BUN-1", bundle=_bundle([], [["record"]]).hex()),
        refused("operation-text", "BUN-1", bundle=_bundle(["operation"], []).hex()),
        refused(
            "network-another-and-records-a-map",
            "BUN-1",
            bundle=_bundle([], {}, network="main").hex(),
            why="The first rule that fails decides.",
        ),
        refused("network-another", "BUN-2", bundle=_bundle([], [], network="main").hex()),
        refused("network-integer", "BUN-2", bundle=_bundle([], [], network=1).hex()),
    ]


def _damages() -> list[Case]:
    good, other = note(ALICE), note(BOB)
    bad = good.wire[:-1] + bytes([good.wire[-1] ^ 1])
    bad_genesis = ALICE.genesis.wire[:-1] + bytes([ALICE.genesis.wire[-1] ^ 1])
    return [
        accepted(
            "one-record-damaged",
            rules=["REC-9"],
            bundle=_bundle([], [bad, other.wire]).hex(),
            operations=[],
            records=[other.id.hex()],
            damages=[["record", 1, "REC-9"]],
        ),
        accepted(
            "genesis-damaged",
            rules=["OPR-8"],
            bundle=_bundle([bad_genesis], [other.wire]).hex(),
            operations=[],
            records=[other.id.hex()],
            damages=[["operation", 1, "OPR-8"]],
        ),
    ]


def _files() -> list[Case]:
    first, second = note(ALICE), note(BOB)
    one = _bundle([ALICE.genesis.wire], [first.wire])
    other = _bundle([BOB.genesis.wire], [second.wire])
    bad = second.wire[:-1] + bytes([second.wire[-1] ^ 1])

    def read(name: str, data: bytes, *, is_first_only: bool, fault: str = "", why: str = "") -> Case:
        people, records = ([ALICE], [first]) if is_first_only else ([ALICE, BOB], [first, second])
        return accepted(
            name,
            rules=[fault] if fault else [],
            why=why,
            file=data.hex(),
            bundles=len(records),
            operations=[who.genesis.id.hex() for who in people],
            records=[record.id.hex() for record in records],
            fault=fault,
        )

    return [
        read("file-of-one-bundle", one, is_first_only=True),
        read("file-of-two-bundles", one + other, is_first_only=False),
        read("file-cut-off-in-its-second-bundle", one + other[:-1], is_first_only=True, fault="ENC-2"),
        read("file-with-junk-behind", one + b"\xc1", is_first_only=True, fault="ENC-2"),
        read("file-with-another-value-behind", one + raw({}), is_first_only=True, fault="BUN-1"),
        read(
            "file-with-a-bundle-after-a-fault",
            one + raw(0) + other,
            is_first_only=True,
            fault="BUN-1",
            why="What comes after a fault is not looked at.",
        ),
        read(
            "file-with-a-bundle-of-another-network",
            one + _bundle([], [], network="main"),
            is_first_only=True,
            fault="BUN-2",
        ),
        accepted(
            "file-with-a-damaged-record",
            rules=["REC-9"],
            file=(one + _bundle([], [bad])).hex(),
            bundles=2,
            operations=[ALICE.genesis.id.hex()],
            records=[first.id.hex()],
            damages=[["record", 2, "REC-9"]],
            fault="",
        ),
        refused("file-empty", "BUN-3", file=""),
        refused("file-cut-off-in-its-first-bundle", "ENC-2", file=one[:-1].hex()),
        refused("file-of-something-else", "BUN-1", file=(raw(0) + one).hex()),
    ]


def _gossip() -> list[Case]:
    first, second = sorted([note(ALICE, 0), note(ALICE, 1)], key=lambda item: item.id)
    away, by_bob = note(ALICE, 2, space="design.fr"), note(BOB)
    rewritten = note(ALICE, 0, rev=NOON_MS + 1)
    rivals = sorted([note(ALICE, 0), rewritten], key=lambda item: item.id)
    flipped = first.wire[:-1] + bytes([first.wire[-1] ^ 1])
    operations = [ALICE.genesis.wire]
    filler = note(ALICE, 3, body={"data": bytes(16_000)})
    fillers = [note(ALICE, slot, body={"data": bytes(16_000)}) for slot in range(3, 7)]

    def said(name: str, records: list[bytes], *, by: object = operations, why: str = "") -> Case:
        return accepted(name, why=why, gossip=_bundle(by, records).hex(), space="commons")

    def unsaid(name: str, rule: str, records: list[bytes], *, by: object = operations) -> Case:
        return refused(name, rule, gossip=_bundle(by, records).hex(), space="commons")

    return [
        said("gossip-of-two-records", [first.wire, second.wire]),
        said("gossip-without-operations", [first.wire], by=[]),
        said("gossip-of-a-large-record", [filler.wire]),
        unsaid(
            "gossip-over-48-kib",
            "ENC-1",
            [item.wire for item in sorted(fillers, key=lambda item: item.id)],
        ),
        unsaid("gossip-with-a-damaged-record", "GOS-1", [flipped]),
        unsaid("gossip-with-a-damaged-operation", "GOS-1", [first.wire], by=[BOB.genesis.wire[:-1] + b"\x00"]),
        unsaid("gossip-without-records", "GOS-2", []),
        unsaid("gossip-of-another-space", "GOS-2", [away.wire]),
        unsaid("gossip-of-two-authors", "GOS-2", sorted([first.wire, by_bob.wire]), by=[]),
        unsaid("gossip-out-of-order", "GOS-3", [second.wire, first.wire]),
        unsaid("gossip-record-twice", "GOS-3", [first.wire, first.wire]),
        unsaid("gossip-two-at-one-address", "GOS-3", [item.wire for item in rivals]),
        unsaid("gossip-operations-of-somebody-else", "GOS-4", [first.wire], by=[BOB.genesis.wire]),
        unsaid("gossip-operation-twice", "GOS-4", [first.wire], by=[*operations, *operations]),
    ]
