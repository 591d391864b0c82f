"""Reading résumés: what gets into a profile, what does not, and what is no résumé."""

import codecs
import json
from typing import Any

import pytest

from folkmoot.canonical import Value, encode
from folkmoot.kinds.people import PROFILE
from folkmoot_node.errors import ExitCode, FileError
from folkmoot_node.importing import PROFILE_BODY_BYTES_MAX, ImportedProfile, read_resume
from folkmoot_node.importing.document import DEPTH_MAX, FILE_BYTES_MAX

DAY = 20_000


def read(resume: object) -> ImportedProfile:
    imported = read_resume(json.dumps(resume, ensure_ascii=False).encode(), day=DAY)
    PROFILE.shape.check({"name": "Nobody", **imported.body}, "body")
    return imported


def body_of(**sections: object) -> dict[str, Any]:
    return read({"basics": {"name": "Ada"}, **sections}).body


def refusal(data: bytes) -> FileError:
    with pytest.raises(FileError) as caught:
        read_resume(data, day=DAY)
    assert caught.value.advice
    assert caught.value.exit_code == ExitCode.BAD_FILE
    return caught.value


def test_a_whole_resume_becomes_a_profile() -> None:
    imported = read(
        {
            "basics": {"name": "Ada", "label": "Engineer", "summary": "One.\nTwo."},
            "skills": [{"name": "Web", "level": "Master", "keywords": ["HTML", "CSS"]}],
            "languages": [{"language": "English", "fluency": "Native"}],
            "work": [
                {
                    "name": "Acme",
                    "position": "Lead",
                    "startDate": "2014-06-29",
                    "endDate": "Present",
                    "summary": "Led.",
                    "highlights": ["a", "b"],
                }
            ],
            "education": [{"institution": "U", "area": "Physics", "studyType": "BSc", "endDate": "2010"}],
            "projects": [{"name": "P", "description": "D", "url": "https://p.example", "roles": ["Lead"]}],
            "certificates": [{"name": "C", "issuer": "I", "date": "2020-01"}],
            "awards": [{"title": "A", "awarder": "W", "date": "2021"}],
            "publications": [{"name": "B", "publisher": "P", "releaseDate": "2022-02-02"}],
            "volunteer": [{"position": "Helper", "organization": "O", "startDate": "2019"}],
            "interests": [{"name": "Tea", "keywords": ["green"]}],
        }
    )
    said = {"claim": "self-asserted"}
    expected: dict[str, Value] = {
        "name": "Ada",
        "headline": "Engineer",
        "summary": "One.\nTwo.",
        "skills": [{"label": "Web", "level": "Master"}, {"label": "HTML"}, {"label": "CSS"}],
        "languages": [{"label": "English", "fluency": "Native"}],
        "work": [
            {
                "title": "Lead",
                "organisation": "Acme",
                "from": "2014-06-29",
                "summary": "Led.",
                "highlights": ["a", "b"],
                **said,
            }
        ],
        "education": [{"institution": "U", "area": "Physics", "qualification": "BSc", "to": "2010", **said}],
        "projects": [{"summary": "D", "title": "P", "uri": "https://p.example", "roles": ["Lead"], **said}],
        "credentials": [
            {"title": "C", "issuer": "I", "day": "2020-01", **said},
            {"title": "A", "issuer": "W", "day": "2021", **said},
            {"title": "B", "issuer": "P", "day": "2022-02-02", **said},
            {"title": "Helper", "issuer": "O", "day": "2019", **said},
        ],
        "interests": ["Tea"],
        "source": {"format": "jsonresume-1.0.0", "day": DAY},
    }
    assert imported.body == expected
    assert imported.notes == ()
    assert imported.left_out == ()


def test_contact_data_is_left_out_and_every_kind_of_it_is_named() -> None:
    imported = read(
        {
            "basics": {
                "name": "Ada",
                "email": "ada@x.example",
                "phone": "+44 20 7946 0000",
                "url": "https://ada.example",
                "image": "me.png",
                "summary": "Ring +44 20 7946 0001 or t.me/ada",
                "profiles": [{"network": "X", "username": "ada"}],
                "location": {"address": "1 Road", "postalCode": "N1", "city": "London", "countryCode": "GB"},
            },
            "references": [{"name": "Bob", "reference": "Good."}],
            "work": [{"name": "Acme", "summary": "Boss: bob@acme.example"}],
        }
    )
    assert [entry.what for entry in imported.left_out] == [
        "telephone number in summary",
        "contact link in summary",
        "e-mail address",
        "telephone number",
        "personal web address",
        "social profiles",
        "picture",
        "street address",
        "postal code",
        "e-mail address in work[0].summary",
        "references",
    ]
    assert imported.body["summary"] == "Ring [contact left out] or [contact left out]"
    assert imported.body["location"] == {"city": "London", "country": "GB"}
    encoded = encode(imported.body)
    assert not any(secret in encoded for secret in (b"7946", b"ada@", b"bob@", b"t.me", b"1 Road", b"Good."))


def test_older_drafts_and_plain_texts_are_read_as_what_they_mean() -> None:
    body = body_of(
        work=[
            {"company": "Acme", "position": "Dev", "website": "x", "date": "10/2020-Present"},
            "Gardener",
            None,
            3,
        ],
        skills="Python, SQL (Postgres, MySQL)",
        languages=["English", {"name": "French", "level": 3}],
        interests="tea, cake",
        education={"institution": "U"},
        certifications=[{"title": "C", "organization": "O"}],
    )
    assert [entry.get("organisation") for entry in body["work"]] == ["Acme", "Gardener"]
    assert body["work"][0]["from"] == "2020-10"
    assert [skill["label"] for skill in body["skills"]] == ["Python", "SQL (Postgres, MySQL)"]
    assert body["languages"] == [{"label": "English"}, {"label": "French", "fluency": "3"}]
    assert body["interests"] == ["tea", "cake"]
    assert body["education"][0]["institution"] == "U"
    assert body["credentials"][0]["issuer"] == "O"


def test_skills_grouped_under_names_of_their_own_keep_their_levels() -> None:
    body = body_of(skills={"tools": [{"name": "vim", "level": 5}], "languages": ["C", "c"]})
    assert body["skills"] == [{"label": "vim", "level": "5"}, {"label": "C"}]


@pytest.mark.parametrize("nothing", [None, "", [], {}, 0, False, [None], [{}], [[]], [""], [{"name": None}]])
def test_a_section_with_nothing_in_it_is_left_out(nothing: object) -> None:
    sections = ("work", "skills", "languages", "education", "projects", "awards", "interests", "references")
    body = read({"basics": {"name": "Ada", "label": nothing}, **dict.fromkeys(sections, nothing)}).body
    assert set(body) <= {"name", "source", "headline"}


def test_a_date_that_cannot_be_read_is_left_out_with_a_note() -> None:
    imported = read(
        {"basics": {"name": "A"}, "work": [{"name": "X", "startDate": "once", "endDate": "05/06/2014"}]}
    )
    assert imported.body["work"] == [{"organisation": "X", "to": "2014", "claim": "self-asserted"}]
    assert imported.notes == (
        "the date in work[0].startDate could not be read and was left out",
        "day and month in work[0].endDate could be either way round, so only the year was taken",
    )


def test_lists_are_bounded_and_the_rest_is_counted() -> None:
    imported = read(
        {
            "basics": {"name": "A"},
            "work": [{"name": f"w{number}", "highlights": ["h"] * 9} for number in range(30)],
            "skills": [f"s{number}" for number in range(70)],
            "awards": [{"title": f"a{number}"} for number in range(20)],
            "publications": [{"name": f"p{number}"} for number in range(20)],
        }
    )
    lengths = {key: len(value) for key, value in imported.body.items() if isinstance(value, list)}
    assert lengths == {"work": 24, "skills": 64, "credentials": 24}
    assert "work has more than 24 entries; the last 6 were left out" in imported.notes


def test_a_profile_over_its_bound_loses_old_highlights_first_and_says_so() -> None:
    work = [
        {"name": f"w{year}", "startDate": str(year), "endDate": str(year), "highlights": ["h" * 200] * 8}
        for year in range(2010, 2022)
    ]
    imported = read({"basics": {"name": "A"}, "work": work})
    assert len(encode(imported.body)) <= PROFILE_BODY_BYTES_MAX
    entries = imported.body["work"]
    assert isinstance(entries, list)
    kept = [str(entry["from"]) for entry in entries if isinstance(entry, dict) and "highlights" in entry]
    assert kept == [str(year) for year in range(2016, 2022)]
    assert imported.notes == (
        "the profile was over 12000 bytes, so highlights were dropped, oldest work first (6 times)",
    )


def test_the_largest_resume_still_fits() -> None:
    """Every field at its bound, in characters of four bytes each."""
    wide = "\U0001f600"
    imported = read(
        {
            "basics": {"name": wide * 200, "label": wide * 300, "summary": wide * 3000},
            "skills": [wide * 60 + str(number) for number in range(80)],
            "languages": [{"language": wide * 80, "fluency": wide * 80} for _ in range(20)],
            "work": [{"name": wide * 200, "position": wide * 200, "summary": wide * 700}] * 30,
            "education": [{"institution": wide * 200, "area": wide * 200, "studyType": wide * 200}] * 20,
            "projects": [{"name": wide * 200, "description": wide * 700, "roles": [wide * 80] * 9}] * 30,
            "awards": [{"title": wide * 200, "awarder": wide * 200}] * 30,
            "interests": [wide * 80] * 20,
        }
    )
    assert len(encode(imported.body)) <= PROFILE_BODY_BYTES_MAX
    assert imported.body["summary"] == wide * 1999 + "…"


def test_shortening_is_the_same_every_time() -> None:
    resume = {"basics": {"name": "A"}, "work": [{"name": f"w{i}", "summary": "x" * 900} for i in range(24)]}
    assert read(resume) == read(resume)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_any_unicode_encoding_is_read(encoding: str) -> None:
    data = json.dumps({"basics": {"name": "Zoë"}}, ensure_ascii=False).encode(encoding)
    assert read_resume(data, day=DAY).body["name"] == "Zoë"


def test_raw_line_breaks_nan_and_keys_given_twice_are_tolerated() -> None:
    basics = b'{"name": "A", "name": "B", "summary": "one\ntwo\t3"}'
    data = b'{"basics": ' + basics + b', "work": NaN, "skills": [1e999, -Infinity]}'
    imported = read_resume(data, day=DAY)
    assert imported.body == {
        "name": "B",
        "summary": "one\ntwo 3",
        "source": {"format": "jsonresume-1.0.0", "day": DAY},
    }
    assert len(imported.notes) == 2


def test_lone_surrogates_and_huge_numbers_do_no_harm() -> None:
    data = b'{"basics": {"name": "A\\ud800", "label": 1' + b"0" * 5000 + b', "summary": 3.50}}'
    assert read_resume(data, day=DAY).body["name"] == "A"


def test_a_resume_inside_a_list_or_under_a_name_is_found() -> None:
    assert read([{"basics": {"name": "A"}}]).body["name"] == "A"
    assert read({"resume": {"basics": {"name": "A"}}}).notes == ("the résumé was found inside `resume`",)


def test_unknown_sections_are_named_in_a_note() -> None:
    imported = read({"basics": {"name": "A"}, "hobbies": [], "meta": {}, "$schema": "x"})
    assert imported.notes == ("sections that JSON Resume does not know were not read: hobbies",)


def test_a_resume_without_a_name_says_so() -> None:
    imported = read_resume(b'{"basics": {}}', day=DAY)
    assert imported.body == {"source": {"format": "jsonresume-1.0.0", "day": DAY}}
    assert imported.notes == ("the file names nobody; a profile needs a name before it is published",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (codecs.BOM_UTF8, "the file is empty"),
        (b"{", "this is not JSON: expecting property name enclosed in double quotes at line 1, column 2"),
        (b'{"a": 1,\n "b": }', "this is not JSON: expecting value at line 2, column 7"),
        (b"hello", "this is not JSON: expecting value at line 1, column 1"),
        (b"%PDF-1.7 x", "this is a PDF, not a JSON Resume file"),
        (b"PK\x03\x04xyz", "this is a ZIP archive or an office document, not a JSON Resume file"),
        (b'{"a": "\xff"}', "this is not Unicode text: the byte at position 7 cannot be read"),
        (b"3", "this is not a résumé: the file holds a number, not an object"),
        (b'"x"', "this is not a résumé: the file holds a text, not an object"),
        (b"null", "this is not a résumé: the file holds a single word, not an object"),
        (b"[1, 2]", "this is not a résumé: the file holds a list of 2, not an object"),
        (b"{}", "this is not a résumé: it has no `basics` nor any other known section; it is an empty object"),
        (
            b'{"basic": {}, "x": 1}',
            "this is not a résumé: it has no `basics` nor any other known section; it has only `basic`, `x`",
        ),
        (
            b'{"basics": 3}',
            "this is not a résumé: it has no `basics` nor any other known section; it has only `basics`",
        ),
        (
            b'{"@type": "JobPosting", "title": "x", "skills": ["y"]}',
            "this is not a résumé: it looks like a JobPosting (use `folkmoot opportunity import`)",
        ),
        (b'{"@type": "Person", "skills": ["y"]}', "this is not a résumé: it looks like JSON-LD of type Person"),
        (
            b'{"title": "x", "company": "y", "description": "z", "skills": []}',
            "this is not a résumé: it looks like a description of a job",
        ),
        (
            b'{"name": "x", "dependencies": {}, "projects": []}',
            "this is not a résumé: it looks like the settings of a software project",
        ),
    ],
)
def test_what_is_no_resume_is_refused_with_one_clear_sentence(data: bytes, message: str) -> None:
    assert refusal(data).message == message


def test_a_file_over_the_bound_is_refused_unread() -> None:
    assert str(FILE_BYTES_MAX) in refusal(b" " * (FILE_BYTES_MAX + 1)).message


def test_deep_nesting_is_refused_where_it_gets_too_deep() -> None:
    data = b'{"basics":\n' + b"[" * 200_000
    assert (
        refusal(data).message
        == f"the file is nested more than {DEPTH_MAX} levels deep at line 2, column {DEPTH_MAX}"
    )


def test_brackets_inside_strings_are_no_nesting() -> None:
    name = '\\"' + "[" * 1000
    assert read_resume(f'{{"basics": {{"name": "{name}"}}}}'.encode(), day=DAY).body["name"]
