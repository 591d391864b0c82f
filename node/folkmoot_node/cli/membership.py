"""Commands about coming into a team and out of it: `team apply`, `withdraw`, `leave` and `counter`."""

from typing import Annotated, Literal

import typer

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.bids import DeclineReason
from folkmoot_node.cli.forms import parse_share, without_empty
from folkmoot_node.cli.invocation import command, session
from folkmoot_node.cli.opportunities import NoteOption
from folkmoot_node.cli.teams import DocumentArgument, team
from folkmoot_node.cli.tenders import TextArgument
from folkmoot_node.cli.texts import checked_id

__all__ = ["team"]

LeaveReason = Literal["availability", "health", "other", "scope", "terms"]

ShareOption = Annotated[str | None, typer.Option(metavar="SHARE", help="The share you have in mind, such as 20%.")]


@command(team, "apply", example="folkmoot team apply doc1… 'I captioned two museum guides.' --seat 2 --share 20%")
def apply_for_seat(
    ctx: typer.Context,
    document: DocumentArgument,
    text: TextArgument,
    seat: Annotated[int, typer.Option(metavar="SEAT", help="The number of the open seat.", min=0)],
    share: ShareOption = None,
) -> None:
    """Apply for an open seat of a team offer.

    It binds nobody. If they want you, they offer the team again with your name in it, and you sign that.
    """
    here = session(ctx)
    wanted = checked_id(document, IdPrefix.DOCUMENT)
    body = {"seat": seat, "text": text, "share": parse_share(share) if share else None}
    answer = here.daemon().post(f"/teams/{wanted}/applications", without_empty(body))
    here.published(answer, "Applied.", after=f"team show {wanted}")


@command(team, "withdraw", example="folkmoot team withdraw doc1… --reason timing --note 'Ill until May.'")
def withdraw_seat(
    ctx: typer.Context,
    document: DocumentArgument,
    reason: Annotated[DeclineReason, typer.Option(metavar="REASON", help="Why.")],
    note: NoteOption = None,
) -> None:
    """Take back your yes to a team offer that not all have signed yet.

    No node completes the document then. A person who holds all signatures still could, and then it binds.
    """
    here = session(ctx)
    wanted = checked_id(document, IdPrefix.DOCUMENT)
    body = without_empty({"reason": str(reason), "note": note})
    here.published(here.daemon().post(f"/teams/{wanted}/withdraw", body), "Taken back.")


@command(team, "leave", example="folkmoot team leave doc1… --reason health --note 'A broken wrist.'")
def leave_team(
    ctx: typer.Context,
    document: DocumentArgument,
    reason: Annotated[LeaveReason, typer.Option(metavar="REASON", help="Why.")],
    note: NoteOption = None,
) -> None:
    """Leave a team that has formed.

    Nobody has to agree, nobody is to blame, and it is final. The others can then go on without you.
    """
    here = session(ctx)
    wanted = checked_id(document, IdPrefix.DOCUMENT)
    body = without_empty({"reason": str(reason), "note": note})
    here.published(here.daemon().post(f"/teams/{wanted}/leave", body), "Left.")


@command(team, "counter", example="folkmoot team counter doc1… 'I do half of the art.' --seat 2 --share 30%")
def counter_team(
    ctx: typer.Context,
    document: DocumentArgument,
    text: TextArgument,
    seat: Annotated[
        int | None, typer.Option(metavar="SEAT", help="The seat whose share it is about.", min=0)
    ] = None,
    share: ShareOption = None,
) -> None:
    """Say what you would rather have in a team offer, as one of its parties.

    It binds nobody. It takes effect in a new offer, made with --replaces.
    """
    here = session(ctx)
    wanted = checked_id(document, IdPrefix.DOCUMENT)
    body = {"text": text, "seat": seat, "share": parse_share(share) if share else None}
    here.published(here.daemon().post(f"/teams/{wanted}/counter", without_empty(body)), "Counter published.")
