"""What an engagement leaves open."""

import pytest
from support.keys import person
from support.scene import Scene

from folkmoot.canonical import Value
from folkmoot.lint import remarks

WHOLE: dict[str, Value] = {
    "out_of_scope": ["Translations."],
    "change": "By a change order.",
    "rights": "The client's once paid.",
    "confidentiality": "The visitor numbers.",
    "notice_days": 14,
    "kill_fee": 2500,
    "late_fee": 100,
    "expenses": "The client pays travel.",
    "dispute_path": ["Talk.", "The resolver."],
    "witnesses": [person("gus").id],
    "resolver": person("fay").id,
}


def terms_named(**terms: Value) -> list[str]:
    scene = Scene()
    return [remark.term for remark in remarks(scene.engagement("carl", ["dana"], prev=None, **terms))]


def test_a_whole_engagement_leaves_nothing_open() -> None:
    assert terms_named(**WHOLE) == []


@pytest.mark.parametrize("term", sorted(WHOLE))
def test_each_missing_term_is_named(term: str) -> None:
    assert terms_named(**{name: value for name, value in WHOLE.items() if name != term}) == [term]


def test_a_long_wait_for_money_is_remarked_on() -> None:
    assert terms_named(**WHOLE, pay_days=30) == []
    assert terms_named(**WHOLE, pay_days=31) == ["pay_days"]


@pytest.mark.parametrize(
    ("change", "term"),
    [({"on_silence": "nothing"}, "on_silence"), ({"amount_minor": 0}, "milestones"), ({"due_day": 1}, "due_day")],
)
def test_milestones_are_looked_at(change: dict[str, Value], term: str) -> None:
    milestone: dict[str, Value] = {
        "name": "All of it",
        "amount_minor": 1,
        "due_day": 99_999,
        "criteria": ["It runs."],
        "accept_days": 5,
        "on_silence": "accept",
    }
    assert terms_named(**WHOLE, milestones=[{**milestone, **change}]) == [term]
