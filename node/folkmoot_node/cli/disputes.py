"""Commands about disagreements: `dispute open`, `reply`, `take`, `find`, `withdraw`, `settle` and `show`."""

from typing import Annotated, Literal

import typer

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dispute_view import dispute_lines
from folkmoot_node.cli.files import text_or_file
from folkmoot_node.cli.forms import without_empty
from folkmoot_node.cli.invocation import Session, command, group, session
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError

dispute = group("Disagree in the open, and end it.")

FindingReason = Literal["client-at-fault", "no-fault", "provider-at-fault", "shared", "unproven"]

DisputeArgument = Annotated[str, typer.Argument(metavar="DISPUTE", help="Its id, rec1….")]
TextOption = Annotated[str | None, typer.Option(metavar="TEXT", help="What you say.")]
TextFileOption = Annotated[
    str | None, typer.Option(metavar="FILE", help="Read what you say from a file; - for standard input.")
]


@command(
    dispute,
    "open",
    example="folkmoot dispute open doc1… --milestone 1 --text 'Paid forty days late.' --asks 'The late fee.'",
)
def open_dispute(
    ctx: typer.Context,
    about: Annotated[
        str, typer.Argument(metavar="ID", help="An engagement, what was said under it, or an endorsement of you.")
    ],
    text: TextOption = None,
    text_file: TextFileOption = None,
    milestone: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="The milestone it is about, from 0.", min=0)
    ] = None,
    asks: Annotated[str | None, typer.Option(metavar="TEXT", help="What would put it right.")] = None,
) -> None:
    """Open a dispute about an engagement of yours, or about what somebody says of you.

    Everybody sees it beside what it is about. You can withdraw it.
    """
    here = session(ctx)
    body = without_empty(
        {"about": checked_id(about), "text": _said(text, text_file), "milestone": milestone, "asks": asks}
    )
    here.published(here.daemon().post("/disputes", body), "Dispute opened.", after="dispute show {id}")


@command(dispute, "reply", example="folkmoot dispute reply rec1… --text 'The invoice came late.'")
def reply(
    ctx: typer.Context, dispute_id: DisputeArgument, text: TextOption = None, text_file: TextFileOption = None
) -> None:
    """Reply to a dispute as the other side."""
    here = session(ctx)
    _step(here, dispute_id, "reply", _said(text, text_file), "Replied.")


@command(dispute, "take", example="folkmoot dispute take rec1…")
def take(ctx: typer.Context, dispute_id: DisputeArgument, text: TextOption = None) -> None:
    """Take a dispute as the resolver that the engagement names."""
    _step(session(ctx), dispute_id, "take", text, "Taken.")


@command(dispute, "find", example="folkmoot dispute find rec1… --reason shared --text 'Both were late.'")
def find(
    ctx: typer.Context,
    dispute_id: DisputeArgument,
    reason: Annotated[FindingReason, typer.Option(metavar="REASON", help="What you find.")],
    text: TextOption = None,
    text_file: TextFileOption = None,
) -> None:
    """Say what you find, as the resolver who has taken the dispute."""
    here = session(ctx)
    said = text_or_file(text, text_file, what="finding")
    wanted = checked_id(dispute_id, IdPrefix.RECORD)
    answer = here.daemon().post(f"/disputes/{wanted}/finding", without_empty({"reason": str(reason), "text": said}))
    _published(here, answer, wanted, "Finding published.")


@command(dispute, "withdraw", example="folkmoot dispute withdraw rec1…")
def withdraw(ctx: typer.Context, dispute_id: DisputeArgument, text: TextOption = None) -> None:
    """Withdraw a dispute that you opened."""
    _step(session(ctx), dispute_id, "withdraw", text, "Withdrawn.")


@command(dispute, "settle", example="folkmoot dispute settle rec1… --text 'Half of the late fee, paid by Friday.'")
def settle(
    ctx: typer.Context, dispute_id: DisputeArgument, text: TextOption = None, text_file: TextFileOption = None
) -> None:
    """Draft a settlement for every side to sign. Your own place is signed in the same act.

    The others sign it with `folkmoot engagement sign`; the dispute is settled once all have.
    """
    here = session(ctx)
    wanted = checked_id(dispute_id, IdPrefix.RECORD)
    answer = here.daemon().post(f"/disputes/{wanted}/settlement", {"text": _said(text, text_file)})
    _published(here, answer, wanted, "Settlement drafted, for every side to sign.")


@command(dispute, "show", example="folkmoot dispute show rec1…")
def show(ctx: typer.Context, dispute_id: DisputeArgument) -> None:
    """Show a dispute and how far it has come."""
    here = session(ctx)
    answer = here.daemon().get(f"/disputes/{checked_id(dispute_id, IdPrefix.RECORD)}")
    here.answer(answer, dispute_lines(answer, here.clock.now_ms()))


def _said(text: str | None, file: str | None) -> str:
    said = text_or_file(text, file, what="text")
    if not said:
        raise ConfigError("nothing is said", advice="Give --text or --text-file.")
    return said


def _step(here: Session, dispute_id: str, word: str, text: str | None, sentence: str) -> None:
    wanted = checked_id(dispute_id, IdPrefix.RECORD)
    answer = here.daemon().post(f"/disputes/{wanted}/steps", without_empty({"step": word, "text": text}))
    _published(here, answer, wanted, sentence)


def _published(here: Session, answer: Answer, dispute_id: str, sentence: str) -> None:
    here.published(answer, sentence, after=f"dispute show {dispute_id}")
