import pytest
from support.fake_daemon import CALL, DANA, ELI

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.texts import checked_id, person_id, plain, short_id, who
from folkmoot_node.errors import ConfigError, UnknownIdError


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x9b31mred", "31mred"),
        ("\x1b]0;title\x07x", "]0;titlex"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("abc\u202edef\u2066ghi", "abcdefghi"),
        ("E\u200bl\u2060i\ufeff", "Eli"),
        ("carriage\rreturn\x08\x7f", "carriagereturn"),
        ("\ud800", ""),
        (None, ""),
        ("Zoë Brontë 🪁", "Zoë Brontë 🪁"),
    ],
)
def test_control_and_invisible_characters_are_taken_out(foreign: object, shown: str) -> None:
    assert plain(foreign) == shown


def test_lines_are_kept_where_they_belong() -> None:
    assert plain("one\ntwo\x1b[2J\u2028three", keep_lines=True) == "one\ntwo[2J three"


def test_a_short_id_tells_two_apart_and_keeps_what_is_short() -> None:
    assert short_id(ELI) == f"{ELI[:11]}…{ELI[-4:]}"
    assert short_id(ELI) != short_id(DANA)
    assert short_id("folk1abc") == "folk1abc"


def test_a_name_never_stands_without_its_id() -> None:
    assert who("Eli", ELI).plain == f"Eli ({short_id(ELI)})"
    assert who("Eli", DANA).plain != who("Eli", ELI).plain


@pytest.mark.parametrize("name", ["", None, "\x1b", short_id(ELI)])
def test_who_has_no_name_is_shown_by_their_id(name: object) -> None:
    assert who(name, ELI).plain == f"{short_id(ELI)} (no profile here)"


def test_a_name_is_not_markup() -> None:
    text = who("[red]Eli[/red]", ELI)
    assert text.plain.startswith("[red]Eli[/red] ")


def test_an_id_is_checked_before_it_is_sent() -> None:
    assert checked_id(f" {CALL.upper()} ", IdPrefix.RECORD) == CALL
    assert person_id("me") == "me"
    assert person_id(ELI) == ELI


def test_a_mistyped_id_is_an_unknown_id() -> None:
    with pytest.raises(UnknownIdError) as caught:
        checked_id(f"{CALL[:-1]}{'q' if CALL[-1] != 'q' else 'p'}")
    assert caught.value.rule == "IDS-2"


@pytest.mark.parametrize("given", ["", "Eli", "me", ELI, "rec1"])
def test_what_cannot_be_the_id_asked_for_is_a_wrong_argument(given: str) -> None:
    with pytest.raises((ConfigError, UnknownIdError)):
        checked_id(given, IdPrefix.RECORD)


def test_the_short_form_of_an_id_is_told_from_a_mistyped_one() -> None:
    with pytest.raises(ConfigError, match="short form"):
        checked_id(short_id(CALL), IdPrefix.RECORD)
