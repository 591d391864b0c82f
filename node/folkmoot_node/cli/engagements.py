"""Commands about what is agreed on: `engagement draft`, `change`, `sign`, `show`, `lint`, `close` and the like."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.bids import DeclineReason
from folkmoot_node.cli.daemon import Answer, Daemon
from folkmoot_node.cli.dates import parse_deadline
from folkmoot_node.cli.engagement_terms import Plan, parse_milestones, read_plan, readable, shares_of
from folkmoot_node.cli.engagement_view import (
    agreement_lines,
    document_lines,
    engagement_lines,
    remark_lines,
    summary_lines,
)
from folkmoot_node.cli.forms import ME, parse_seat, parse_share, without_empty
from folkmoot_node.cli.invocation import Session, command, group, session
from folkmoot_node.cli.opportunities import NoteOption
from folkmoot_node.cli.terminal import hint
from folkmoot_node.cli.texts import checked_id, plain
from folkmoot_node.errors import ConfigError

engagement = group("Agree on work, deliver it, have it accepted and paid, and close it.")

OnSilence = Literal["accept", "nothing", "reject"]
EndingWay = Literal["cause", "completed", "convenience", "lapsed", "mutual"]

EngagementArgument = Annotated[str, typer.Argument(metavar="ENGAGEMENT", help="Its id, doc1….")]
DocumentArgument = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="An engagement, change order, closing or settlement, doc1….")
]
TermsOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Parties and terms as JSON, in place of those suggested; - for standard input."
    ),
]
PrintOption = Annotated[
    bool, typer.Option("--print", help="Print parties and terms as JSON, to change and give to --terms, and stop.")
]
MilestonesOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME:MONEY:DAY:CRITERIA",
        help="A part with its own acceptance and payment, such as 'Half:2400EUR:+14d:It runs.;It is tested.'",
    ),
]
DeliverablesOption = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="Something to be delivered.")]
PayDaysOption = Annotated[
    int | None, typer.Option(metavar="DAYS", help="Days from acceptance to payment.", min=0, max=365)
]
AcceptDaysOption = Annotated[
    int | None, typer.Option(metavar="DAYS", help="Days that the client has to answer a delivery.", min=1, max=90)
]
OnSilenceOption = Annotated[
    OnSilence | None, typer.Option(metavar="WORD", help="What it means when these days pass without an answer.")
]
WitnessesOption = Annotated[
    list[str] | None, typer.Option(metavar="PERSON", help="Whose receipt shows when something was seen, folk1….")
]
AcceptByOption = Annotated[str | None, typer.Option(metavar="WHEN", help="Last moment to sign; 7 days.")]


@command(
    engagement,
    "draft",
    example="folkmoot engagement draft --from-award rec1… --witness folk1… --resolver folk1… \\\n"
    "  --milestone 'First half:2400EUR:+14d:It runs.;It is tested.' --kill-fee 20%",
)
def draft_engagement(
    ctx: typer.Context,
    from_award: Annotated[str | None, typer.Option(metavar="BID", help="Begin with an awarded bid, rec1….")] = None,
    party: Annotated[
        list[str] | None,
        typer.Option(metavar="CAPACITY=WHO[:SHARE]", help="A party: WHO is folk1… or me; one is the 'client'."),
    ] = None,
    terms: TermsOption = None,
    print_: PrintOption = False,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="The work in one line.")] = None,
    deliverable: DeliverablesOption = None,
    out_of_scope: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Something that is not to be delivered.")
    ] = None,
    milestone: MilestonesOption = None,
    accept_days: AcceptDaysOption = None,
    on_silence: OnSilenceOption = None,
    pay_days: PayDaysOption = None,
    witness: WitnessesOption = None,
    resolver: Annotated[
        str | None, typer.Option(metavar="PERSON", help="Who decides when the parties cannot, folk1….")
    ] = None,
    dispute_path: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="What the parties try first, in order.")
    ] = None,
    kill_fee: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Of what is open, when the client stops half-way: 20%.")
    ] = None,
    late_fee: Annotated[str | None, typer.Option(metavar="SHARE", help="On top, when payment is late: 5%.")] = None,
    expenses: Annotated[str | None, typer.Option(metavar="TEXT", help="Who pays expenses.")] = None,
    change: Annotated[str | None, typer.Option(metavar="TEXT", help="How the terms are changed.")] = None,
    rights: Annotated[str | None, typer.Option(metavar="TEXT", help="Who owns the work, and from when.")] = None,
    confidentiality: Annotated[str | None, typer.Option(metavar="TEXT", help="What is confidential.")] = None,
    notice_days: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Days of notice that end it.", min=0, max=365)
    ] = None,
    review_days: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Days after the end for blind reviews.", min=1, max=60)
    ] = None,
    pattern: Annotated[str | None, typer.Option(metavar="PATTERN", help="The way of working, rec1….")] = None,
    accept_by: AcceptByOption = None,
) -> None:
    """Draft an engagement for every party to sign. Your own place is signed in the same act.

    With --from-award, who works for whom and for how much comes from the bid; every option goes before that. What
    the draft leaves open is said at once.
    """
    here = session(ctx)
    now_ms = here.clock.now_ms()
    daemon = here.daemon()
    award = checked_id(from_award, IdPrefix.RECORD) if from_award else None
    begun = daemon.get("/engagements/suggested", {"award": award}) if award else _nothing()
    options = {
        "title": title,
        "deliverables": deliverable,
        "out_of_scope": out_of_scope,
        **parse_milestones(milestone or [], now_ms=now_ms),
        "pay_days": pay_days,
        "witnesses": [checked_id(item, IdPrefix.IDENTITY) for item in witness or []],
        "resolver": checked_id(resolver, IdPrefix.IDENTITY) if resolver else None,
        "dispute_path": dispute_path,
        "kill_fee": parse_share(kill_fee) if kill_fee else None,
        "late_fee": parse_share(late_fee) if late_fee else None,
        "expenses": expenses,
        "change": change,
        "rights": rights,
        "confidentiality": confidentiality,
        "notice_days": notice_days,
        "review_days": review_days,
        "pattern": checked_id(pattern, IdPrefix.RECORD) if pattern else None,
    }
    typed = _parties(party or [], daemon)
    typed.terms.update(without_empty(options))
    plan = _plan(begun, terms, typed, now_ms)
    _answer_words(plan, accept_days, on_silence)
    if print_:
        _print(here, plan)
        return
    if not plan.parties:
        raise ConfigError("nobody says who is engaged", advice="Give --from-award BID, or a --party for everybody.")
    sentence = "Engagement drafted. It is in force when all have signed: send them the document's id."
    _offer(here, daemon, {"award": award, **plan.request(begun)}, accept_by, sentence)


@command(
    engagement,
    "change",
    example="folkmoot engagement change doc1… --milestone 'All of it:5600EUR:+30d:It runs.;It speaks French.'",
)
def change_engagement(
    ctx: typer.Context,
    engagement_id: EngagementArgument,
    terms: TermsOption = None,
    print_: PrintOption = False,
    deliverable: DeliverablesOption = None,
    milestone: MilestonesOption = None,
    accept_days: AcceptDaysOption = None,
    on_silence: OnSilenceOption = None,
    pay_days: PayDaysOption = None,
    witness: WitnessesOption = None,
    accept_by: AcceptByOption = None,
) -> None:
    """Draft a change order: the engagement anew, with other terms. It counts only once all have signed it.

    All milestones are given anew, done ones too; what was delivered goes on counting for one of the same name. For
    what has no option here, change what --print writes and give it to --terms.
    """
    here = session(ctx)
    now_ms = here.clock.now_ms()
    wanted = checked_id(engagement_id, IdPrefix.DOCUMENT)
    daemon = here.daemon()
    begun = daemon.get("/engagements/suggested", {"changes": wanted})
    options = {
        "deliverables": deliverable,
        **parse_milestones(milestone or [], now_ms=now_ms),
        "pay_days": pay_days,
        "witnesses": [checked_id(item, IdPrefix.IDENTITY) for item in witness or []],
    }
    plan = _plan(begun, terms, Plan([], without_empty(options)), now_ms)
    _answer_words(plan, accept_days, on_silence)
    if print_:
        _print(here, plan)
        return
    if plan == Plan(begun["parties"], begun["terms"]):
        raise ConfigError(
            "nothing would change", advice="Give an option, or --terms with what --print wrote, changed."
        )
    sentence = "Change order drafted. The terms change when all have signed it, and not before."
    _offer(here, daemon, {"changes": wanted, **plan.request(begun)}, accept_by, sentence)


def _nothing() -> dict[str, Any]:
    return {"parties": [], "terms": {}}


def _plan(begun: Mapping[str, Any], file: str | None, typed: Plan, now_ms: int) -> Plan:
    """Lay options over what a file says, which stands in place of what is suggested."""
    plan = Plan(list(begun["parties"]), dict(begun["terms"]))
    if file is not None:
        said = read_plan(Path(file), now_ms=now_ms)
        plan = Plan(said.parties or plan.parties, said.terms)
    plan.take(typed)
    return plan


def _parties(given: list[str], daemon: Daemon) -> Plan:
    seats = [{"capacity": seat.pop("role"), **seat} for seat in map(parse_seat, given)]
    if any(seat["identity"] is None for seat in seats):
        raise ConfigError(
            "every party is somebody", advice="Write a party like 'client=me' or 'maker=folk1…:100%'."
        )
    own = daemon.get("/status")["identity"] if any(seat["identity"] == ME for seat in seats) else ""
    for seat in seats:
        seat["identity"] = own if seat["identity"] == ME else seat["identity"]
    return Plan([{name: seat[name] for name in ("capacity", "identity")} for seat in seats], shares_of(seats))


def _answer_words(plan: Plan, accept_days: int | None, on_silence: str | None) -> None:
    """Change for every milestone how long the client may think, and what silence means."""
    words = without_empty({"accept_days": accept_days, "on_silence": on_silence})
    if words and "milestones" in plan.terms:
        plan.terms["milestones"] = [{**item, **words} for item in plan.terms["milestones"]]


def _print(here: Session, plan: Plan) -> None:
    value = readable(plan)
    text = plain(json.dumps(value, indent=2, ensure_ascii=False), keep_lines=True)
    here.answer(value, [Text(text, no_wrap=True)])


def _offer(here: Session, daemon: Daemon, body: dict[str, Any], accept_by: str | None, sentence: str) -> None:
    moment = (
        parse_deadline(accept_by, now_ms=here.clock.now_ms(), what="the last moment to sign") if accept_by else None
    )
    answer = daemon.post("/engagements", without_empty({**body, "accept_by": moment}))
    here.published(answer, sentence, after="engagement show {document}")


@command(engagement, "sign", example="folkmoot engagement sign doc1…")
def sign_document(
    ctx: typer.Context,
    document: DocumentArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Sign an engagement, a change order, a closing or a settlement, in every place that is yours.

    You see it first, with what it leaves open, and are asked. You sign it as it is, and no other wording of it.
    """
    from folkmoot_node.cli.asking import confirm  # noqa: PLC0415 - help does without

    here = session(ctx)
    wanted = checked_id(document, IdPrefix.DOCUMENT)
    daemon = here.daemon()
    offered = daemon.get(f"/documents/{wanted}")
    is_engagement = offered["type"] == "engagement"
    shown = daemon.get(f"/engagements/{wanted}") if is_engagement else offered
    lines = agreement_lines if is_engagement else document_lines
    if not here.terminal.as_json:
        here.terminal.answer(shown, lines(shown, here.clock.now_ms()))
    confirm("Do you sign this?", here.terminal, yes=yes)
    answer = daemon.post(f"/documents/{wanted}/sign")
    here.published(answer, "Signed.", after=f"engagement show {wanted}" if is_engagement else "")


@command(
    engagement, "decline", example="folkmoot engagement decline doc1… --reason terms --note 'Forty days is long.'"
)
def decline_document(
    ctx: typer.Context,
    document: DocumentArgument,
    reason: Annotated[DeclineReason, typer.Option(metavar="REASON", help="Why.")],
    note: NoteOption = None,
) -> None:
    """Decline to sign, and say why; or take your signature back while not everybody has signed."""
    here = session(ctx)
    wanted = checked_id(document, IdPrefix.DOCUMENT)
    body = without_empty({"reason": str(reason), "note": note})
    here.published(here.daemon().post(f"/documents/{wanted}/decline", body), "Declined.")


@command(engagement, "show", example="folkmoot engagement show doc1…")
def show_engagement(ctx: typer.Context, engagement_id: EngagementArgument) -> None:
    """Show an engagement: who has signed, what was delivered, accepted and paid, and how it ended."""
    here = session(ctx)
    answer = here.daemon().get(f"/engagements/{checked_id(engagement_id, IdPrefix.DOCUMENT)}")
    here.answer(answer, engagement_lines(answer, here.clock.now_ms()))


@command(engagement, "list", example="folkmoot engagement list --mine")
def list_engagements(
    ctx: typer.Context,
    mine: Annotated[bool, typer.Option("--mine", help="Only those with a place of yours.")] = False,
) -> None:
    """List engagements that this node holds, newest first."""
    here = session(ctx)
    answer = here.daemon().get("/engagements", {"mine": str(mine).lower()})
    here.answer(answer, _list_lines(answer))


def _list_lines(answer: Answer) -> Iterable[RenderableType]:
    for item in answer["items"]:
        yield from summary_lines(item)
        yield ""
    if not answer["items"]:
        yield "No such engagements here."
        yield hint("One arrives with the next sync after it was drafted.")


@command(engagement, "lint", example="folkmoot engagement lint doc1…")
def lint_engagement(ctx: typer.Context, engagement_id: EngagementArgument) -> None:
    """Tell what an engagement leaves open that law and standard contracts ask for."""
    here = session(ctx)
    answer = here.daemon().get(f"/engagements/{checked_id(engagement_id, IdPrefix.DOCUMENT)}")
    here.answer({"id": answer["id"], "remarks": answer["remarks"]}, remark_lines(answer))


@command(engagement, "close", example="folkmoot engagement close doc1… --way completed")
def close_engagement(
    ctx: typer.Context,
    engagement_id: EngagementArgument,
    way: Annotated[EndingWay, typer.Option(metavar="WAY", help="How it ends.")],
    alone: Annotated[
        bool, typer.Option("--alone", help="Say that it is completed without asking the others to sign.")
    ] = False,
    note: NoteOption = None,
) -> None:
    """Close an engagement: completed or mutual for all to sign, any other way on your word alone.

    What one side says alone is shown as such.
    """
    here = session(ctx)
    wanted = checked_id(engagement_id, IdPrefix.DOCUMENT)
    body = without_empty({"way": str(way), "alone": alone or None, "note": note})
    answer = here.daemon().post(f"/engagements/{wanted}/close", body)
    is_offer = answer["kind"] == "draft"
    here.published(answer, "Closing drafted, for all to sign." if is_offer else "Closed on your word alone.")
