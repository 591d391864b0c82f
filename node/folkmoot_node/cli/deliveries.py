"""Commands about work under an engagement: `engagement deliver`, `accept`, `reject`, `seen`, `paid`, `received`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.daemon import Daemon
from folkmoot_node.cli.engagements import EngagementArgument, engagement
from folkmoot_node.cli.files import file_digest
from folkmoot_node.cli.forms import without_empty
from folkmoot_node.cli.invocation import command, session
from folkmoot_node.cli.money import parse_price
from folkmoot_node.cli.opportunities import NoteOption
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError, UnverifiedError

__all__ = ["engagement"]

DeliveryArgument = Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id, rec1….")]
MilestoneOption = Annotated[
    int, typer.Option(metavar="NUMBER", help="Which milestone, from 0, as `engagement show` numbers them.", min=0)
]
AmountOption = Annotated[
    str | None, typer.Option(metavar="MONEY", help="How much, such as 2400EUR; all that is open if left out.")
]


@command(
    engagement,
    "deliver",
    example="folkmoot engagement deliver doc1… guide.pdf tests.txt --milestone 0 --note 'Done.'",
)
def deliver(
    ctx: typer.Context,
    engagement_id: EngagementArgument,
    milestone: MilestoneOption,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="What is delivered; nothing is sent but its digest."),
    ] = None,
    uri: Annotated[
        list[str] | None,
        typer.Option(metavar="URI", help="Where a file can be fetched, in the order of the files."),
    ] = None,
    note: NoteOption = None,
) -> None:
    """Deliver a milestone: the files stay with you, and their SHA-256 says for good which ones they were.

    Hand the files over by other means. Deliver again if the client rejects it.
    """
    here = session(ctx)
    given = files or []
    if not given and not note:
        raise ConfigError("nothing is delivered", advice="Name the files, or say with --note what was done.")
    if len(uri or []) > len(given):
        raise ConfigError(
            "there are more addresses than files", advice="Give a --uri for each file, in their order."
        )
    wanted = checked_id(engagement_id, IdPrefix.DOCUMENT)
    named = [_file(path) for path in given]
    for item, address in zip(named, uri or [], strict=False):
        item["uri"] = address
    body = without_empty({"milestone": milestone, "files": named, "note": note})
    answer = here.daemon().post(f"/engagements/{wanted}/deliveries", body)
    here.published(answer, "Delivered.", after=f"engagement show {wanted}")


def _file(path: Path) -> dict[str, Any]:
    digest, length = file_digest(path)
    return {"sha256": digest, "name": path.name, "length": length}


@command(engagement, "accept", example="folkmoot engagement accept rec1… guide.pdf tests.txt")
def accept(
    ctx: typer.Context,
    delivery: DeliveryArgument,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Files that you were given, to be compared first."),
    ] = None,
    note: NoteOption = None,
) -> None:
    """Accept a delivery as the client. It binds: payment is due from then on, and no rejection counts any more.

    Name the files that you were given, and it goes on only if they are what was delivered.
    """
    here = session(ctx)
    wanted = checked_id(delivery, IdPrefix.RECORD)
    daemon = here.daemon()
    _compare(daemon, wanted, files or [])
    answer = daemon.post(f"/deliveries/{wanted}/answer", without_empty({"note": note}))
    here.published(answer, "Accepted.", after="engagement show {document}")


def _compare(daemon: Daemon, delivery: str, files: Sequence[Path]) -> None:
    if not files:
        return
    said = daemon.get(f"/records/{delivery}")["body"].get("evidence", [])
    delivered = {item["sha256"] for item in said}
    for path in files:
        if file_digest(path)[0] not in delivered:
            raise UnverifiedError(f"{path} is not a file of that delivery", advice="Nothing was accepted.")


@command(
    engagement,
    "reject",
    example="folkmoot engagement reject rec1… --criteria 2 --note 'Two tests fail on Windows.'",
)
def reject(
    ctx: typer.Context,
    delivery: DeliveryArgument,
    criteria: Annotated[
        list[int],
        typer.Option(metavar="NUMBER", help="What it failed, from 0, as `engagement show` numbers them.", min=0),
    ],
    note: NoteOption = None,
) -> None:
    """Reject a delivery as the client, for the criteria that it failed."""
    here = session(ctx)
    wanted = checked_id(delivery, IdPrefix.RECORD)
    body = without_empty({"failed": sorted(set(criteria)), "note": note})
    answer = here.daemon().post(f"/deliveries/{wanted}/answer", body)
    here.published(answer, "Rejected.", after="engagement show {document}")


@command(engagement, "seen", example="folkmoot engagement seen rec1…")
def seen(
    ctx: typer.Context,
    records: Annotated[list[str], typer.Argument(metavar="DELIVERY...", help="Their ids, rec1….")],
) -> None:
    """Confirm that you have seen deliveries, as a witness or as the client.

    From then on the days run after which silence means what was agreed.
    """
    here = session(ctx)
    wanted = [checked_id(item, IdPrefix.RECORD) for item in records]
    here.published(here.daemon().post("/receipts", {"of": wanted}), "Confirmed that you have seen it.")


@command(engagement, "paid", example="folkmoot engagement paid doc1… --milestone 0 --to 1 --amount 2400EUR")
def paid(
    ctx: typer.Context,
    engagement_id: EngagementArgument,
    milestone: MilestoneOption,
    to: Annotated[
        int | None,
        typer.Option(metavar="PARTY", help="To whom, by their number from 0, where several are paid.", min=0),
    ] = None,
    amount: AmountOption = None,
    note: NoteOption = None,
) -> None:
    """Say as the client that you have sent money. It shows as your word until the payee confirms it."""
    here = session(ctx)
    wanted = checked_id(engagement_id, IdPrefix.DOCUMENT)
    body = without_empty({"milestone": milestone, "payee": to, **_money(amount), "note": note})
    answer = here.daemon().post(f"/engagements/{wanted}/payments/sent", body)
    here.published(answer, "Said that it was sent.", after=f"engagement show {wanted}")


@command(engagement, "received", example="folkmoot engagement received doc1… --milestone 0")
def received(
    ctx: typer.Context,
    engagement_id: EngagementArgument,
    milestone: MilestoneOption,
    amount: AmountOption = None,
    note: NoteOption = None,
) -> None:
    """Confirm that money came to you. This alone shows that you were paid, and cannot be taken back."""
    here = session(ctx)
    wanted = checked_id(engagement_id, IdPrefix.DOCUMENT)
    body = without_empty({"milestone": milestone, **_money(amount), "note": note})
    answer = here.daemon().post(f"/engagements/{wanted}/payments/received", body)
    here.published(answer, "Confirmed that it came.", after=f"engagement show {wanted}")


def _money(amount: str | None) -> dict[str, Any]:
    if amount is None:
        return {}
    price = parse_price(amount)
    if price["unit"] != "fixed":
        raise ConfigError(f"{amount} is a price, not an amount", advice="Write it like 2400EUR.")
    return {"amount_minor": price["amount_minor"], "currency": price["currency"]}
