"""Reading a JSON Resume 1.0.0 file into the body of a profile.

Every entry is marked as the person's own claim. Contact data, pictures and references are left out, and the
report says so. Older drafts of the format and common slips are read as what they mean.
"""

from collections.abc import Callable, Mapping

from folkmoot.canonical import Value
from folkmoot_node.errors import FileError
from folkmoot_node.importing.document import read_json, read_text
from folkmoot_node.importing.fields import WORDS_MAX, elements, first_of, put, read_date, read_uri, split_words
from folkmoot_node.importing.places import ADDRESS_WHY, read_place, read_written_place
from folkmoot_node.importing.report import ImportedProfile, Report
from folkmoot_node.importing.shorten import Entry, fit_profile
from folkmoot_node.importing.text import CONTACT_WHY, line, loose_text, paragraph

NAME_CHARS_MAX = 128
HEADLINE_CHARS_MAX = 256
SUMMARY_CHARS_MAX = 2000
LABEL_CHARS_MAX = 64
LEVEL_CHARS_MAX = 32
TITLE_CHARS_MAX = 160
ENTRY_SUMMARY_CHARS_MAX = 600
HIGHLIGHT_CHARS_MAX = 240
SKILLS_MAX = 64
LANGUAGES_MAX = 16
WORK_MAX = 24
EDUCATION_MAX = 12
PROJECTS_MAX = 24
CREDENTIALS_MAX = 24
INTERESTS_MAX = 16
HIGHLIGHTS_MAX = 8
PROJECT_ROLES_MAX = 8

FORMAT = "jsonresume-1.0.0"
SELF_ASSERTED = "self-asserted"

_KIND = "a JSON Resume file"
_ADVICE = "give a JSON Resume file (jsonresume.org): an object with `basics`, `work`, `skills` and so on"
_SECTIONS = (
    "basics", "work", "volunteer", "education", "awards", "certificates", "publications", "skills", "languages",
    "interests", "references", "projects",
)  # fmt: skip
_JOB_KEYS = frozenset(["title", "company", "description", "responsibilities", "qualifications", "salary", "remote"])
_PASSED_OVER = frozenset(["$schema", "meta", "name", "label", "summary"])
_CONTACTS = (
    (("email", "mail"), "e-mail address"),
    (("phone", "mobile", "telephone"), "telephone number"),
    (("url", "website"), "personal web address"),
    (("profiles",), "social profiles"),
)
_BETWEEN_DATES = (" - ", " \u2013 ", " \u2014 ", "\u2013", "\u2014", "至", "~", " to ", "-")
_CREDENTIALS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("certificates", ("name", "title"), ("issuer", "organization"), ("date", "startDate")),
    ("certifications", ("name", "title"), ("issuer", "organization"), ("date", "startDate")),
    ("awards", ("title", "name"), ("awarder", "issuer"), ("date",)),
    ("publications", ("name", "title"), ("publisher",), ("releaseDate", "date")),
    ("volunteer", ("position", "title"), ("organization", "name", "organisation"), ("startDate", "endDate")),
)


def read_resume(data: bytes, *, day: int) -> ImportedProfile:
    """Read a JSON Resume file into a profile body within `PROFILE_BODY_BYTES_MAX`.

    Args:
        data: The file, as it is.
        day: Today, in days since 1970-01-01; it is noted as the day of the import.

    Raises:
        FileError: The file is too large, not JSON, nested too deep, or no résumé at all.
    """
    report = Report()
    loose = _resume_in(read_json(read_text(data, kind=_KIND), kind=_KIND, report=report), report)
    body: dict[str, Value] = {}
    _read_basics(loose, body, report)
    put(body, "skills", _read_skills(loose.get("skills"), report))
    put(body, "languages", _read_languages(loose.get("languages"), report))
    put(body, "work", _section(loose, "work", WORK_MAX, _read_work, report))
    put(body, "education", _section(loose, "education", EDUCATION_MAX, _read_education, report))
    put(body, "projects", _section(loose, "projects", PROJECTS_MAX, _read_project, report))
    put(body, "credentials", _read_credentials(loose, report))
    put(body, "interests", _read_interests(loose.get("interests"), report))
    if loose.get("references"):
        report.leave_out("references", "the people who gave them have not agreed to be published")
    unknown = sorted(str(key)[:32] for key in loose if key not in {*_SECTIONS, *_PASSED_OVER, "certifications"})
    if unknown:
        names = line(", ".join(unknown[:12]), "the names of sections", 256, report)
        report.note(f"sections that JSON Resume does not know were not read: {names}")
    if "name" not in body:
        report.note("the file names nobody; a profile needs a name before it is published")
    body["source"] = {"format": FORMAT, "day": day}
    fit_profile(body, report)
    return ImportedProfile(body, report.left_out, report.notes)


def _resume_in(loose: object, report: Report) -> Mapping[str, object]:
    """Find the résumé in a file: the object itself, the only one of a list, or one wrapped in `resume`."""
    if isinstance(loose, list) and len(loose) == 1:
        loose = loose[0]
    if isinstance(loose, dict) and not _has_section(loose):
        for key in ("resume", "cv", "data"):
            inner = loose.get(key)
            if isinstance(inner, dict) and _has_section(inner):
                report.note(f"the résumé was found inside `{key}`")
                return inner
    if not isinstance(loose, dict):
        raise FileError(f"this is not a résumé: the file holds {_kind_of(loose)}, not an object", advice=_ADVICE)
    what = _other_kind(loose)
    if what is not None:
        raise FileError(f"this is not a résumé: it looks like {what}", advice=_ADVICE)
    if not _has_section(loose):
        keys = ", ".join(f"`{line(str(key), 'key', 32, Report()) or '?'}`" for key in list(loose)[:5])
        found = f"it has only {keys}" if keys else "it is an empty object"
        raise FileError(
            f"this is not a résumé: it has no `basics` nor any other known section; {found}", advice=_ADVICE
        )
    return loose


def _has_section(loose: Mapping[str, object]) -> bool:
    """Whether there is a known section of a usable form; a bare text or number does not make a résumé."""
    if isinstance(loose.get("basics"), dict):
        return True
    return any(isinstance(loose.get(name), (list, dict)) for name in _SECTIONS if name != "basics")


def _other_kind(loose: Mapping[str, object]) -> str | None:
    """What a JSON object is that is no résumé, if it is one of the kinds that people mix up."""
    if isinstance(loose.get("basics"), dict):
        return None
    types = [str(name).rpartition("/")[2].rpartition(":")[2][:32] for name in elements(loose.get("@type"))]
    if "JobPosting" in types:
        return "a JobPosting (use `folkmoot opportunity import`)"
    if types or "@graph" in loose:
        return f"JSON-LD of type {line(types[0], 'type', 32, Report())}" if types else "a JSON-LD graph"
    if "work" not in loose and "education" not in loose and len(_JOB_KEYS & loose.keys()) >= 3:  # noqa: PLR2004
        return "a description of a job"
    if isinstance(loose.get("dependencies"), dict) or isinstance(loose.get("compilerOptions"), dict):
        return "the settings of a software project"
    return None


def _kind_of(loose: object) -> str:
    match loose:
        case list():
            return f"a list of {len(loose)}"
        case str():
            return "a text"
        case bool() | None:
            return "a single word"
        case _:
            return "a number"


def _read_basics(resume: Mapping[str, object], body: dict[str, Value], report: Report) -> None:
    loose = resume.get("basics")
    if isinstance(loose, list) and loose:
        loose = loose[0]
    basics: Mapping[str, object] = loose if isinstance(loose, dict) else {}
    put(body, "name", line(first_of(basics, "name") or resume.get("name"), "name", NAME_CHARS_MAX, report))
    headline = first_of(basics, "label", "headline", "title") or resume.get("label")
    put(body, "headline", line(headline, "headline", HEADLINE_CHARS_MAX, report))
    summary = first_of(basics, "summary", "about") or resume.get("summary")
    put(body, "summary", paragraph(summary, "summary", SUMMARY_CHARS_MAX, report))
    for keys, what in _CONTACTS:
        if first_of(basics, *keys):
            report.leave_out(what, CONTACT_WHY)
    if first_of(basics, "image", "picture", "photo"):
        report.leave_out("picture", "a picture is not carried in a profile")
    place = basics.get("location")
    if isinstance(place, dict):
        for keys, what in ((("address", "street"), "street address"), (("postalCode", "zip"), "postal code")):
            if first_of(place, *keys):
                report.leave_out(what, ADDRESS_WHY)
        parts = {
            "city": place.get("city"),
            "region": first_of(place, "region", "state"),
            "country": first_of(place, "countryCode", "country"),
        }
        put(body, "location", read_place(parts, "location", report) or None)
    else:
        put(body, "location", read_written_place(place, "location", report) or None)


def _section(
    resume: Mapping[str, object],
    name: str,
    entries_max: int,
    read: Callable[[Mapping[str, object], str, Report], Entry],
    report: Report,
) -> list[Value]:
    """Read the entries of a section; one that says nothing is passed over, those beyond the bound are counted."""
    kept: list[Value] = []
    beyond = 0
    for index, loose in enumerate(elements(resume.get(name))):
        if not isinstance(loose, (dict, str)):
            continue
        if len(kept) == entries_max:
            beyond += 1
            continue
        entry = read({"name": loose} if isinstance(loose, str) else loose, f"{name}[{index}]", report)
        if not entry:
            continue
        entry["claim"] = SELF_ASSERTED
        kept.append(entry)
    if beyond:
        report.note(f"{name} has more than {entries_max} entries; the last {beyond} were left out")
    return kept


def _read_span(loose: Mapping[str, object], entry: Entry, where: str, report: Report) -> None:
    """Read from when to when; a single `date` such as `10/2020-Present` is read as both."""
    since, until = first_of(loose, "startDate", "from", "start"), first_of(loose, "endDate", "to", "end", "until")
    if since is None and until is None:
        written = loose_text(loose.get("date"))[:80]
        for separator in _BETWEEN_DATES:
            if written.count(separator) == 1:
                since, until = written.split(separator)
                break
        else:
            until = written
    put(entry, "from", read_date(since, f"{where}.startDate", report))
    put(entry, "to", read_date(until, f"{where}.endDate", report))


def _read_work(loose: Mapping[str, object], where: str, report: Report) -> Entry:
    entry: Entry = {}
    put(
        entry,
        "title",
        line(first_of(loose, "position", "title", "jobTitle", "role"), where, TITLE_CHARS_MAX, report),
    )
    organisation = first_of(loose, "name", "company", "organization", "organisation", "employer")
    put(entry, "organisation", line(organisation, where, TITLE_CHARS_MAX, report))
    _read_span(loose, entry, where, report)
    summary = first_of(loose, "summary", "description")
    put(entry, "summary", paragraph(summary, f"{where}.summary", ENTRY_SUMMARY_CHARS_MAX, report))
    put(entry, "highlights", _read_highlights(first_of(loose, "highlights", "bullets"), where, report))
    return entry


def _read_highlights(loose: object, where: str, report: Report) -> list[Value]:
    parts = loose_text(loose).split("\n") if isinstance(loose, str) else elements(loose)
    kept: list[Value] = []
    for part in parts:
        text = line(part, f"{where}.highlights", HIGHLIGHT_CHARS_MAX, report)
        if text and len(kept) == HIGHLIGHTS_MAX:
            report.note(f"{where} has more than {HIGHLIGHTS_MAX} highlights; the first were kept")
            break
        if text:
            kept.append(text)
    return kept


def _read_education(loose: Mapping[str, object], where: str, report: Report) -> Entry:
    entry: Entry = {}
    for key, names in (
        ("institution", ("institution", "name", "school", "organization")),
        ("area", ("area", "major", "field")),
        ("qualification", ("studyType", "degree", "qualification")),
    ):
        put(entry, key, line(first_of(loose, *names), f"{where}.{key}", TITLE_CHARS_MAX, report))
    _read_span(loose, entry, where, report)
    return entry


def _read_project(loose: Mapping[str, object], where: str, report: Report) -> Entry:
    entry: Entry = {}
    summary = first_of(loose, "description", "summary", "highlights", "bullets")
    put(entry, "summary", paragraph(summary, f"{where}.summary", ENTRY_SUMMARY_CHARS_MAX, report))
    title = line(first_of(loose, "name", "title", "entity"), where, TITLE_CHARS_MAX, report)
    if title is None:
        title = line(entry.get("summary"), where, LABEL_CHARS_MAX, Report())
    if title is None:
        return {}
    entry["title"] = title
    put(entry, "uri", read_uri(first_of(loose, "url", "website", "link"), where, report))
    _read_span(loose, entry, where, report)
    roles = [
        line(role, where, LABEL_CHARS_MAX, report) for role in elements(loose.get("roles"))[:PROJECT_ROLES_MAX]
    ]
    put(entry, "roles", [role for role in roles if role])
    return entry


def _read_credentials(resume: Mapping[str, object], report: Report) -> list[Value]:
    """Fold certificates, awards, publications and volunteering into one list."""
    folded: list[Value] = []
    for section, titles, issuers, dates in _CREDENTIALS:

        def read(
            loose: Mapping[str, object],
            where: str,
            report: Report,
            keys: tuple[tuple[str, ...], ...] = (titles, issuers, dates),
        ) -> Entry:
            title = line(first_of(loose, *keys[0]), where, TITLE_CHARS_MAX, report)
            issuer = line(first_of(loose, *keys[1]), where, TITLE_CHARS_MAX, report)
            if title is None and issuer is None:
                return {}
            entry: Entry = {"title": title or issuer or ""}
            put(entry, "issuer", issuer if title else None)
            put(entry, "day", read_date(first_of(loose, *keys[2]), f"{where}.date", report))
            put(entry, "uri", read_uri(first_of(loose, "url", "website"), where, report))
            return entry

        folded += _section(resume, section, CREDENTIALS_MAX, read, report)
    if len(folded) > CREDENTIALS_MAX:
        report.note(f"there are more than {CREDENTIALS_MAX} credentials; the first were kept")
    return folded[:CREDENTIALS_MAX]


def _skill_texts(loose: object) -> list[tuple[object, Mapping[str, object]]]:
    """The named skills, then the keywords under them, each with the fields beside it."""
    if isinstance(loose, dict) and not first_of(loose, "name", "keywords"):
        loose = [{"keywords": inner} for inner in loose.values()]  # groups of skills under names of their own
    named: list[tuple[object, Mapping[str, object]]] = []
    keywords: list[tuple[object, Mapping[str, object]]] = []
    for element in elements(loose):
        if not isinstance(element, dict):
            named += [(part, {}) for part in split_words(element)]
            continue
        named.append((first_of(element, "name", "skill", "label", "title"), element))
        for word in elements(element.get("keywords")):
            if isinstance(word, dict):
                keywords.append((first_of(word, "name", "label"), word))
            else:
                keywords += [(part, {}) for part in split_words(word)]
        if len(named) + len(keywords) > WORDS_MAX:
            break
    return (named + keywords)[: 2 * WORDS_MAX]


def _read_skills(loose: object, report: Report) -> list[Value]:
    """Read skills with their levels; each label once."""
    skills: dict[str, Value] = {}
    for text, details in _skill_texts(loose):
        label = line(text, "skills", LABEL_CHARS_MAX, report)
        if label is None or label.casefold() in skills:
            continue
        entry: Entry = {"label": label}
        put(entry, "level", line(first_of(details, "level", "rating"), "skills", LEVEL_CHARS_MAX, report))
        put(entry, "uri", read_uri(first_of(details, "uri", "url"), "skills", report))
        skills[label.casefold()] = entry
    if len(skills) > SKILLS_MAX:
        report.note(f"there are more than {SKILLS_MAX} skills; the first were kept")
    return list(skills.values())[:SKILLS_MAX]


def _read_languages(loose: object, report: Report) -> list[Value]:
    languages: list[Value] = []
    for element in elements(loose):
        details: Mapping[str, object] = element if isinstance(element, dict) else {}
        texts = [first_of(details, "language", "name")] if details else split_words(element)
        for text in texts:
            label = line(text, "languages", LABEL_CHARS_MAX, report)
            if label is None:
                continue
            entry: Entry = {"label": label}
            fluency = first_of(details, "fluency", "level", "proficiency")
            put(entry, "fluency", line(fluency, "languages", LABEL_CHARS_MAX, report))
            languages.append(entry)
    if len(languages) > LANGUAGES_MAX:
        report.note(f"there are more than {LANGUAGES_MAX} languages; the first were kept")
    return languages[:LANGUAGES_MAX]


def _read_interests(loose: object, report: Report) -> list[Value]:
    texts: list[object] = []
    for element in elements(loose):
        if isinstance(element, dict):
            texts += elements(first_of(element, "name") or element.get("keywords"))
        else:
            texts += split_words(element)
    labels = [line(text, "interests", LABEL_CHARS_MAX, report) for text in texts]
    interests: list[Value] = [label for label in labels if label]
    if len(interests) > INTERESTS_MAX:
        report.note(f"there are more than {INTERESTS_MAX} interests; the first were kept")
    return interests[:INTERESTS_MAX]
