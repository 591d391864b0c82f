"""The worked examples of the pages: real bytes, taken apart line by line.

A page marks the place with `<!-- example: NAME -->` and `<!-- end of example -->`; what is between is generated.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgpack
from support.keys import NETWORK
from vectors import cases_reconcile
from vectors.bending import in_order
from vectors.bodies import FULL
from vectors.cases_agreement import TEAM, document, party, yes
from vectors.cases_documents import LEAST_TERMS, agreed_on
from vectors.craft import ALICE, BOB, NOON_MS, raw
from vectors.said import CALL, bid
from vectors.said_in_sync import FEW, PEER_SEED, side_of
from vectors.talks import Side, frames_in

from folkmoot.agreement import cosignature_value
from folkmoot.bundle import pack
from folkmoot.canonical import Value, encode
from folkmoot.ids import IdPrefix, id_to_text
from folkmoot.keys import digest, key_digest, preimage
from folkmoot.sealed import SALT_BYTES, commitment

Notes = Mapping[tuple[str | int, ...], str]

_WIDTH = 32
_MARKED = re.compile(r"(<!-- example: (?P<name>[a-z-]+) -->\n).*?(<!-- end of example -->)", re.DOTALL)
_POST = bid(BOB)
_PARTIES: Notes = {("parties", 0, "identity"): "Alice", ("parties", 1, "identity"): "Bob", ("drafter",): "Alice"}


def filled_pages(spec: Path) -> dict[Path, str]:
    """Return every page that has examples, with them in place."""
    pages: dict[Path, str] = {}
    for page in sorted(spec.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if "<!-- example:" in text:
            pages[page] = _MARKED.sub(lambda m: m[1] + "```text\n" + EXAMPLES[m["name"]]() + "\n```\n" + m[3], text)
    return pages


def dissected(data: bytes, notes: Notes | None = None) -> str:
    """Return canonical bytes with the meaning of each part beside it."""
    lines: list[str] = []
    value = msgpack.unpackb(data)
    assert raw(value) == data
    for depth, piece, meaning in _pieces(value, (), notes or {}):
        for at in range(0, len(piece), _WIDTH):
            shown = "  " * depth + piece[at : at + _WIDTH].hex()
            lines.append(f"{shown:<70}  {meaning}".rstrip() if at == 0 else shown)
    return "\n".join(lines)


def _pieces(value: object, path: tuple[str | int, ...], notes: Notes) -> Iterator[tuple[int, bytes, str]]:
    """Yield each header and each leaf with its depth."""
    note = f": {notes[path]}" if path in notes else ""
    depth = len(path)
    match value:
        case list():
            yield depth, _header(raw(value), [raw(item) for item in value]), f"array of {len(value)}{note}"
            for index, item in enumerate(value):
                yield from _pieces(item, (*path, index), notes)
        case dict():
            inner = [part for key, item in value.items() for part in (raw(key), raw(item))]
            yield depth, _header(raw(value), inner), f"map of {len(value)}{note}"
            for key, item in value.items():
                yield depth + 1, raw(key), f"key {key!r}".replace("'", '"')
                yield from _pieces(item, (*path, key), notes)
        case bytes():
            yield depth, raw(value), f"bytes, {len(value)}{note}"
        case str():
            yield depth, raw(value), f'text "{value}"{note}'
        case _:
            yield depth, raw(value), f"{str(value).lower()}{note}"


def _header(whole: bytes, parts: list[bytes]) -> bytes:
    return whole[: len(whole) - sum(len(part) for part in parts)]


def _carried(wire: bytes) -> bytes:
    carried = msgpack.unpackb(wire)[0]
    assert isinstance(carried, bytes)
    return carried


def _encoding() -> str:
    value: Value = {"seats": 2, "title": "Tower", "remote": False, "ids": [bytes(4), -1, 300]}
    return dissected(encode(value))


def _ids() -> str:
    lines = [f"32 bytes    {ALICE.id.hex()}"]
    lines += [f"as {prefix.value:<8} {id_to_text(prefix, ALICE.id)}" for prefix in IdPrefix]
    return "\n".join(lines)


def _keys() -> str:
    message = preimage(NETWORK, "record", b"abc")
    rows = {
        "seed": ALICE.key.seed,
        "public key": ALICE.key.public,
        "network": NETWORK.encode(),
        "purpose": b"record",
        "payload": b"abc",
        "preimage": message,
        "digest": digest(NETWORK, "record", b"abc"),
        "signature": ALICE.key.sign(message),
        "key digest": key_digest(NETWORK, ALICE.key.public),
    }
    return "\n".join(line for name, value in rows.items() for line in _row(name, value))


def _row(name: str, value: bytes) -> Iterator[str]:
    for at in range(0, len(value), _WIDTH):
        yield f"{name if at == 0 else '':<12}{value[at : at + _WIDTH].hex()}"


def _record() -> str:
    payload = _carried(_POST.wire)
    fields = ("version", "kind", "author", "device", "space", "slot", "rev", "expires", "refs", "body")
    notes: dict[tuple[str | int, ...], str] = {(index,): name for index, name in enumerate(fields)}
    return "\n".join(
        [
            "the record, as it travels",
            dissected(_POST.wire, {(0,): "the payload", (1,): "the signature"}),
            "",
            "the payload",
            dissected(payload, notes),
            "",
            *_row("id", _POST.id),
        ]
    )


def _operation() -> str:
    genesis = ALICE.genesis
    notes: Notes = {
        ("devices", 0, 0): "signing key",
        ("devices", 0, 1): "sealing key",
        ("devices", 0, 2): "scope",
        ("next",): "digest of the first rotation key",
        ("recovery", 0, 0): "rank",
        ("recovery", 0, 1): "threshold",
        ("recovery", 0, 2, 0): "digest of the paper key",
    }
    return "\n".join(
        [
            "the operation, as it travels",
            dissected(genesis.wire, {(0,): "the operation's bytes", (1, 0, 0): "key", (1, 0, 1): "signature"}),
            "",
            "the operation's bytes",
            dissected(_carried(genesis.wire), notes),
            "",
            *_row("identity", genesis.identity),
        ]
    )


def _document() -> str:
    return "\n".join([dissected(TEAM.data, _PARTIES), "", *_row("id", TEAM.id)])


def _cosignature() -> str:
    signed = yes(TEAM, 1, BOB)
    parts = [TEAM.id, 1, BOB.id, BOB.genesis.id, NOON_MS]
    said = ("document id", "index", "signer", "head", "at")
    carried = ("index", "head", "at", "device", "signature")
    return "\n".join(
        [
            "what is signed, behind the purpose cosign",
            dissected(raw(parts), {(index,): name for index, name in enumerate(said)}),
            "",
            "the co-signature, as a body carries it",
            dissected(encode(cosignature_value(signed)), {(index,): name for index, name in enumerate(carried)}),
        ]
    )


def _bundle() -> str:
    packed = pack([BOB.genesis], [_POST], network=NETWORK)
    notes: Notes = {(0,): "label", (1,): "network", (2,): "operations", (3,): "records"}
    return dissected(packed, notes)


def _slots() -> str:
    address = {"author": _POST.author.hex(), "space": _POST.space, "kind": _POST.kind, "slot": str(_POST.slot)}
    order = {"expires": str(_POST.expires), "rev": str(_POST.rev), "id": _POST.id.hex()}
    parts = (("its address", address), ("its order there", order))
    return "\n".join(
        line for title, rows in parts for line in (title, *(f"  {name:<9}{value}" for name, value in rows.items()))
    )


def _sync() -> str:
    asks = side_of(FEW[1:], opens=True)
    answers = side_of(FEW, opens=False, seed=PEER_SEED)
    asker, teller = Side(asks), Side(answers)
    hello, summary = frames_in(asker.start())
    teller.start()
    told = [frame for said in (hello, summary) for frame in frames_in(teller.hear(said))]
    asker.hear(hello)
    asked = frames_in(asker.hear(told[0]))[:2]
    return "\n\n".join(
        f"{who}\n{dissected(frame)}"
        for who, frame in (
            *(("from the asker", frame) for frame in (hello, summary)),
            ("from the teller, who has one item more", told[0]),
            *(("from the asker", frame) for frame in asked),
        )
    )


def _kind() -> str:
    return dissected(_carried(CALL.wire), {(9,): "the body"})


def _body(kind: str) -> Callable[[], str]:
    return lambda: dissected(raw(in_order(FULL[kind])))


def _engagement() -> str:
    parties = [party("client", ALICE.id), party("painter", BOB.id)]
    engaged = document(**agreed_on("engagement", LEAST_TERMS["engagement"], parties))
    return "\n".join([dissected(engaged.data, _PARTIES), "", *_row("id", engaged.id)])


def _commitment() -> str:
    terms: dict[str, Value] = {"opportunity": CALL.id, "plan": "P", "valid_until": NOON_MS}
    price: dict[str, Value] = {"amount_minor": 0, "currency": "EUR", "unit": "hour"}
    body: dict[str, Value] = {**terms, "price": price}
    salt = bytes(range(SALT_BYTES))
    promised = raw([ALICE.id, salt, in_order(body)])
    return "\n".join(
        [
            "what is promised, behind the purpose commit",
            dissected(promised, {(0,): "author", (1,): "salt", (2,): "the body, without what opens it"}),
            "",
            *_row("digest", commitment(body, author=ALICE.id, salt=salt, network=NETWORK)),
        ]
    )


EXAMPLES: Mapping[str, Callable[[], str]] = {
    **{kind: _body(kind) for kind in ("bid-list", "leave", "review-of-delivery", "dispute-step", "review")},
    "bundle": _bundle,
    "commitment": _commitment,
    "cosignature": _cosignature,
    "document": _document,
    "encoding": _encoding,
    "engagement": _engagement,
    "ids": _ids,
    "keys": _keys,
    "opportunity": _kind,
    "operation": _operation,
    "reconcile": cases_reconcile.example,
    "pattern-outcome": _body("pattern-outcome"),
    "record": _record,
    "slots": _slots,
    "sync": _sync,
}
