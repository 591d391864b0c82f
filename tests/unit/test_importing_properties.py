"""Laws of the readers over all bytes: a body within every rule, or one of two errors, never anything else."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.canonical import encode
from folkmoot.kinds.people import PROFILE
from folkmoot.kinds.work import OPPORTUNITY
from folkmoot_node.errors import FileError, RefusedError
from folkmoot_node.importing import OPPORTUNITY_BODY_BYTES_MAX, PROFILE_BODY_BYTES_MAX, read_posting, read_resume

NOW_MS = 1_800_000_000_000
RESUME: dict[str, Any] = {
    "basics": {
        "name": "Ada",
        "email": "ada@x.example",
        "summary": "Ring +44 20 7946 0001",
        "location": {"city": "Paris", "countryCode": "FR"},
        "profiles": [{"network": "X"}],
    },
    "work": [
        {"name": "Acme", "position": "Lead", "startDate": "2014-06", "endDate": "Present", "highlights": ["a"]}
    ],
    "volunteer": [{"organization": "O", "position": "P"}],
    "education": [{"institution": "U", "endDate": "2010"}],
    "awards": [{"title": "A", "date": "2021"}],
    "skills": [{"name": "Web", "level": "Master", "keywords": ["HTML"]}],
    "languages": [{"language": "English"}],
    "interests": [{"name": "Tea"}],
    "projects": [{"name": "P", "url": "https://p.example", "roles": ["R"]}],
}
POSTING: dict[str, Any] = {
    "@type": "JobPosting",
    "title": "Guide",
    "description": "<p>Make &amp; do</p>",
    "baseSalary": {"currency": "EUR", "value": {"minValue": 1, "maxValue": 2, "unitText": "HOUR"}},
    "hiringOrganization": {"name": "Acme"},
    "jobLocation": [{"address": {"addressLocality": "Paris", "addressCountry": "FR"}}],
    "relevantOccupation": [{"name": "A", "skills": "x"}, {"name": "B"}],
    "totalJobOpenings": 2,
    "skills": ["a", {"name": "b"}],
    "validThrough": "2027-06-01",
    "jobStartDate": "2027-07-01",
    "employmentType": "CONTRACTOR",
    "url": "https://x.example",
}

odd_texts = st.sampled_from(
    [
        "",
        "Present",
        "2014",
        "2014-06-29T10:00:00+02:00",
        "x" * 5000,
        "<p><![CDATA[x",
        "a@b.example",
        "\u202e\ud800\x00",
        "50k-60k €",
        "1e999",
        "-",
        "\U0001f600" * 900,
        "@id",
        "http://[",
        "9999-12-31T23:59:59-23:59",
        "2027-05-01T25:61:61+99:99",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | odd_texts
keys = st.sampled_from(
    sorted({*RESUME, *POSTING, *RESUME["basics"], "@graph", "@id", "@value", "name", "value", "address", "date"})
)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
)


def check_resume(data: bytes) -> None:
    with suppress(FileError):
        imported = read_resume(data, day=20_000)
        assert len(encode(imported.body)) <= PROFILE_BODY_BYTES_MAX
        PROFILE.shape.check({"name": "x", **imported.body}, "body")


def check_posting(data: bytes) -> None:
    with suppress(FileError, RefusedError):
        imported = read_posting(data, now_ms=NOW_MS)
        assert len(encode(imported.body)) <= OPPORTUNITY_BODY_BYTES_MAX
        OPPORTUNITY.shape.check({"bids_close": 1, **imported.body, "decide_by": 1}, "body")


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=200))
def test_arbitrary_bytes_do_no_harm(data: bytes) -> None:
    check_resume(data)
    check_posting(data)


@settings(deadline=None)  # the machine may be busy
@given(trees)
def test_arbitrary_json_does_no_harm(tree: object) -> None:
    data = json.dumps(tree).encode()
    check_resume(data)
    check_posting(data)


def mutated(tree: object, path: list[int], value: object) -> object:
    """Put a value at the place in a tree that a list of choices leads to."""
    if not path or not isinstance(tree, dict | list) or not tree:
        return value
    if isinstance(tree, dict):
        key = sorted(tree)[path[0] % len(tree)]
        return tree | {key: mutated(tree[key], path[1:], value)}
    index = path[0] % len(tree)
    return [*tree[:index], mutated(tree[index], path[1:], value), *tree[index + 1 :]]


paths = st.lists(st.integers(0, 20), min_size=1, max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(paths, trees), min_size=1, max_size=4))
def test_a_resume_with_anything_in_any_place_does_no_harm(changes: list[tuple[list[int], object]]) -> None:
    tree: object = RESUME
    for path, value in changes:
        tree = mutated(tree, path, value)
    check_resume(json.dumps(tree).encode())


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(paths, trees), min_size=1, max_size=4))
def test_a_posting_with_anything_in_any_place_does_no_harm(changes: list[tuple[list[int], object]]) -> None:
    tree: object = POSTING
    for path, value in changes:
        tree = mutated(tree, path, value)
    check_posting(json.dumps(tree).encode())


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, 400), st.binary(max_size=3), st.sampled_from([RESUME, POSTING]))
def test_damaged_files_do_no_harm(at: int, damage: bytes, tree: dict[str, Any]) -> None:
    whole = json.dumps(tree).encode()
    data = whole[:at] + damage + whole[at + len(damage) :]
    check_resume(data)
    check_posting(data)
    check_resume(whole[:at])
