"""Budgets: an amount or a range, a currency and what it is paid per, in whole minor units."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MINOR_MAX = 2**53 - 1


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CURRENCIES = _words("""
CUR REN CIE AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE
SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES
VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
""")
_NO_DECIMALS = _words("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
_THREE_DECIMALS = _words("BHD IQD JOD KWD LYD OMR TND")
_FOUR_DECIMALS = _words("CLF UYW")
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₺": "TRY",
    "₴": "UAH",
    "₫": "VND",
    "zł": "PLN",
}
_DOLLARS = {
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "S$": "SGD",
    "R$": "BRL",
}

_MODELS = {
    "hour": "hour hours hourly hr hrs h hur stunde heure hora p/h",
    "day": "day days daily tag jour día dia per_diem",
    "week": "week weeks weekly wk wee woche semaine semana",
    "month": "month months monthly mo mon monat mois mes mês p/m",
    "year": "year years yearly annual annually annum yr yrs ann p.a pa jahr an año ano",
    "fixed": "fixed once one-time one_time onetime project total lump_sum flat",
    "retainer": "retainer",
}
_MODEL_OF = {word: model for model, words in _MODELS.items() for word in words.split()}
_AMOUNT = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[ \u00a0'\u2019]\d{3})+(?:[.,]\d{1,2})?|\d[\d.,]{0,20})\s?([kKmM])?(?![\w])"
)
_AMOUNT_TRIES_MAX = 8
_TEXT_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was found of a budget: amounts in whole units, and a currency and model if they were named."""

    least: Decimal | None
    most: Decimal | None
    currency: str | None
    model: str | None


def currency_code(text: str) -> str | None:
    """Find the currency of ISO 4217 that a text names, or None; a bare dollar sign names none."""
    for word in re.findall(r"[A-Za-z]{3}", text[:_TEXT_CHARS_MAX]):
        if word.upper() in _CURRENCIES and (word.isupper() or len(text.strip()) == len(word)):
            return str(word.upper())
    for sign, code in _DOLLARS.items():
        if re.search(rf"(?<![A-Za-z]){re.escape(sign)}", text):
            return code
    return next((code for sign, code in _SIGNS.items() if sign in text), None)


def model_of(text: str) -> str | None:
    """Find what an amount is paid per, or None."""
    words = re.findall(r"[^\W\d_]+(?:[_./-][^\W\d_]+)*", text[:_TEXT_CHARS_MAX].casefold())
    return next((_MODEL_OF[word] for word in words if word in _MODEL_OF), None)


def minor_units(amount: Decimal, currency: str) -> int | None:
    """Turn an amount into whole minor units of its currency, or None when it is nothing or beyond all bounds."""
    places = 2
    if currency in _NO_DECIMALS:
        places = 0
    elif currency in _THREE_DECIMALS:
        places = 3
    elif currency in _FOUR_DECIMALS:
        places = 4
    minor = int((amount * 10**places).to_integral_value(ROUND_HALF_UP))
    return minor if 0 < minor <= MINOR_MAX else None


def read_amounts(loose: object) -> Amounts:
    """Read a number, a text such as `50.000 - 60.000 € per year`, or the fields of a monetary amount."""
    match loose:
        case bool() | None:
            return Amounts(None, None, None, None)
        case int() | float():
            amount = _amount_of(str(loose))
            return Amounts(amount, amount, None, None)
        case str():
            return _from_text(loose[:_TEXT_CHARS_MAX])
        case list():
            return next(
                (found for found in map(read_amounts, loose[:_AMOUNT_TRIES_MAX]) if found.least or found.most),
                Amounts(None, None, None, None),
            )
        case dict():
            return _from_fields(loose)
        case _:
            return Amounts(None, None, None, None)


def _from_fields(loose: Mapping[str, object]) -> Amounts:
    inner = next(
        (
            found
            for key in ("value", "price", "@value")
            if (found := read_amounts(loose.get(key))).least or found.most
        ),
        Amounts(None, None, None, None),
    )
    least = read_amounts(loose.get("minValue") or loose.get("minPrice")).least
    most = read_amounts(loose.get("maxValue") or loose.get("maxPrice")).most
    if least is None and most is None:
        least, most = inner.least, inner.most
    own_currency = _word(loose, "currency", "priceCurrency", "currencyCode")
    own_model = _word(loose, "unitText", "unitCode", "duration", "unit")
    return Amounts(
        least,
        most,
        (currency_code(own_currency) if own_currency else None) or inner.currency or _currency_inside(loose),
        (model_of(own_model) if own_model else None) or inner.model or _model_inside(loose),
    )


def _word(loose: Mapping[str, object], *keys: str) -> str | None:
    for key in keys:
        value = loose.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("@value") or value.get("name")
        if isinstance(value, str) and value.strip():
            return value.rpartition("/")[2] if value.startswith("http") else value
    return None


def _currency_inside(loose: Mapping[str, object]) -> str | None:
    value = loose.get("value")
    return _from_fields(value).currency if isinstance(value, dict) else None


def _model_inside(loose: Mapping[str, object]) -> str | None:
    value = loose.get("value")
    return _from_fields(value).model if isinstance(value, dict) else None


def _from_text(text: str) -> Amounts:
    found: list[tuple[Decimal, str]] = []
    for match in list(_AMOUNT.finditer(text))[:_AMOUNT_TRIES_MAX]:
        amount = _amount_of(match.group(1))
        if amount is not None:
            found.append((amount, (match.group(2) or "").casefold()))
    if not found:
        return Amounts(None, None, None, None)
    suffix = next((letter for _, letter in reversed(found[:2]) if letter), "")
    scaled = [_scaled(amount, letter or (suffix if amount < 1000 else "")) for amount, letter in found[:2]]  # noqa: PLR2004
    least, most = scaled[0], scaled[-1]
    if len(scaled) == 1 and re.match(r"\s*(?:up to|max|bis|until|<)", text, re.IGNORECASE):
        return Amounts(None, most, currency_code(text), model_of(text))
    if len(scaled) == 1 and re.match(r"\s*(?:from|min|at least|ab|>)", text, re.IGNORECASE):
        return Amounts(least, None, currency_code(text), model_of(text))
    return Amounts(least, most, currency_code(text), model_of(text))


def _scaled(amount: Decimal, letter: str) -> Decimal:
    return amount * {"k": 1_000, "m": 1_000_000}.get(letter, 1)


def _amount_of(digits: str) -> Decimal | None:
    """Read one number, whichever of comma, point, blank and apostrophe parts its thousands."""
    digits = re.sub(r"[ \u00a0'\u2019]", "", digits).rstrip(".,")
    last = max(digits.rfind(","), digits.rfind("."))
    if last >= 0:
        sign = digits[last]
        other = "," if sign == "." else "."
        alone = digits.count(sign) == 1
        if alone and (other in digits or len(digits) - last - 1 != 3):  # noqa: PLR2004 - three digits: thousands
            digits = digits.replace(other, "").replace(sign, ".")
        else:
            digits = digits.replace(",", "").replace(".", "")
    try:
        amount = Decimal(digits)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and -4 <= amount.adjusted() <= 15 and amount > 0 else None  # noqa: PLR2004
