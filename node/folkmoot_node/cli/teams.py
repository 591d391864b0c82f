"""Commands about teams: `team offer`, `accept`, `decline`, `show` and `list`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.bids import DeclineReason
from folkmoot_node.cli.daemon import Answer, Daemon
from folkmoot_node.cli.dates import parse_deadline
from folkmoot_node.cli.forms import ME, check_seats, parse_credit, parse_filled, parse_seat, without_empty
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.opportunities import NoteOption
from folkmoot_node.cli.team_view import team_lines
from folkmoot_node.cli.terminal import heading, hint, indented, whole_id
from folkmoot_node.cli.texts import checked_id, plain, status_text, who

team = group("Offer seats in a team, sign, decline, apply or leave, and see who has signed.")

DocumentArgument = Annotated[str, typer.Argument(metavar="DOCUMENT", help="The id of the team offer, doc1….")]


@command(
    team,
    "offer",
    example="folkmoot team offer --name 'Seed site crew' --purpose 'Bid for the seed bank' \\\n"
    "  --seat lead=me:30% --seat backend=folk1…:40% --seat illustration=folk1…:30%",
)
def offer_team(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(metavar="TEXT", help="What the team is called.")],
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")],
    seat: Annotated[
        list[str],
        typer.Option(metavar="ROLE=WHO[:SHARE]", help="A seat: WHO is folk1…, me or open; SHARE is 40% or 4000."),
    ],
    lead: Annotated[
        int | None, typer.Option(metavar="SEAT", help="Who bids for the team: a seat's number from 0; else you.")
    ] = None,
    opportunity: Annotated[str | None, typer.Option(metavar="OPPORTUNITY", help="What it bids for, rec1….")] = None,
    accept_by: Annotated[str | None, typer.Option(metavar="WHEN", help="Last moment to sign; 7 days.")] = None,
    replaces: Annotated[
        str | None,
        typer.Option(metavar="DOCUMENT", help="An earlier offer doc1… of which this is the new wording."),
    ] = None,
    decide: Annotated[str | None, typer.Option(metavar="TEXT", help="How the team decides.")] = None,
    leave: Annotated[
        str | None, typer.Option("--exit", metavar="TEXT", help="What holds when somebody goes.")
    ] = None,
    replace: Annotated[str | None, typer.Option(metavar="TEXT", help="How a seat is filled anew.")] = None,
    scoping: Annotated[
        list[str] | None,
        typer.Option(metavar="SEAT=SHARE", help="Credit of a seat for having scoped the work, such as 0=5%."),
    ] = None,
    filled_by: Annotated[
        list[str] | None,
        typer.Option(metavar="SEAT=OPPORTUNITY", help="A seat that a member fills by a call of their own."),
    ] = None,
    pattern: Annotated[
        str | None, typer.Option(metavar="PATTERN", help="The way of working that you choose, rec1….")
    ] = None,
) -> None:
    """Offer seats in a team. Your own seats are signed in the same act.

    Everybody signs this exact document or none: any change is a new offer, with --replaces, and is signed anew.
    """
    here = session(ctx)
    now_ms = here.clock.now_ms()
    seats = [parse_seat(item) for item in seat]
    check_seats(seats)
    daemon = here.daemon()
    body: dict[str, Any] = {
        "name": name,
        "purpose": purpose,
        "seats": _with_own_id(seats, daemon),
        "opportunity": checked_id(opportunity, IdPrefix.RECORD) if opportunity else None,
        "accept_by": parse_deadline(accept_by, now_ms=now_ms, what="the last moment to sign")
        if accept_by
        else None,
        "replaces": checked_id(replaces, IdPrefix.DOCUMENT) if replaces else None,
        "decide": decide,
        "exit": leave,
        "replace": replace,
        "lead": lead,
        "scoping": [parse_credit(item) for item in scoping or []],
        "filled_by": [parse_filled(item) for item in filled_by or []],
        "pattern": checked_id(pattern, IdPrefix.RECORD) if pattern else None,
    }
    answer = daemon.post("/teams", without_empty(body))
    here.published(
        answer,
        "Team offered. It forms when all have signed: send them the document's id.",
        after="team show {document}",
    )


def _with_own_id(seats: list[dict[str, Any]], daemon: Daemon) -> list[dict[str, Any]]:
    if not any(seat["identity"] == ME for seat in seats):
        return seats
    own = daemon.get("/status")["identity"]
    return [{**seat, "identity": own} if seat["identity"] == ME else seat for seat in seats]


@command(team, "accept", example="folkmoot team accept doc1…")
def accept_team(
    ctx: typer.Context,
    document: DocumentArgument,
    seat: Annotated[int | None, typer.Option(metavar="SEAT", help="Only this seat's number, of several.")] = None,
) -> None:
    """Sign a team offer for your seat.

    You sign this document as it is, and no other wording of it.
    """
    here = session(ctx)
    wanted = checked_id(document, IdPrefix.DOCUMENT)
    answer = here.daemon().post(f"/teams/{wanted}/accept", {} if seat is None else {"seat": seat})
    here.published(answer, "Signed.", after=f"team show {wanted}")


@command(team, "decline", example="folkmoot team decline doc1… --reason capacity")
def decline_team(
    ctx: typer.Context,
    document: DocumentArgument,
    reason: Annotated[DeclineReason, typer.Option(metavar="REASON", help="Why.")],
    note: NoteOption = None,
) -> None:
    """Decline your seat in a team offer, and say why."""
    here = session(ctx)
    wanted = checked_id(document, IdPrefix.DOCUMENT)
    answer = here.daemon().post(f"/teams/{wanted}/decline", without_empty({"reason": str(reason), "note": note}))
    here.published(answer, "Declined.")


@command(team, "list", example="folkmoot team list --mine")
def list_teams(
    ctx: typer.Context,
    mine: Annotated[
        bool, typer.Option("--mine", help="Only those with a seat of yours, or offered by you.")
    ] = False,
) -> None:
    """List team offers and teams that this node holds."""
    here = session(ctx)
    answer = here.daemon().get("/teams", {"mine": str(mine).lower()})
    here.answer(answer, _list_lines(answer))


def _list_lines(answer: Answer) -> Iterable[RenderableType]:
    for item in answer["items"]:
        yield heading(plain(item["name"]), status_text(item["status"]))
        seats = item.get("seats", [])
        signed = sum(seat["status"] == "signed" for seat in seats)
        yield indented(Text.assemble("by ", who(item.get("drafter_name"), item["drafter"])))
        yield indented(f"{signed} of {len(seats)} seats signed", style="dim")
        if item.get("purpose"):
            yield indented(plain(item["purpose"]))
        yield whole_id(item["id"])
        yield ""
    if not answer["items"]:
        yield "No such teams here."
        yield hint("A team offer arrives with the next sync after it was made.")


@command(team, "show", example="folkmoot team show doc1…")
def show_team(ctx: typer.Context, document: DocumentArgument) -> None:
    """Show a team offer: its seats, who has signed or applies, and what became of it."""
    here = session(ctx)
    answer = here.daemon().get(f"/teams/{checked_id(document, IdPrefix.DOCUMENT)}")
    here.answer(answer, team_lines(answer, here.clock.now_ms()))
