"""Reading job postings: however they are wrapped, and what is none."""

import json
from typing import Any

import pytest

from folkmoot.canonical import encode
from folkmoot.kinds.work import OPPORTUNITY
from folkmoot.limits import DAY_MS
from folkmoot_node.errors import FileError, RefusedError
from folkmoot_node.importing import OPPORTUNITY_BODY_BYTES_MAX, ImportedOpportunity, read_posting
from folkmoot_node.importing.posting import BIDS_CLOSE_DAYS_MAX

NOW_MS = 1_800_000_000_000  # 2027-01-15
LATER_MS = NOW_MS + 20 * DAY_MS
POSTING = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Guide",
    "description": "Make a guide.",
}


def read(document: object, *, closes_ms: int | None = None) -> ImportedOpportunity:
    imported = read_posting(json.dumps(document).encode(), now_ms=NOW_MS, closes_ms=closes_ms)
    OPPORTUNITY.shape.check({"bids_close": LATER_MS, **imported.body, "decide_by": LATER_MS}, "body")
    return imported


def body_of(**fields: object) -> dict[str, Any]:
    return read(POSTING | fields).body


def refusal(data: bytes) -> str:
    with pytest.raises(FileError) as caught:
        read_posting(data, now_ms=NOW_MS)
    assert caught.value.advice
    return caught.value.message


def test_the_least_posting_becomes_an_opportunity() -> None:
    assert read(POSTING).body == {
        "title": "Guide",
        "need": "Make a guide.",
        "roles": [{"title": "Guide", "seats": 1}],
        "source": {"format": "schema.org/JobPosting", "day": NOW_MS // DAY_MS},
    }


@pytest.mark.parametrize(
    "document",
    [
        [POSTING],
        {"@graph": [{"@type": "Organization"}, POSTING]},
        {"@type": "WebPage", "mainEntity": POSTING},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": POSTING}]},
        POSTING | {"@type": ["Thing", "JobPosting"]},
        POSTING | {"@type": "https://schema.org/JobPosting"},
        POSTING | {"@type": "http://schema.org/JobPosting"},
        POSTING | {"@type": "schema:JobPosting"},
        {"@type": "schema:JobPosting", "schema:title": "Guide", "schema:description": {"@value": "Make a guide."}},
        [
            {
                "@type": ["http://schema.org/JobPosting"],
                "http://schema.org/title": [{"@value": "Guide"}],
                "http://schema.org/description": [{"@value": "Make a guide."}],
            }
        ],
    ],
)
def test_a_posting_is_found_however_it_is_wrapped(document: object) -> None:
    body = read(document).body
    assert (body["title"], body["need"]) == ("Guide", "Make a guide.")


def test_a_saved_page_is_searched_for_its_json_ld() -> None:
    page = f'<html><script type="application/ld+json">\n{json.dumps(POSTING)}</script><p>x</p></html>'
    imported = read_posting(page.encode(), now_ms=NOW_MS)
    assert imported.body["title"] == "Guide"
    assert imported.notes == ("the file is a web page; its embedded JSON-LD was read",)


def test_a_broken_block_of_a_page_is_passed_over_beside_a_good_one() -> None:
    block = '<script type="application/ld+json">{}</script>'
    page = block.format("{broken") + block.format(json.dumps(POSTING))
    assert read_posting(page.encode(), now_ms=NOW_MS).body["title"] == "Guide"
    assert refusal(block.format("{broken").encode()).startswith("this is not JSON: ")


def test_contact_data_is_no_skill() -> None:
    imported = read(POSTING | {"skills": "Python, jobs@acme.example"})
    assert imported.body["skills"] == ["Python"]
    assert imported.left_out[0].what == "e-mail address in skills"


def test_references_inside_a_graph_are_followed() -> None:
    organisation = {"@type": "Organization", "@id": "#o", "name": "Acme", "email": "jobs@acme.example"}
    imported = read({"@graph": [POSTING | {"hiringOrganization": {"@id": "#o"}}, organisation]})
    assert imported.body["client_name"] == "Acme"
    assert imported.left_out[0].what == "e-mail address of the hiring organisation"


def test_the_first_of_several_postings_is_read_and_the_others_are_counted() -> None:
    imported = read([POSTING, POSTING | {"title": "Other"}])
    assert imported.body["title"] == "Guide"
    assert imported.notes == ("the file holds 2 job postings; the first was read",)


@pytest.mark.parametrize(
    ("loose", "name"),
    [
        ("Acme", "Acme"),
        ({"name": "Acme"}, "Acme"),
        ([{"legalName": "Acme Ltd"}], "Acme Ltd"),
        ("confidential", None),
        (None, None),
        ({"name": None}, None),
    ],
)
def test_the_client_is_named_as_written(loose: object, name: str | None) -> None:
    assert body_of(hiringOrganization=loose).get("client_name") == name


@pytest.mark.parametrize(
    "skills",
    [
        "Python, SQL, Drawing.",
        ["Python", "SQL", "Drawing", "python"],
        [{"@type": "DefinedTerm", "name": "Python"}, {"name": "SQL"}, "Drawing", None],
        "<ul><li>Python</li><li>SQL</li><li>Drawing</li></ul>",
    ],
)
def test_skills_come_in_every_form(skills: object) -> None:
    body = body_of(skills=skills)
    assert body["skills"] == body["roles"][0]["skills"] == ["Python", "SQL", "Drawing"]


def test_a_sentence_is_no_skill() -> None:
    imported = read(
        POSTING | {"skills": "You have worked for many years with all kinds of tools and people everywhere"}
    )
    assert "skills" not in imported.body
    assert imported.notes == ("1 of the skills are longer than 64 characters and were left out",)


@pytest.mark.parametrize(
    ("openings", "seats"), [(3, 3), ("4", 4), (0, 1), (-2, 1), (500, 16), (None, 1), ("many", 1)]
)
def test_openings_are_seats_within_bounds(openings: object, seats: int) -> None:
    assert body_of(totalJobOpenings=openings)["roles"][0]["seats"] == seats


def test_occupations_become_roles_when_there_are_openings_for_all() -> None:
    occupations = [{"@type": "Occupation", "name": "Writer", "skills": "Prose"}, {"name": "Painter"}]
    two = body_of(relevantOccupation=occupations, totalJobOpenings=2)
    assert two["roles"] == [{"title": "Writer", "seats": 1, "skills": ["Prose"]}, {"title": "Painter", "seats": 1}]
    assert len(body_of(relevantOccupation=occupations, totalJobOpenings=1)["roles"]) == 1
    assert len(body_of(relevantOccupation=occupations[0], totalJobOpenings=5)["roles"]) == 1


@pytest.mark.parametrize(
    ("fields", "budget"),
    [
        (
            {"baseSalary": {"currency": "USD", "value": {"minValue": 10, "maxValue": "20.50", "unitText": "HOUR"}}},
            {"model": "hour", "currency": "USD", "min_minor": 1000, "max_minor": 2050},
        ),
        (
            {"baseSalary": {"currency": "JPY", "value": {"value": 285000, "unitText": "MONTH"}}},
            {"model": "month", "currency": "JPY", "min_minor": 285000, "max_minor": 285000},
        ),
        (
            {"baseSalary": "50000-60000", "salaryCurrency": "EUR", "employmentType": "FULL_TIME"},
            {"model": "year", "currency": "EUR", "min_minor": 5000000, "max_minor": 6000000},
        ),
        (
            {"baseSalary": 5000, "salaryCurrency": "KWD"},
            {"model": "fixed", "currency": "KWD", "min_minor": 5000000, "max_minor": 5000000},
        ),
        (
            {"baseSalary": {"currency": "EUR", "value": {"minValue": 30, "maxValue": 20, "unitText": "DAY"}}},
            {"model": "day", "currency": "EUR", "min_minor": 2000, "max_minor": 3000},
        ),
        ({"baseSalary": {"currency": "EUR", "value": {"minValue": "0.00", "unitText": "HOUR"}}}, None),
        ({"baseSalary": {"currency": "EUR", "value": {"unitText": "MONTH"}}}, None),
        ({"baseSalary": "$50,000"}, None),
        ({"baseSalary": 10**17, "salaryCurrency": "EUR"}, None),
        ({"baseSalary": 10**15, "salaryCurrency": "EUR"}, None),
        ({"baseSalary": None}, None),
    ],
)
def test_a_salary_becomes_a_budget_in_minor_units(fields: dict[str, object], budget: object) -> None:
    assert body_of(**fields).get("budget") == budget


@pytest.mark.parametrize(
    ("fields", "location"),
    [
        (
            {"jobLocation": {"address": {"addressLocality": "Lyon", "addressCountry": {"name": "France"}}}},
            {"city": "Lyon", "country": "FR"},
        ),
        ({"jobLocation": [{"address": {}}, {"address": {"addressCountry": "DE"}}]}, {"country": "DE"}),
        ({"jobLocation": "Berlin, Germany"}, {"city": "Berlin", "country": "DE"}),
        ({"jobLocation": {"address": "Berlin, Germany"}}, {"city": "Berlin", "country": "DE"}),
        ({"jobLocation": {"address": ["Berlin, Germany"]}}, {"city": "Berlin", "country": "DE"}),
        ({"jobLocation": {"name": "Berlin"}}, {"city": "Berlin"}),
        ({"jobLocationType": "TELECOMMUTE"}, {"remote": True}),
        (
            {"jobLocation": {"address": {"addressLocality": "Remote", "addressCountry": "Worldwide"}}},
            {"remote": True},
        ),
        (
            {"jobLocation": {"address": {"addressLocality": "United States", "addressCountry": "US"}}},
            {"country": "US"},
        ),
        (
            {"jobLocation": {"address": {"addressLocality": "75001 Paris", "streetAddress": "1 rue"}}},
            {"city": "Paris"},
        ),
        ({"jobLocation": None}, None),
    ],
)
def test_a_place_is_read_without_its_street(fields: dict[str, object], location: object) -> None:
    assert body_of(**fields).get("location") == location


def test_contact_data_is_left_out_of_a_posting_and_named() -> None:
    imported = read(
        POSTING
        | {
            "description": "<p>Write to jobs@acme.example or +44 20 7946 0001.</p>",
            "applicationContact": {"email": "jobs@acme.example"},
            "hiringOrganization": {"name": "Acme", "telephone": "1", "address": {"streetAddress": "x"}},
        }
    )
    assert imported.body["need"] == "Write to [contact left out] or [contact left out]."
    assert [entry.what for entry in imported.left_out] == [
        "e-mail address in description",
        "telephone number in description",
        "contact for applications",
        "telephone number of the hiring organisation",
        "address of the hiring organisation",
    ]


def test_the_need_gathers_what_other_fields_ask_for() -> None:
    body = body_of(responsibilities=["Draw", "Write"], qualifications="Two finished works.")
    assert body["need"] == "Make a guide.\n\nResponsibilities: Draw, Write\n\nQualifications: Two finished works."


def test_title_and_description_stand_in_for_each_other() -> None:
    assert read({"@type": "JobPosting", "title": "Guide"}).body["need"] == "Guide"
    assert read({"@type": "JobPosting", "description": "One.\nTwo."}).body["title"] == "One."


def test_a_posting_that_says_nothing_is_refused() -> None:
    assert refusal(b'{"@type": "JobPosting"}') == "this JobPosting has neither a title nor a description"


def test_the_closing_date_is_the_end_of_its_day() -> None:
    assert body_of(validThrough="2027-02-01")["bids_close"] == 1_801_526_399_999
    assert body_of(validThrough="2027-02-01T12:00:00+02:00")["bids_close"] == 1_801_476_000_000


def test_a_posting_that_has_closed_is_refused_unless_a_new_date_is_given() -> None:
    closed = POSTING | {"validThrough": "2024-05-01"}
    with pytest.raises(RefusedError) as caught:
        read(closed)
    assert caught.value.message == "the posting closed on 2024-05-01"
    assert caught.value.advice == "give --closes to set a new date"
    assert read(closed, closes_ms=LATER_MS).body["bids_close"] == LATER_MS


@pytest.mark.parametrize("written", [None, "", "when filled", [], {}])
def test_without_a_closing_date_the_caller_chooses(written: object) -> None:
    assert "bids_close" not in body_of(validThrough=written)


def test_a_closing_date_beyond_the_life_of_a_record_is_left_out() -> None:
    imported = read(POSTING | {"validThrough": "2036-05-31"})
    assert "bids_close" not in imported.body
    assert "2036-05-31" in imported.notes[0]
    assert BIDS_CLOSE_DAYS_MAX > 365


def test_start_engagement_language_and_address_are_read() -> None:
    body = body_of(
        jobStartDate="2027-03-01",
        employmentType=["FULL_TIME", "https://schema.org/CONTRACTOR", "full-time"],
        inLanguage={"@type": "Language", "alternateName": "de-CH"},
        mainEntityOfPage={"@id": "https://x.example/1"},
    )
    assert body["start_day"] == 20_878
    assert body["engagement"] == "full-time, contractor"
    assert body["language"] == "de-CH"
    assert body["uri"] == "https://x.example/1"


def test_a_start_that_is_no_whole_day_is_left_out_with_a_note() -> None:
    imported = read(POSTING | {"jobStartDate": "2027-03"})
    assert "start_day" not in imported.body
    assert imported.notes == ("jobStartDate is not a whole date since 1970, so the day of the start was left out",)


def test_the_largest_posting_fits() -> None:
    wide = "\U0001f600"
    skills = [wide * 60 + str(number) for number in range(40)]
    imported = read(
        POSTING
        | {
            "title": wide * 300,
            "description": (wide * 9 + " ") * 900,
            "skills": skills,
            "totalJobOpenings": 16,
            "relevantOccupation": [{"name": f"{wide * 90}{number}", "skills": skills} for number in range(16)],
        }
    )
    assert len(encode(imported.body)) <= OPPORTUNITY_BODY_BYTES_MAX
    assert any("was over 12000 bytes" in note for note in imported.notes)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "this is not JSON: expecting property name enclosed in double quotes at line 1, column 2"),
        (b"<html></html>", "this is a web page without any JSON-LD in it, not a JobPosting"),
        (b"[]", "this is not a JobPosting: it is empty"),
        (b"7", "this is not a JobPosting: the file holds a single value, not an object"),
        (b'{"title": "x"}', "this is not a JobPosting: it has no `@type`, only title"),
        (b'{"@type": "Event", "title": "x"}', "this is not a JobPosting: it is of type Event"),
        (b'{"basics": {}}', "this is not a JobPosting: it looks like a résumé (use `folkmoot profile import`)"),
    ],
)
def test_what_is_no_posting_is_refused_with_one_clear_sentence(data: bytes, message: str) -> None:
    assert refusal(data) == message
