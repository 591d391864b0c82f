"""Reading a schema.org JobPosting into the body of an opportunity."""

import re
from collections.abc import Mapping

from folkmoot.canonical import Value
from folkmoot.kinds.work import OPPORTUNITY
from folkmoot.limits import DAY_MS, EVIDENCE_MARGIN_DAYS
from folkmoot_node.errors import FileError, RefusedError
from folkmoot_node.importing.dates import closing_ms, day_number, day_text
from folkmoot_node.importing.document import read_text
from folkmoot_node.importing.fields import elements, first_of, put, read_date, read_uri, split_words
from folkmoot_node.importing.linked import KIND, find_posting, read_linked
from folkmoot_node.importing.money import currency_code, minor_units, model_of, read_amounts
from folkmoot_node.importing.places import ADDRESS_WHY, is_anywhere, read_place, read_written_place
from folkmoot_node.importing.report import ImportedOpportunity, Report
from folkmoot_node.importing.shorten import fit_opportunity
from folkmoot_node.importing.text import CONTACT_WHY, clip, line, loose_text, paragraph

TITLE_CHARS_MAX = 160
NEED_CHARS_MAX = 4000
CLIENT_CHARS_MAX = 128
ROLE_CHARS_MAX = 80
SKILL_CHARS_MAX = 64
ENGAGEMENT_CHARS_MAX = 64
ROLES_MAX = 16
SEATS_MAX = 16
SKILLS_MAX = 32
LISTED_MAX = 32

BIDS_CLOSE_DAYS_MAX = OPPORTUNITY.days_max - EVIDENCE_MARGIN_DAYS - 32
"""How far ahead bids can close: a record outlives its deadlines, and a month remains for the decision."""

FORMAT = "schema.org/JobPosting"

_MORE_OF_THE_NEED = (
    ("responsibilities", "Responsibilities"),
    ("qualifications", "Qualifications"),
    ("experienceRequirements", "Experience"),
    ("workHours", "Working hours"),
    ("applicantLocationRequirements", "Applicants may be in"),
)
_CONTACTS = (
    ("applicationContact", "contact for applications"),
    ("email", "e-mail address"),
    ("telephone", "telephone number"),
    ("contactPoint", "contact point"),
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_SALARIED = frozenset(["full-time", "part-time", "permanent", "intern"])


def read_posting(data: bytes, *, now_ms: int, closes_ms: int | None = None) -> ImportedOpportunity:
    """Read a JobPosting in JSON-LD, or a saved page that embeds one, into an opportunity body.

    Args:
        data: The file, as it is.
        now_ms: Now, in milliseconds since 1970.
        closes_ms: When bids close, instead of what the posting says.

    Raises:
        FileError: The file is too large, not JSON, nested too deep, or holds no JobPosting.
        RefusedError: The posting has closed already and no other time was given.
    """
    report = Report()
    posting = find_posting(read_linked(read_text(data, kind=KIND), report), report)
    body: dict[str, Value] = {}
    _read_need(posting, body, report)
    _read_client(posting, body, report)
    skills = _read_skills(posting.get("skills"), report)
    body["roles"] = _read_roles(posting, str(body["title"]), skills, report)
    put(body, "skills", skills)
    engagement = _read_engagement(posting, report)
    put(body, "engagement", engagement)
    put(body, "budget", _read_budget(posting, engagement or "", report))
    put(body, "location", _read_location(posting, report) or None)
    put(body, "language", _read_language(posting, report))
    start = read_date(posting.get("jobStartDate"), "jobStartDate", report)
    start_day = day_number(start) if start else None
    if start_day is not None and start_day >= 0:
        body["start_day"] = start_day
    elif start:
        report.note("jobStartDate is not a whole date since 1970, so the day of the start was left out")
    put(body, "bids_close", _read_closing(posting, now_ms, closes_ms, report))
    page = next(
        (
            part
            for part in map(_address_of, (posting.get(key) for key in ("url", "mainEntityOfPage", "@id")))
            if part
        ),
        None,
    )
    put(body, "uri", read_uri(page, "url", report))
    body["source"] = {"format": FORMAT, "day": now_ms // DAY_MS}
    fit_opportunity(body, report)
    return ImportedOpportunity(body, report.left_out, report.notes)


def _read_need(posting: Mapping[str, object], body: dict[str, Value], report: Report) -> None:
    """Read title and need; each stands in for the other, and a posting with neither is none."""
    need = paragraph(posting.get("description"), "description", NEED_CHARS_MAX, report)
    title = line(first_of(posting, "title", "name"), "title", TITLE_CHARS_MAX, report)
    if title is None and need is None:
        raise FileError(
            "this JobPosting has neither a title nor a description",
            advice="give a posting that says what it is about",
        )
    if title is None:
        title = clip((need or "").split("\n")[0], TITLE_CHARS_MAX)
        report.note("the posting has no title; the beginning of its description was taken")
    if need is None:
        need = title
        report.note("the posting has no description; its title was taken")
    for key, heading in _MORE_OF_THE_NEED:
        several = ", ".join(filter(None, map(loose_text, elements(posting.get(key))[:LISTED_MAX])))
        more = paragraph(several, key, NEED_CHARS_MAX, report)
        if more and more not in need and len(need) + len(heading) + len(more) + 4 <= NEED_CHARS_MAX:
            need = f"{need}\n\n{heading}: {more}"
    body["title"], body["need"] = title, need


def _read_client(posting: Mapping[str, object], body: dict[str, Value], report: Report) -> None:
    client = next(iter(elements(posting.get("hiringOrganization"))), None)
    name = first_of(client, "name", "legalName", "@value") if isinstance(client, dict) else client
    text = line(name, "hiringOrganization", CLIENT_CHARS_MAX, report)
    if text and text.casefold() != "confidential":  # what anonymous clients are asked to write
        body["client_name"] = text
    for where, node in (("", posting), (" of the hiring organisation", client)):
        for key, what in _CONTACTS:
            if isinstance(node, dict) and node.get(key):
                report.leave_out(what + where, CONTACT_WHY)
    if isinstance(client, dict) and client.get("address"):
        report.leave_out("address of the hiring organisation", ADDRESS_WHY)


def _read_skills(loose: object, report: Report) -> list[Value]:
    """Read skills from a text with commas, a list, or defined terms; what is a sentence is no skill."""
    skills: dict[str, Value] = {}
    long = 0
    for element in elements(loose):
        named = first_of(element, "name", "@value", "termCode") if isinstance(element, dict) else element
        for word in split_words(named):
            if len(word) > SKILL_CHARS_MAX:
                long += 1
            elif label := line(word, "skills", SKILL_CHARS_MAX, report):
                skills.setdefault(label.casefold(), label)
    if long:
        report.note(f"{long} of the skills are longer than {SKILL_CHARS_MAX} characters and were left out")
    if len(skills) > SKILLS_MAX:
        report.note(f"there are more than {SKILLS_MAX} skills; the first were kept")
    return list(skills.values())[:SKILLS_MAX]


def _read_roles(posting: Mapping[str, object], title: str, skills: list[Value], report: Report) -> list[Value]:
    """Read one role from the title, or one for each occupation when the openings are enough for all of them.

    A posting has no list of roles. Several occupations with at least as many openings are the one standard way
    to say that it seeks different people.
    """
    seats = _read_openings(posting.get("totalJobOpenings"), report)
    occupations = [node for node in elements(posting.get("relevantOccupation")) if isinstance(node, dict)]
    roles: list[Value] = []
    for occupation in occupations[:ROLES_MAX]:
        name = line(first_of(occupation, "name"), "relevantOccupation", ROLE_CHARS_MAX, report)
        if name is not None:
            role: dict[str, Value] = {"title": name, "seats": 1}
            put(role, "skills", _read_skills(occupation.get("skills"), report))
            roles.append(role)
    if 1 < len(roles) <= seats:
        if len(roles) < seats:
            report.note(
                f"the posting has {seats} openings for {len(roles)} occupations; each role was given one seat"
            )
        return roles
    only: dict[str, Value] = {"title": clip(title, ROLE_CHARS_MAX), "seats": seats}
    put(only, "skills", list(skills))
    return [only]


def _read_openings(loose: object, report: Report) -> int:
    match = re.match(r"\d{1,6}", loose_text(loose).strip())
    openings = int(match.group()) if match else 1
    if openings > SEATS_MAX:
        report.note(f"the posting has {openings} openings; a role has at most {SEATS_MAX} seats")
    return min(max(openings, 1), SEATS_MAX)


def _read_engagement(posting: Mapping[str, object], report: Report) -> str | None:
    words = [
        word.rpartition("/")[2].replace("_", "-").lower() for word in split_words(posting.get("employmentType"))
    ]
    known = {"fulltime": "full-time", "full time": "full-time", "parttime": "part-time", "part time": "part-time"}
    names = dict.fromkeys(known.get(word, word) for word in words)
    return line(", ".join(names), "employmentType", ENGAGEMENT_CHARS_MAX, report)


def _read_budget(posting: Mapping[str, object], engagement: str, report: Report) -> dict[str, Value] | None:
    loose = first_of(posting, "baseSalary", "estimatedSalary", "salary")
    if loose is None:
        return None
    amounts = read_amounts(loose)
    if amounts.least is None and amounts.most is None:
        report.note("the salary holds no amount and was left out")
        return None
    currency = amounts.currency or currency_code(loose_text(posting.get("salaryCurrency")))
    if currency is None:
        report.note("the salary names no currency of ISO 4217 and was left out; give the budget yourself")
        return None
    model = amounts.model or model_of(loose_text(posting.get("unitText")))
    if model is None:
        model = "year" if _SALARIED & set(engagement.split(", ")) else "fixed"
        report.note(f"the salary does not say what it is paid per; it was read as {_model_read(model)}")
    budget: dict[str, Value] = {"model": model, "currency": currency}
    least, most = (None if part is None else minor_units(part, currency) for part in (amounts.least, amounts.most))
    if least is not None and most is not None and least > most:
        least, most = most, least
        report.note("the lower and upper end of the salary were the wrong way round")
    put(budget, "min_minor", least)
    put(budget, "max_minor", most)
    if least is None and most is None:
        report.note("the salary is beyond all bounds and was left out")
        return None
    return budget


def _model_read(model: str) -> str:
    return "a yearly amount" if model == "year" else "one fixed amount"


def _read_location(posting: Mapping[str, object], report: Report) -> dict[str, Value]:
    places = [_read_one_place(loose, report) for loose in elements(posting.get("jobLocation"))[:ROLES_MAX]]
    named = [place for place in places if place]
    if len(named) > 1:
        report.note(f"the posting has {len(named)} places; the first was taken")
    location = named[0] if named else {}
    how = loose_text(posting.get("jobLocationType")).casefold()
    if "telecommute" in how or "remote" in how:
        location["remote"] = True
    return location


def _read_one_place(loose: object, report: Report) -> dict[str, Value]:
    if not isinstance(loose, dict):
        return {"remote": True} if is_anywhere(loose) else read_written_place(loose, "jobLocation", report)
    address: object = first_of(loose, "address") or loose
    if isinstance(address, list):
        address = address[0]
    if not isinstance(address, dict):
        return read_written_place(address, "jobLocation", report)
    for key, what in (("streetAddress", "street address"), ("postalCode", "postal code")):
        if address.get(key):
            report.leave_out(f"{what} in jobLocation", ADDRESS_WHY)
    parts = {
        "city": address.get("addressLocality"),
        "region": address.get("addressRegion"),
        "country": address.get("addressCountry"),
    }
    if not any(parts.values()):
        return read_written_place(loose.get("name"), "jobLocation", report)
    place = read_place(parts, "jobLocation", report)
    if any(is_anywhere(part) for part in parts.values()):
        place["remote"] = True
    return place


def _read_language(posting: Mapping[str, object], report: Report) -> str | None:
    loose = first_of(posting, "inLanguage", "@language")
    if isinstance(loose, dict):
        loose = first_of(loose, "alternateName", "@value", "name")
    text = line(loose, "inLanguage", SKILL_CHARS_MAX, report)
    return text if text and _LANGUAGE.fullmatch(text) else None


def _read_closing(posting: Mapping[str, object], now_ms: int, closes_ms: int | None, report: Report) -> int | None:
    if closes_ms is not None:
        return closes_ms
    written = loose_text(posting.get("validThrough")).strip()
    if not written:
        return None
    closes = closing_ms(written)
    if closes is None:
        report.note("validThrough could not be read and was left out; give the closing date yourself")
        return None
    if closes <= now_ms:
        raise RefusedError(f"the posting closed on {day_text(closes)}", advice="give --closes to set a new date")
    if closes > now_ms + BIDS_CLOSE_DAYS_MAX * DAY_MS:
        report.note(
            f"the posting closes on {day_text(closes)}, later than an opportunity can stay published; "
            "that date was left out, so give one yourself"
        )
        return None
    return closes


def _address_of(loose: object) -> str | None:
    """The web address in a value that is one, or that names a page by its `@id` or `url`."""
    for element in elements(loose):
        found = first_of(element, "@id", "url", "@value") if isinstance(element, dict) else element
        if isinstance(found, str) and re.match("https?://", found):
            return found
    return None
