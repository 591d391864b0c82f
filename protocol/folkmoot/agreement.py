"""The one way to say yes together: a document, and co-signatures that bind its exact bytes.

A document travels as bytes inside records. Each party signs the document's id, its own place among the parties, and
its latest operation, so that a signature serves for nothing else; a changed term is another document.

Spec: agreement.md
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from folkmoot.canonical import Value, decode, encode, is_integer, is_name
from folkmoot.chain import Chain
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.identity import Scope
from folkmoot.ids import ID_BYTES, DocumentId, IdentityId, OperationId
from folkmoot.keys import KEY_BYTES, SIGNATURE_BYTES, SecretKey, digest, is_acceptable_key, preimage, verify
from folkmoot.limits import ACCEPT_WINDOW_DAYS_MAX, DAY_MS, DOCUMENT_BYTES_MAX, INTEGER_MAX, PARTIES_MAX

NONCE_BYTES = 16
CAPACITY_LENGTH_MAX = 80
COSIGNING_SCOPES = frozenset({Scope.ALL})
_CHECKS_REMEMBERED_MAX = 16_384
_DOCUMENTS_REMEMBERED_MAX = 256

_REQUIRED = frozenset({"accept_by", "drafted", "drafter", "network", "nonce", "parties", "rule", "terms", "type"})
_OPTIONAL = frozenset({"prev"})


class Party(NamedTuple):
    """One place in a document: a capacity, and who holds it; nobody yet when it is open."""

    capacity: str
    identity: IdentityId | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document whose form was verified; `open_document` makes one, for drafters and readers alike.

    Attributes:
        data: The bytes that are carried and whose digest is the id.
        drafted: When it was made, in ms, as its drafter claims.
        accept_by: The last ms at which a co-signature counts.
        prev: The document that this one is to replace.
        unknown: Top-level keys that this version does not know; whoever sees any does not co-sign.
    """

    data: bytes
    id: DocumentId
    type: str
    drafter: IdentityId
    drafted: int
    accept_by: int
    parties: tuple[Party, ...]
    prev: DocumentId | None
    terms: Mapping[str, Value]
    unknown: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether a place is still to be filled, so that nothing can be complete."""
        return any(party.identity is None for party in self.parties)

    def indices_of(self, identity: IdentityId) -> tuple[int, ...]:
        """Return the places that an identity holds."""
        return tuple(index for index, party in enumerate(self.parties) if party.identity == identity)

    def __hash__(self) -> int:
        return hash(self.id)


class Cosignature(NamedTuple):
    """One party's yes to one document."""

    party: int
    head: OperationId
    at: int
    device: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a drafter wants agreed; see `Document` for the meaning of each."""

    type: str
    drafter: IdentityId
    drafted: int
    accept_by: int
    parties: tuple[Party, ...]
    terms: Mapping[str, Value]
    prev: DocumentId | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """Who has said yes to a document, as far as the signatures at hand show.

    Attributes:
        signed: Indices of parties with a co-signature that counts.
        missing: Indices of parties without.
        refused: What does not count, with the rule that says so.
        repudiated: Signed indices whose device was later revoked without keeping the document: the signer is
            free and it is shown, but nothing is un-formed for the others.
    """

    signed: frozenset[int]
    missing: frozenset[int]
    refused: tuple[tuple[Cosignature, str], ...]
    repudiated: frozenset[int]

    @property
    def is_complete(self) -> bool:
        """Whether every party has signed."""
        return not self.missing


def draft(proposal: Proposal, *, network: str, nonce: bytes) -> Document:
    """Make a document.

    Spec: agreement.md#document

    Args:
        proposal: What is to be agreed.
        network: Name of the network.
        nonce: Sixteen random bytes, so that the same terms next month are another document.

    Raises:
        MisuseError: Readers would refuse it.
    """
    fields: dict[str, Value] = {
        "type": proposal.type,
        "network": network,
        "drafter": proposal.drafter,
        "nonce": nonce,
        "drafted": proposal.drafted,
        "accept_by": proposal.accept_by,
        "parties": [_party_fields(party) for party in proposal.parties],
        "rule": "all",
        "terms": dict(proposal.terms),
    }
    if proposal.prev is not None:
        fields["prev"] = proposal.prev
    try:
        return open_document(encode(fields), network=network)
    except DecodeError as error:
        raise MisuseError(f"this document would be refused: {error}") from error


@lru_cache(_DOCUMENTS_REMEMBERED_MAX)
def open_document(data: bytes, *, network: str) -> Document:
    """Read a document that somebody drafted.

    Spec: agreement.md#document-rules

    Raises:
        DecodeError: The first rule of ENC-1 to ENC-7 and DOC-1 to DOC-6 that the bytes break.
    """
    fields = decode(data, bytes_max=DOCUMENT_BYTES_MAX)
    # DOC-1: A document is a map that has all required fields.
    if not isinstance(fields, dict) or not fields.keys() >= _REQUIRED:
        raise DecodeError("DOC-1", "not a map with every required field")
    # DOC-2: It names this network, and its type is a name.
    kind, nonce, drafter = fields["type"], fields["nonce"], fields["drafter"]
    if fields["network"] != network or not isinstance(kind, str) or not is_name(kind):
        raise DecodeError("DOC-2", "it is for another network, or its type is not a name")
    # DOC-3: The drafter and `prev` are ids and the nonce is 16 bytes.
    prev = fields.get("prev")
    if not (_is_bytes(drafter, ID_BYTES) and _is_bytes(nonce, NONCE_BYTES)):
        raise DecodeError("DOC-3", "the drafter is not an id, or the nonce is not 16 bytes")
    if prev is not None and not _is_bytes(prev, ID_BYTES):
        raise DecodeError("DOC-3", "`prev` is not an id")
    parties = _read_parties(fields["parties"])
    # DOC-5: It can be accepted from when it was made, for at most 30 days.
    drafted, accept_by = fields["drafted"], fields["accept_by"]
    if not (is_integer(drafted, 0, INTEGER_MAX) and is_integer(accept_by, 0, INTEGER_MAX)):
        raise DecodeError("DOC-5", "`drafted` and `accept_by` are not both times")
    if not drafted < accept_by <= drafted + ACCEPT_WINDOW_DAYS_MAX * DAY_MS:
        raise DecodeError("DOC-5", f"it is not open for up to {ACCEPT_WINDOW_DAYS_MAX} days")
    # DOC-6: The rule is `all` in this version, and the terms are a map.
    terms = fields["terms"]
    if fields["rule"] != "all" or not isinstance(terms, dict):
        raise DecodeError("DOC-6", "the rule is not `all`, or the terms are not a map")
    assert isinstance(drafter, bytes)
    return Document(
        data=data,
        id=DocumentId(digest(network, "document", data)),
        type=kind,
        drafter=IdentityId(drafter),
        drafted=drafted,
        accept_by=accept_by,
        parties=parties,
        prev=DocumentId(prev) if isinstance(prev, bytes) else None,
        terms=terms,
        unknown=frozenset(fields.keys() - _REQUIRED - _OPTIONAL),
    )


def cosign(
    document: Document, index: int, *, head: OperationId, at: int, key: SecretKey, network: str
) -> Cosignature:
    """Say yes, for one place, to exactly this document.

    Spec: agreement.md#co-signature

    Args:
        document: What is agreed to.
        index: The signer's place among the parties.
        head: The signer's latest operation.
        at: The time in ms, at most `accept_by`.
        key: A device key of the signer with scope `all`.
        network: Name of the network.

    Raises:
        MisuseError: The document has fields that this version does not know, or nobody is named for the place.
    """
    signer = document.parties[index].identity if 0 <= index < len(document.parties) else None
    if document.unknown or signer is None:
        raise MisuseError("only a known document with a named party can be co-signed")
    signature = key.sign(_cosign_preimage(document, index, signer, head, at, network))
    return Cosignature(index, head, at, key.public, signature)


def cosignature_value(cosignature: Cosignature) -> Value:
    """Return the form in which a co-signature is carried in a body."""
    return [*cosignature]


def read_cosignature(loose: Value) -> Cosignature:
    """Read a co-signature's form; what it is worth is decided by `completion`.

    Spec: agreement.md#co-signature

    Raises:
        DecodeError: COS-1 its form.
    """
    # COS-1: A co-signature is an index below 64, a head of 32 bytes, a time, an acceptable key and 64 bytes.
    match loose:
        case [index, bytes() as head, at, bytes() as device, bytes() as signature] if (
            is_integer(index, 0, PARTIES_MAX - 1)
            and len(head) == ID_BYTES
            and is_integer(at, 0, INTEGER_MAX)
            and len(device) == KEY_BYTES
            and is_acceptable_key(device)
            and len(signature) == SIGNATURE_BYTES
        ):
            return Cosignature(index, OperationId(head), at, device, signature)
        case _:
            raise DecodeError("COS-1", "not an index, a head, a time, a key and a signature")


def completion(
    document: Document, cosignatures: Iterable[Cosignature], chains: Mapping[IdentityId, Chain], *, network: str
) -> Completion:
    """Say who has agreed to a document. More signatures never make it less complete.

    Spec: agreement.md#completion
    """
    signed: set[int] = set()
    repudiated: set[int] = set()
    sound: set[int] = set()
    refused: list[tuple[Cosignature, str]] = []
    for item in sorted(set(cosignatures)):
        rule = _refusal(document, item, chains, network)
        if rule is not None:
            refused.append((item, rule))
            continue
        signed.add(item.party)
        (repudiated if _is_repudiated(document, item, chains) else sound).add(item.party)
    return Completion(
        signed=frozenset(signed),
        missing=frozenset(range(len(document.parties))) - signed,
        refused=tuple(refused),
        repudiated=frozenset(repudiated - sound),
    )


def _refusal(document: Document, item: Cosignature, chains: Mapping[IdentityId, Chain], network: str) -> str | None:
    """Return the first rule by which a co-signature does not count, or `None`."""
    # COS-2: The place exists and is held by a named identity.
    if item.party >= len(document.parties):
        return "COS-2"
    signer = document.parties[item.party].identity
    if signer is None:
        return "COS-2"
    # COS-3: It was made at or before `accept_by`, as the signer claims.
    if item.at > document.accept_by:
        return "COS-3"
    # COS-4: The signer's operations up to `head` are held, certify the device with scope `all`, and revoke nothing
    # that it signs here.
    chain = chains.get(signer)
    if chain is None or not chain.certified_at(item.head, item.device, scopes=COSIGNING_SCOPES):
        return "COS-4"
    if chain.revoked_at(item.head, item.device, rev=item.at, item_id=document.id):
        return "COS-4"
    # COS-5: The signature is the device's over document, place, signer, head and time.
    message = _cosign_preimage(document, item.party, signer, item.head, item.at, network)
    if not _is_signed(item.device, item.signature, message):
        return "COS-5"
    return None


def _is_repudiated(document: Document, item: Cosignature, chains: Mapping[IdentityId, Chain]) -> bool:
    signer = document.parties[item.party].identity
    assert signer is not None, "an open place was refused before"
    return chains[signer].is_revoked(item.device, rev=item.at, item_id=document.id)


@lru_cache(maxsize=_CHECKS_REMEMBERED_MAX)
def _is_signed(device: bytes, signature: bytes, message: bytes) -> bool:
    """Verify a co-signature once: every fold that looks at a document asks about the same ones again."""
    return verify(device, signature, message)


def _cosign_preimage(
    document: Document, index: int, signer: IdentityId, head: OperationId, at: int, network: str
) -> bytes:
    return preimage(network, "cosign", encode([document.id, index, signer, head, at]))


def _party_fields(party: Party) -> dict[str, Value]:
    fields: dict[str, Value] = {"capacity": party.capacity}
    if party.identity is not None:
        fields["identity"] = party.identity
    return fields


def _read_parties(loose: Value) -> tuple[Party, ...]:
    # DOC-4: The parties are 1 to 64 maps of a capacity and, unless the place is open, an identity.
    if not isinstance(loose, list) or not 1 <= len(loose) <= PARTIES_MAX:
        raise DecodeError("DOC-4", f"not 1 to {PARTIES_MAX} parties")
    parties: list[Party] = []
    for item in loose:
        match item:
            case {"capacity": str() as capacity, "identity": bytes() as identity, **rest} if (
                0 < len(capacity) <= CAPACITY_LENGTH_MAX and len(identity) == ID_BYTES and not rest
            ):
                parties.append(Party(capacity, IdentityId(identity)))
            case {"capacity": str() as capacity, **rest} if 0 < len(capacity) <= CAPACITY_LENGTH_MAX and not rest:
                parties.append(Party(capacity, None))
            case _:
                raise DecodeError("DOC-4", "a party is not a capacity and perhaps an identity")
    return tuple(parties)


def _is_bytes(value: Value, length: int) -> bool:
    return isinstance(value, bytes) and len(value) == length
