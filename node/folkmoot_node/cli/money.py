"""Amounts of money: typed and shown as people write them, kept as whole minor units of a currency.

ISO 4217 says how many digits follow the decimal point; most currencies have two.
"""

import re
from collections.abc import Mapping
from typing import Any

from folkmoot.limits import INTEGER_MAX
from folkmoot_node.errors import ConfigError

EN_DASH = "\u2013"
UNITS = ("fixed", "hour", "day", "week", "month")
BUDGET_UNITS = (*UNITS, "year", "retainer")

_DIGITS: Mapping[str, int] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_DIGITS_USUAL = 2
_NARROW_SPACE = "\u202f"
_AMOUNT = r"[0-9][0-9 _\u202f\u00a0]*(?:\.[0-9]+)?"
_PRICE = re.compile(rf"(?P<amount>{_AMOUNT})\s*(?P<currency>[A-Za-z]{{3}})(?:\s*(?:/|\sper\s)\s*(?P<unit>[a-z]+))?")
_RANGE = re.compile(rf"(?P<least>{_AMOUNT})\s*(?:-|\u2013|\.\.)\s*(?P<rest>{_AMOUNT}\s*[A-Za-z]{{3}}.*)")
_AMOUNT_ADVICE = "Write it like 4800EUR, 4800.50EUR or 650EUR/day, with a point for decimals and no commas."


def parse_price(given: str) -> dict[str, Any]:
    """Read a price such as `4800EUR` or `650 EUR/day`.

    Raises:
        ConfigError: It is no price, or has more decimals than its currency.
    """
    amount, currency, unit = _parse(given, UNITS)
    return {"amount_minor": amount, "currency": currency, "unit": unit}


def parse_budget(given: str) -> dict[str, Any]:
    """Read a budget: one amount is the most, two with a dash between are the least and the most.

    Raises:
        ConfigError: It is no budget.
    """
    between = _RANGE.fullmatch(given.strip())
    amount, currency, unit = _parse(between["rest"] if between else given, BUDGET_UNITS)
    budget: dict[str, Any] = {"model": unit, "currency": currency, "max_minor": amount}
    if between:
        budget["min_minor"] = parse_amount(between["least"], currency)
        if budget["min_minor"] > amount:
            raise ConfigError(f"the budget {given} begins above its end", advice="Give the least amount first.")
    return budget


def parse_amount(given: str, currency: str) -> int:
    """Read an amount of a currency into minor units.

    Raises:
        ConfigError: It is no amount, too large, or has more decimals than the currency.
    """
    if not re.fullmatch(_AMOUNT, given.strip()):
        raise ConfigError(f"{given!r} is not an amount of money", advice=_AMOUNT_ADVICE)
    whole, _point, fraction = re.sub(r"[^0-9.]", "", given).partition(".")
    digits = decimals(currency)
    if len(fraction) > digits:
        raise ConfigError(f"{currency} has {digits} decimals, and {given.strip()} has {len(fraction)}")
    minor = int(whole + fraction.ljust(digits, "0"))
    if minor > INTEGER_MAX:
        raise ConfigError(f"{given.strip()} {currency} is more money than can be written down")
    return minor


def decimals(currency: str) -> int:
    """Return how many digits of a currency follow the decimal point."""
    return _DIGITS.get(currency, _DIGITS_USUAL)


def money(amount_minor: int, currency: str) -> str:
    """Write an amount for people, in a form that can be typed back."""
    digits = decimals(currency)
    whole, fraction = divmod(amount_minor, 10**digits)
    grouped = f"{whole:,}".replace(",", _NARROW_SPACE)
    return f"{grouped}.{fraction:0{digits}d}" if digits else grouped


def price_text(price: Mapping[str, Any]) -> str:
    """Write a price: the amount, its currency, and for what."""
    per = "" if price["unit"] == "fixed" else f"/{price['unit']}"
    return f"{money(price['amount_minor'], price['currency'])} {price['currency']}{per}"


def budget_text(budget: Mapping[str, Any]) -> str:
    """Write a budget, of which either end may be left open."""
    currency, model = budget["currency"], budget["model"]
    ends = [money(budget[end], currency) for end in ("min_minor", "max_minor") if end in budget]
    only = "from " if "min_minor" in budget else "up to "
    amount = EN_DASH.join(ends) if len(ends) > 1 else "".join((only, *ends)) if ends else "open,"
    return f"{amount} {currency}{'' if model == 'fixed' else f'/{model}'}"


def _parse(given: str, units: tuple[str, ...]) -> tuple[int, str, str]:
    found = _PRICE.fullmatch(given.strip())
    if found is None:
        raise ConfigError(f"{given!r} is not a price", advice=_AMOUNT_ADVICE)
    currency, unit = found["currency"].upper(), found["unit"] or "fixed"
    if unit not in units:
        raise ConfigError(f"{unit!r} is not a unit of a price", advice=f"Say one of {', '.join(units)}.")
    return parse_amount(found["amount"], currency), currency, unit
