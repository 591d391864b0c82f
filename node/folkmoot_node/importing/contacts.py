"""Finding contact data in free text: addresses, telephone numbers, links and handles of messengers.

Published text is copied for ever, so a doubtful number beside a word such as "tel" counts as one. Years, prices,
versions, ISBNs and thousands do not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

CONTACT_LEFT_OUT = "[contact left out]"


@dataclass(frozen=True, slots=True)
class Contact:
    """Where contact data stands in a text; what it says is not repeated."""

    kind: str
    start: int
    end: int


_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|punkt|point|punto)\s?[\])}]\s?)"
_AT = r"(?:[@\uff20]|\s?[\[({<]\s?(?:at|@|arobase)\s?[\])}>]\s?)"
_EMAIL = re.compile(
    rf"(?<![\w.+%-])[\w.+%'-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,6}}", re.IGNORECASE
)
_EMAIL_SPOKEN = re.compile(
    r"(?<!\w)[\w.+-]{1,64} at [\w-]{1,63} dot [a-z]{2,24}(?:\s?dot [a-z]{2,24})?(?!\w)", re.IGNORECASE
)

_SITE = r"(?<![\w.@-])(?:https?://)?(?:[a-z]{2,3}\.|www\.|m\.)?"
_LINK = re.compile(
    r"(?<!\w)(?:mailto|tel|sms|whatsapp|skype|tg|xmpp|sip|callto|facetime|viber|signal):[^\s<>\"')\]]{3,200}"
    rf"|{_SITE}(?:t\.me|telegram\.me|telegram\.dog|wa\.me|signal\.me|m\.me|line\.me|discord\.gg|calendly\.com|fb\.me"
    r"|matrix\.to|join\.skype\.com|cal\.com|weixin\.qq\.com|zalo\.me)/[^\s<>\"')\]]{1,200}"
    rf"|{_SITE}(?:api\.|chat\.)?whatsapp\.com/[^\s<>\"')\]]{{1,200}}"
    rf"|{_SITE}linkedin\.com/(?:in|pub|mwlite/in|profile)/[^\s<>\"')\]]{{1,200}}"
    rf"|{_SITE}(?:discord|discordapp)\.com/(?:users|invite)/[^\s<>\"')\]]{{1,200}}"
    rf"|{_SITE}xing\.com/profile/[^\s<>\"')\]]{{1,200}}"
    rf"|{_SITE}(?:facebook|vk)\.com/(?!events|groups|business|pages)[\w.%-]{{2,80}}(?:/(?=\W|$))?(?![\w/])"
    rf"|{_SITE}(?:instagram|twitter|x|threads)\.(?:com|net)/@?[\w.]{{2,40}}(?:/(?=\W|$))?(?![\w/])",
    re.IGNORECASE,
)
_STRONG = r"telegram|whats\s?app|skype|we\s?chat|weixin|微信|viber|threema|icq|kakao\s?talk|zalo|discord|qq"
_HANDLE = re.compile(
    rf"(?<!\w)(?:{_STRONG})(?:\s(?:id|handle|name|user(?:name)?))?\s?[:\uff1a=]\s?"
    r"(@?[\w.+:-]{2,63}\w(?:#\d{4})?)(?=\s*(?:[,;|/)\]\n]|\.?\s*$|\.\s))"
    rf"|(?<!\w)(?:{_STRONG}|signal|twitter|insta(?:gram)?|ig|tiktok|facebook|messenger|dm|contact)"
    r"(?:\s(?:id|handle|me|on|at|is))?\s?[:\uff1a=(]?\s?(@[\w.]{2,62}\w)",
    re.IGNORECASE | re.MULTILINE,
)

_URL = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.@#/:])(?<!\w-)(?:\+|00)?[(]?\+?\d(?:[\d\u00a0 ()./\u2010-\u2013-]{4,26})\d(?![\w]|[.,]\d|-\w)"
)
_PHONE_WORD = re.compile(
    r"(?:\btel(?:ephone|efon[oe]?|\.)?|\bphone|\bmob(?:ile|il)?|\bcell(?:ular)?|\bcall|\bhandy|\bfax|\bwhats\s?app|\bsms"
    r"|\bviber|\bsignal|\btext me|☎|📞|📱|电话|手机|電話|тел)[^\d\n]{0,16}$",
    re.IGNORECASE,
)
_BOOK_WORD = re.compile(
    r"\b(?:isbn|issn|doi|ean|gtin|iban|orcid|arxiv|rfc|patent|no\.|nr\.|id|number|ticket|version|v)[^\w\n]{0,3}"
    r"(?:1[03][^\w\n]{1,3})?$",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(
    r"(?:[$€£¥₹₽₩%]|\b(?:EUR|USD|GBP|CHF|INR|JPY|CNY|SEK|NOK|DKK|PLN|CZK|AUD|CAD|BRL|Rs\.?))\s?$"
)
_UNIT_AFTER = re.compile(
    r"\s?(?:[$€£¥₹₽₩%]|(?:EUR|USD|GBP|CHF|INR|JPY|CNY|SEK|NOK|DKK|PLN|CZK|AUD|CAD|BRL|k|users?|people|visitors?|customers?"
    r"|records?|rows?|lines?|requests?|downloads?|views?|subscribers?|followers?|members?|items?|pages?|euros?|dollars?"
    r"|px|pixels?|hours?|words?|students?|employees?|million|hits|objects?|documents?|transactions?)\b)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{1,2}[-./]\d{4}|(?:1[89]|20|21)\d\d)"
)
_YEAR_MIN, _YEAR_MAX = 1800, 2199
_DIGITS_MAX = 15  # the longest number in the international plan
_DIGITS_SURE_MIN = 9
_DIGITS_BESIDE_WORD_MIN = 6


def find_contacts(text: str) -> list[Contact]:
    """Find contact data in a text, from left to right, never overlapping."""
    found = sorted(_candidates(text), key=lambda contact: (contact.start, -contact.end))
    kept: list[Contact] = []
    for contact in found:
        if not kept or contact.start >= kept[-1].end:
            kept.append(contact)
    return kept


def _candidates(text: str) -> Iterator[Contact]:
    for match in _LINK.finditer(text):
        yield Contact("contact link", match.start(), _end(match))
    for pattern in (_EMAIL, _EMAIL_SPOKEN):
        for match in pattern.finditer(text):
            if _is_address(match.group()):
                yield Contact("e-mail address", match.start(), _end(match))
    for match in _HANDLE.finditer(text):
        yield from _handle(match)
    hidden = _URL.sub(lambda match: "\x00" * len(match.group()), text)  # digits in a link are no telephone number
    for match in _NUMBER.finditer(hidden):
        start = match.start() + _dates_before(match.group())
        if _is_telephone(hidden, start, match.end()):
            yield Contact("telephone number", start, match.end())


def _end(match: re.Match[str]) -> int:
    """Where a match ends without the full stop or comma of its sentence."""
    return match.start() + len(match.group().rstrip(".,;:!?*_"))


def _is_address(found: str) -> bool:
    """Tell an address from a version pin such as `left-pad@1.3.0` and a scoped package such as `x@scope/y`."""
    last = re.split(r"[.\s\])}]+", found.rstrip(".-_"))[-1]
    return len(last) >= 2 and not last[0].isdigit()  # noqa: PLR2004 - the shortest top-level domain


def _handle(match: re.Match[str]) -> Iterator[Contact]:
    group = 1 if match.group(1) is not None else 2
    if match.group(group) is not None:
        yield Contact("messenger handle", match.start(group), match.end(group))


def _dates_before(found: str) -> int:
    """How much of a run of digits is a date in front of the number, as in `2019 (415) 555-0100`."""
    match = re.match(rf"{_DATE.pattern}[\s\u2013-]+(?=[+(])", found)
    return match.end() if match else 0


def _is_telephone(text: str, start: int, end: int) -> bool:
    found = text[start:end].strip()
    before, after = text[max(0, start - 40) : start], text[end : end + 16]
    groups = re.findall(r"\d+", found)
    digits = "".join(groups)
    if len(digits) > _DIGITS_MAX or _MONEY_BEFORE.search(before) or _BOOK_WORD.search(before):
        return False
    if found.startswith(("+", "(+")):
        return len(digits) >= _DIGITS_SURE_MIN - 1
    if _are_dates(found, groups):
        return False
    if _PHONE_WORD.search(before):
        return len(digits) >= _DIGITS_BESIDE_WORD_MIN
    if _UNIT_AFTER.match(after) or _is_quantity(found, groups):
        return False
    if len(groups) == 1:
        return _is_bare_telephone(digits)
    return len(digits) >= _DIGITS_SURE_MIN or [len(group) for group in groups] == [2, 2, 2, 2]


def _are_dates(found: str, groups: list[str]) -> bool:
    if all(len(group) == 4 and _YEAR_MIN <= int(group) <= _YEAR_MAX for group in groups):  # noqa: PLR2004
        return True
    return re.fullmatch(rf"{_DATE.pattern}(?:\s?[-/\u2010-\u2013 ]\s?{_DATE.pattern}){{0,3}}", found) is not None


def _is_quantity(found: str, groups: list[str]) -> bool:
    """Tell thousands, versions, network addresses, decimals, ranges and book numbers from telephone numbers."""
    lengths = [len(group) for group in groups]
    dotted = re.fullmatch(r"[\d.]+", found) is not None
    if len(groups) > 1 and dotted and lengths != [3, 3, 4] and groups[0][0] != "0":
        return True
    if len(groups) > 1 and all(group.endswith("00") for group in groups):
        return True
    if found[:2] == "10" and re.match(r"10\.\d{4,9}/", found):
        return True
    thousands = lengths[0] <= 3 and all(length == 3 for length in lengths[1:]) and len(groups) > 1  # noqa: PLR2004
    if thousands and groups[0][0] != "0" and (groups[-1] == "000" or lengths[0] < 3) and "(" not in found:  # noqa: PLR2004
        return True
    if "".join(groups)[:3] in ("978", "979") and sum(lengths) == 13:  # noqa: PLR2004
        return True
    span = re.fullmatch(r"(\d{4,7})\s?[-\u2010-\u2013]\s?(\d{4,7})", found)
    return span is not None and groups[0][0] != "0" and int(groups[0]) <= int(groups[1])


def _is_bare_telephone(digits: str) -> bool:
    """Whether digits without any separator have the form of a common national plan."""
    north_american = re.fullmatch(r"1?[2-9]\d{2}[2-9]\d{6}", digits)
    with_trunk_zero = re.fullmatch(r"0[1-9]\d{8,9}|0[1-9]0\d{8}|00[1-9]\d{8,12}", digits)
    indian_or_chinese = re.fullmatch(r"(?:91)?[6-9]\d{9}|(?:86)?1[3-9]\d{9}", digits)
    if digits.endswith("00000"):
        return False
    return any((north_american, with_trunk_zero, indian_or_chinese))
