"""The vectors have the form that their README promises, and are worth copying."""

import re
from typing import Any

import pytest
from tidy.project import SPEC, registry, suites

from folkmoot import SPEC_VERSION

_SUITES = dict(suites())
_WORDS = {"accept", "refuse", "reject", "ignore", "defer", "void"}
_RULES = {rule["id"] for rule in registry("rules")["rules"]}


def _cases() -> list[tuple[str, dict[str, Any]]]:
    return [(suite, case) for suite, loaded in _SUITES.items() for case in loaded["cases"]]


@pytest.mark.parametrize("suite", _SUITES)
def test_a_suite_says_what_it_is(suite: str) -> None:
    loaded = _SUITES[suite]
    assert list(loaded) == ["suite", "spec", "cases"]
    assert (loaded["suite"], loaded["spec"]) == (suite, SPEC_VERSION)
    assert f"[{suite}]({suite}.json)" in (SPEC / "vectors" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("suite", _SUITES)
def test_the_names_of_a_suite_are_kebab_case_and_unique(suite: str) -> None:
    names = [case["name"] for case in _SUITES[suite]["cases"]]
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []
    assert len(set(names)) == len(names)


def test_every_case_has_an_outcome_and_known_rules() -> None:
    for suite, case in _cases():
        where = f"{suite}: {case['name']}"
        assert case["expect"] in _WORDS, where
        assert set(case["rules"]) <= _RULES, where
        assert ("rule" in case) == (case["expect"] != "accept"), where
        assert "rule" not in case or case["rule"] in case["rules"], where


@pytest.mark.parametrize("suite", _SUITES)
def test_a_suite_shows_what_holds_and_what_does_not(suite: str) -> None:
    outcomes = {case["expect"] for case in _SUITES[suite]["cases"]}
    assert "accept" in outcomes
    assert len(outcomes) > 1


def test_the_files_are_ascii_and_end_with_a_line_feed() -> None:
    for path in (*(SPEC / "vectors").glob("*.json"), *(SPEC / "registries").glob("*.json")):
        data = path.read_bytes()
        assert data.isascii(), path
        assert data.endswith(b"\n"), path
        assert b"\r" not in data, path


def test_hex_is_in_lower_case() -> None:
    for suite, case in _cases():
        for name in ("wire", "id", "key", "signature", "document", "bundle", "file"):
            if isinstance(case.get(name), str):
                assert re.fullmatch(r"([0-9a-f]{2})*", case[name]), f"{suite}: {case['name']}"
