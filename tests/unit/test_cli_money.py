import pytest

from folkmoot.kinds.work import BUDGET_MODELS, PRICE_UNITS
from folkmoot_node.cli import money
from folkmoot_node.cli.money import budget_text, parse_amount, parse_budget, parse_price, price_text
from folkmoot_node.errors import ConfigError, ExitCode


@pytest.mark.parametrize(
    ("given", "amount_minor", "currency", "unit"),
    [
        ("4800EUR", 480_000, "EUR", "fixed"),
        ("4800 eur", 480_000, "EUR", "fixed"),
        ("4800.5EUR", 480_050, "EUR", "fixed"),
        ("650 EUR/day", 65_000, "EUR", "day"),
        ("650EUR per day", 65_000, "EUR", "day"),
        ("80.25 USD / hour", 8025, "USD", "hour"),
        ("90 000 JPY/week", 90_000, "JPY", "week"),
        ("1_000KWD/month", 1_000_000, "KWD", "month"),
        ("1.234 KWD", 1234, "KWD", "fixed"),
        ("0.0001 CLF", 1, "CLF", "fixed"),
        ("0EUR", 0, "EUR", "fixed"),
    ],
)
def test_a_price_is_read_into_minor_units(given: str, amount_minor: int, currency: str, unit: str) -> None:
    assert parse_price(given) == {"amount_minor": amount_minor, "currency": currency, "unit": unit}


@pytest.mark.parametrize(
    "given",
    [
        "",
        "EUR",
        "4800",
        "-5EUR",
        "4,800EUR",
        "4800EURO",
        "48.EUR",
        "4800EUR/decade",
        "4800EUR/year",
        "1e3EUR",
        "٤EUR",
    ],
)
def test_what_is_no_price_is_refused(given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_price(given)
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("given", ["1.234EUR", "0.5JPY", "1.2345 BHD"])
def test_more_decimals_than_the_currency_has_are_not_rounded_away(given: str) -> None:
    with pytest.raises(ConfigError, match="decimals"):
        parse_price(given)


def test_the_greatest_amount_is_the_greatest_integer_of_the_protocol() -> None:
    assert parse_amount("90071992547409.91", "EUR") == 2**53 - 1
    with pytest.raises(ConfigError, match="more money"):
        parse_amount("90071992547409.92", "EUR")


@pytest.mark.parametrize("given", ["4800EUR", "4800.05EUR/day", "12345678JPY", "0.001KWD/hour"])
def test_a_price_as_shown_can_be_typed_back(given: str) -> None:
    price = parse_price(given)
    assert parse_price(price_text(price)) == price


@pytest.mark.parametrize("given", ["4000-6000EUR", "4000..6000 EUR", "4000 \u2013 6000EUR", "4000-6000 EUR/day"])
def test_a_budget_has_two_ends(given: str) -> None:
    budget = parse_budget(given)
    assert (budget["min_minor"], budget["max_minor"]) == (400_000, 600_000)
    assert parse_budget(budget_text(budget)) == budget


def test_one_amount_is_the_most_a_budget_holds() -> None:
    assert parse_budget("2000EUR/retainer") == {"model": "retainer", "currency": "EUR", "max_minor": 200_000}
    assert budget_text(parse_budget("2000EUR")) == "up to 2\u202f000.00 EUR"


def test_a_budget_that_begins_above_its_end_is_refused() -> None:
    with pytest.raises(ConfigError, match="above"):
        parse_budget("6000-4000EUR")


@pytest.mark.parametrize(
    ("ends", "shown"),
    [({"min_minor": 100}, "from 1.00 EUR/day"), ({}, "open, EUR/day")],
)
def test_a_budget_with_an_open_end_is_shown(ends: dict[str, int], shown: str) -> None:
    assert budget_text({"model": "day", "currency": "EUR", **ends}) == shown


def test_units_are_those_of_the_protocol() -> None:
    assert money.UNITS == PRICE_UNITS
    assert money.BUDGET_UNITS == BUDGET_MODELS
