"""The example files are what they claim to be, and the readers take all of them without a remark."""

import json
import re
from pathlib import Path

import pytest
from support import posting_terms, resume_schema

from folkmoot.canonical import encode
from folkmoot.kinds.people import PROFILE
from folkmoot.kinds.work import OPPORTUNITY
from folkmoot_node.importing import find_contacts, read_posting, read_resume
from folkmoot_node.importing.dates import closing_ms

EXAMPLES = Path(__file__).parents[2] / "examples"
RESUMES = sorted((EXAMPLES / "resumes").glob("*.json"))
POSTINGS = sorted((EXAMPLES / "postings").glob("*.jsonld"))

NOW_MS = 1_795_000_000_000  # November 2026
CLOSES_MS = NOW_MS + 30 * 86_400_000
DAY = NOW_MS // 86_400_000


def test_there_are_five_people_and_three_calls() -> None:
    assert [path.stem for path in RESUMES] == ["carl", "dana", "eli", "fay", "gus"]
    assert [path.stem for path in POSTINGS] == ["archive-digitisation", "museum-guide-app", "winter-campaign"]


@pytest.mark.parametrize("path", RESUMES, ids=lambda path: path.stem)
def test_a_resume_follows_the_published_format(path: Path) -> None:
    assert resume_schema.faults(json.loads(path.read_text("utf-8"))) == []


def test_the_check_of_resumes_finds_faults() -> None:
    faulty = {"basics": {"nmae": "x", "email": "nobody"}, "work": [{"startDate": "June 2014", "url": "no"}]}
    assert len(resume_schema.faults(faulty)) == 4


@pytest.mark.parametrize("path", POSTINGS, ids=lambda path: path.stem)
def test_a_posting_uses_only_names_of_schema_org_and_has_what_search_engines_ask_for(path: Path) -> None:
    assert posting_terms.faults(json.loads(path.read_text("utf-8"))) == []


def test_the_check_of_postings_finds_faults() -> None:
    faulty = {"@type": "JobPosting", "title": "x", "titel": "x", "jobLocation": {"@type": "Plaice"}}
    assert posting_terms.faults(faulty) == [
        "JobPosting has no property titel",
        *(f"{key} is missing" for key in ("baseSalary", "datePosted", "description", "employmentType")),
        "hiringOrganization is missing",
        "validThrough is missing",
        "unknown type Plaice",
    ]


@pytest.mark.parametrize("path", RESUMES, ids=lambda path: path.stem)
def test_a_resume_becomes_a_whole_profile_without_a_remark(path: Path) -> None:
    imported = read_resume(path.read_bytes(), day=DAY)
    PROFILE.shape.check(imported.body, "body")
    assert imported.notes == ()
    for key in (
        "name",
        "headline",
        "summary",
        "skills",
        "languages",
        "work",
        "education",
        "credentials",
        "location",
    ):
        assert key in imported.body


@pytest.mark.parametrize("path", RESUMES, ids=lambda path: path.stem)
def test_no_address_of_a_person_gets_into_a_profile(path: Path) -> None:
    basics = json.loads(path.read_text("utf-8"))["basics"]
    imported = read_resume(path.read_bytes(), day=DAY)
    encoded = encode(imported.body).decode("utf-8", "replace")
    assert basics["email"] not in encoded
    assert basics["phone"] not in encoded
    assert {"e-mail address", "telephone number"} <= {entry.what for entry in imported.left_out}


@pytest.mark.parametrize("path", POSTINGS, ids=lambda path: path.stem)
def test_a_posting_becomes_a_whole_opportunity(path: Path) -> None:
    imported = read_posting(path.read_bytes(), now_ms=NOW_MS, closes_ms=CLOSES_MS)
    OPPORTUNITY.shape.check(imported.body | {"decide_by": CLOSES_MS}, "body")
    assert imported.notes == ()
    assert {"need", "client_name", "budget", "location", "skills", "start_day", "uri"} <= imported.body.keys()
    assert not find_contacts(str(imported.body["need"]))


def test_the_museum_seeks_three_different_people() -> None:
    imported = read_posting((EXAMPLES / "postings" / "museum-guide-app.jsonld").read_bytes(), now_ms=NOW_MS)
    roles = imported.body["roles"]
    assert isinstance(roles, list)
    assert [(role["title"], role["seats"]) for role in roles if isinstance(role, dict)] == [
        ("Backend developer", 1),
        ("Illustrator", 1),
        ("Video and sound editor", 1),
    ]


@pytest.mark.parametrize("path", POSTINGS, ids=lambda path: path.stem)
def test_a_posting_does_not_close_before_2036(path: Path) -> None:
    """Examples that expire would break every guide that uses them."""
    written = re.search(r'validThrough": "([^"]+)"', path.read_text("utf-8"))
    assert written is not None
    assert (closing_ms(written.group(1)) or 0) > 2_082_758_400_000


def test_the_examples_are_explained() -> None:
    text = (EXAMPLES / "resumes" / "README.md").read_text("utf-8")
    assert all(path.name in text for path in (*RESUMES, *POSTINGS))
