"""Routes about the owner's identity: how it stands, its keys and devices, its guardians, a backup of it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from typing_extensions import TypedDict

from folkmoot.errors import DecodeError
from folkmoot.ids import IdPrefix, id_from_text
from folkmoot.limits import INTEGER_MAX
from folkmoot_node.acts import guardians, identity
from folkmoot_node.acts.changes import Changed
from folkmoot_node.acts.safekeeping import back_up
from folkmoot_node.api.parts import IdText, Parts
from folkmoot_node.errors import ConfigError
from folkmoot_node.slips import (
    SLIP_BYTES_MAX,
    offer_text,
    promise_text,
    read_recovery,
    read_request,
    recovery_text,
)
from folkmoot_node.views import identity as identity_view
from folkmoot_node.views.losses import LossesShape, losses_json
from folkmoot_node.views.naming import identity_id, operation_text

BACKUP_TYPE = "application/octet-stream"

Id = Annotated[str, Field(min_length=1, max_length=100)]
Paper = Annotated[str, Field(min_length=1, max_length=200, description="The paper key, paper1….")]
File = Annotated[str, Field(min_length=2, max_length=SLIP_BYTES_MAX, description="What a file holds.")]

router = APIRouter(tags=["identity"])


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Rotation(_Request):
    """How to rotate."""

    despite_offer: bool = Field(False, description="Although a machine can still join.")


class PlaceRequest(_Request):
    """A machine that asks for a place, and what it is to sign."""

    request: File
    scope: str = Field(description="all, daily or read.")


class Revocation(_Request):
    """Which device to revoke, and what of its word is to stand."""

    device: str = Field(min_length=1, max_length=64, description="Its key in hex, or the beginning of it.")
    is_stolen: bool
    keeps: bool = Field(False, description="Keep what is believed to be the owner's word.")
    since_ms: Annotated[int, Field(ge=0, le=INTEGER_MAX)] | None = None
    without: list[Id] = Field([], max_length=1000, description="Ids of what is not the owner's word.")
    despite_offer: bool = False
    dry_run: bool = Field(False, description="Only list what would be kept and lost.")


class GuardianNames(_Request):
    """Who can recover together."""

    threshold: int = Field(ge=1, le=9)
    digests: list[str] = Field(min_length=1, max_length=9, description="In hex.")
    paper_key: Paper


class Closing(_Request):
    """What it takes to close an identity."""

    paper_key: Paper


class Guarding(_Request):
    """Whom to guard."""

    identity: Id


class RecoveryToSign(_Request):
    """A recovery for a guardian to sign."""

    request: File


class BackupRequest(_Request):
    """What seals a backup."""

    passphrase: str = Field(min_length=1, max_length=1000)


class ChangedShape(TypedDict):
    """An operation that was published."""

    operation: str
    rank: int
    notes: list[str]


class GuardedShape(ChangedShape):
    """Guardians that were named, and the paper key in place of the one that was used."""

    paper_key: str


class RevokedShape(LossesShape):
    """What came, or would come, of a revocation; no operation after a dry run."""

    operation: str | None
    notes: list[str]


class FileShape(TypedDict):
    """What to put into a file for another machine."""

    file: str


class PromiseShape(FileShape):
    """A guardian's key by its digest, and the file that holds the same."""

    digest: str


@router.get("/identities/{who}")
async def show_identity(parts: Parts, who: IdText) -> identity_view.IdentityShape:
    """Tell what the operations of an identity say; `me` is the owner."""
    return await identity_view.identity(parts.view, parts.author.identity if who == "me" else identity_id(who))


@router.post("/identity/rotations")
async def rotate(parts: Parts, fields: Rotation) -> ChangedShape:
    """Use the rotation key and promise the next."""
    return await _spread(parts, await identity.rotate(parts.author, despite_offer=fields.despite_offer))


@router.post("/identity/devices")
async def offer_place(parts: Parts, fields: PlaceRequest) -> FileShape:
    """Offer a machine a place as a device."""
    begun = await identity.offer_place(parts.author, read_request(fields.request), fields.scope)
    return {"file": offer_text(begun)}


@router.post("/identity/revocations")
async def revoke(parts: Parts, fields: Revocation) -> RevokedShape:
    """Revoke a device, or list what that would lose."""
    wish = identity.Wish(
        device=fields.device,
        is_stolen=fields.is_stolen,
        keeps=fields.keeps,
        since_ms=fields.since_ms,
        without={_any_id(text) for text in fields.without},
        despite_offer=fields.despite_offer,
    )
    if fields.dry_run:
        revoked = await identity.look_at_revocation(parts.author, wish)
    else:
        revoked = await identity.revoke_device(parts.author, wish)
        await parts.surroundings.sync()
    changed = revoked.changed
    return {
        "operation": operation_text(changed.operation.id) if changed else None,
        **losses_json(revoked.losses),
        "notes": list(changed.notes) if changed else [],
    }


@router.post("/identity/guardians")
async def name_guardians(parts: Parts, fields: GuardianNames) -> GuardedShape:
    """Name those who can take the identity back together."""
    digests = [_digest(text) for text in fields.digests]
    guarded = await guardians.name_guardians(parts.author, fields.paper_key, fields.threshold, digests)
    return {**await _spread(parts, guarded.changed), "paper_key": guarded.paper_key}


@router.post("/identity/closing")
async def close(parts: Parts, fields: Closing) -> ChangedShape:
    """End the identity."""
    return await _spread(parts, await guardians.close_identity(parts.author, fields.paper_key))


@router.post("/guardian-keys")
async def guard(parts: Parts, fields: Guarding) -> PromiseShape:
    """Make the key with which the owner can help somebody to recover."""
    promise = await guardians.promise_to_guard(parts.author, identity_id(fields.identity))
    return {"digest": promise.digest.hex(), "file": promise_text(promise)}


@router.post("/guardian-signatures/import")
async def sign_as_guardian(parts: Parts, fields: RecoveryToSign) -> FileShape:
    """Sign somebody's recovery as one of their guardians."""
    signed = await guardians.sign_as_guardian(parts.author, read_recovery(fields.request))
    return {"file": recovery_text(signed)}


@router.post("/backups", response_class=Response)
async def make_backup(parts: Parts, fields: BackupRequest) -> Response:
    """Return everything that is the owner's own, encrypted."""
    return Response(await back_up(parts.author, parts.view, fields.passphrase), media_type=BACKUP_TYPE)


async def _spread(parts: Parts, changed: Changed) -> ChangedShape:
    """Let peers have an operation at once, and tell of it."""
    await parts.surroundings.sync()
    made = changed.operation
    return {"operation": operation_text(made.id), "rank": made.rank, "notes": list(changed.notes)}


def _any_id(text: str) -> bytes:
    try:
        return id_from_text(text, IdPrefix.RECORD, IdPrefix.DOCUMENT)
    except DecodeError as error:
        raise ConfigError(error.why, advice="Give the ids of records or documents.", rule=error.rule) from error


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:  # noqa: PLR2004 - SHA-256
        raise ConfigError(f"{text[:80]} is no digest of a guardian's key", advice="Give the guardian's file.")
    return digest
