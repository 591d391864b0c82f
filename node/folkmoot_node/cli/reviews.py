"""Commands about blind reviews: `review commit`, `review show` and `review withdraw`."""

from typing import Annotated, Literal

import typer

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.files import text_or_file
from folkmoot_node.cli.forms import without_empty
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.review_view import review_list_lines
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError

review = group("Review each other blind: nobody can read the other's before writing their own.")

Again = Literal["gladly", "no", "perhaps"]
EngagementArgument = Annotated[str, typer.Argument(metavar="ENGAGEMENT", help="Its id, doc1….")]


@command(
    review,
    "commit",
    example="folkmoot review commit doc1… --subject folk1… --text 'Frank about delays.' --again gladly",
)
def commit_review(
    ctx: typer.Context,
    engagement: EngagementArgument,
    subject: Annotated[str, typer.Option(metavar="PERSON", help="Which other party it is about.")],
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="What you say.")] = None,
    text_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Read it from a file; - for standard input.")
    ] = None,
    again: Annotated[
        Again | None, typer.Option(metavar="WORD", help="Would you again: gladly, perhaps or no.")
    ] = None,
) -> None:
    """Promise a review of another party to an engagement.

    Only a digest is published now. Your node keeps the words and opens them by itself once all others have promised
    theirs, or their time is over.
    """
    here = session(ctx)
    said = text_or_file(text, text_file, what="review")
    if not said:
        raise ConfigError("the review says nothing", advice="Give it with --text or --text-file.")
    body = {
        "document": checked_id(engagement, IdPrefix.DOCUMENT),
        "subject": checked_id(subject, IdPrefix.IDENTITY),
        "text": said,
        "again": again,
    }
    answer = here.daemon().post("/reviews", without_empty(body))
    here.published(answer, "Review promised.", after="review show {document}")


@command(review, "show", example="folkmoot review show doc1…")
def show_reviews(ctx: typer.Context, engagement: EngagementArgument) -> None:
    """Show the reviews of an engagement: promised, shown, late, and those not shown in time.

    Of yours, you see the words that nobody else can read yet.
    """
    here = session(ctx)
    answer = here.daemon().get(f"/reviews/{checked_id(engagement, IdPrefix.DOCUMENT)}")
    here.answer(answer, review_list_lines(answer))


@command(review, "withdraw", example="folkmoot review withdraw rec1…")
def withdraw_review(
    ctx: typer.Context,
    review_id: Annotated[str, typer.Argument(metavar="REVIEW", help="The review, or the promise of one, rec1….")],
) -> None:
    """Take back a review of yours, or give up one that you have only promised.

    The promise itself stays, and counts as one that was not kept.
    """
    here = session(ctx)
    wanted = checked_id(review_id, IdPrefix.RECORD)
    here.published(here.daemon().delete(f"/reviews/{wanted}"), "Review taken back.")
