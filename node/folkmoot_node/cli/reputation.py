"""Commands about what people did and how they are tied: `facts`, `trust` and `vouch`."""

from typing import TYPE_CHECKING, Annotated

import typer

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.facts_view import facts_lines
from folkmoot_node.cli.invocation import Group, command, session
from folkmoot_node.cli.texts import checked_id, person_id
from folkmoot_node.cli.trust_view import trust_lines

if TYPE_CHECKING:
    from typer._click import Command, Context

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="An identity, folk1….")]


class _Vouching(Group):
    """A group in which an identity stands where a command is expected: `vouch folk1…` is `vouch for folk1…`."""

    def resolve_command(self, ctx: "Context", args: list[str]) -> tuple[str | None, "Command | None", list[str]]:
        """Find the command that was meant."""
        is_person = args[0].lower().startswith(f"{IdPrefix.IDENTITY.value}1")
        return super().resolve_command(ctx, ["for", *args] if is_person else args)


vouch = typer.Typer(
    cls=_Vouching,
    help="Say whom you know as a person.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@command(vouch, "for", example="folkmoot vouch for folk1… --how 'We shared an office in Lyon for two years.'")
def vouch_for(
    ctx: typer.Context,
    person: PersonArgument,
    how: Annotated[str, typer.Option(metavar="TEXT", help="How you know each other.")],
) -> None:
    """Vouch for somebody whom you know: that they are a person, and how you know each other.

    It says nothing about their work, and it carries trust from you to them. The word `for` may be left out.
    """
    here = session(ctx)
    body = {"subject": checked_id(person, IdPrefix.IDENTITY), "how": how}
    here.published(here.daemon().post("/vouches", body), "You vouch for them.")


@command(vouch, "withdraw", example="folkmoot vouch withdraw folk1…")
def withdraw_vouch(ctx: typer.Context, person: PersonArgument) -> None:
    """No longer vouch for somebody."""
    here = session(ctx)
    wanted = checked_id(person, IdPrefix.IDENTITY)
    here.published(here.daemon().delete(f"/vouches/{wanted}"), "You no longer vouch for them.")


def facts(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="[PERSON]", help="An identity folk1…; you if left out.")] = "me",
) -> None:
    """Show what a person did, counted from signed acts, each with the ids that prove it.

    No opinion is among it, and there is no sum of it.
    """
    here = session(ctx)
    answer = here.daemon().get(f"/people/{person_id(person)}/facts")
    here.answer(answer, facts_lines(answer))


def trust(ctx: typer.Context, person: PersonArgument) -> None:
    """Show how far your own ties reach a person, and by which ways.

    The amount is yours alone: somebody else has another, and there is none for everybody.
    """
    here = session(ctx)
    answer = here.daemon().get(f"/people/{person_id(person)}/trust")
    here.answer(answer, trust_lines(answer))
