"""A rule has one name, and pages, registry, code and vectors all use it."""

import re
from pathlib import Path

import pytest
from tidy.project import PACKAGES, RULE_ID, SPEC, modules, name_of, prose, registry, suites

_RULES = {rule["id"]: rule for rule in registry("rules")["rules"]}
_FAMILIES = {rule.partition("-")[0] for rule in _RULES}
_STANDARDS = {"BIP", "ISO", "SHA", "UTF", "ZIP"}
"""What looks like a family of rules and is somebody else's."""

_ITEM = re.compile(r"^- \*\*([A-Z]{3}-\d+)\*\* \[(REJECT|IGNORE|DEFER|VOID)\] (.+)$")
_PAGES = sorted(SPEC.rglob("*.md"))


def _cited(folder: Path) -> dict[str, str]:
    """Return the rules that code names, each with a place."""
    found: dict[str, str] = {}
    for path in modules(folder):
        text = path.read_text(encoding="utf-8")
        for first, last in re.findall(r"\b([A-Z]{3}-\d+) to ([A-Z]{3}-\d+)\b", text):
            family, number = first.split("-")
            for between in range(int(number), int(last.split("-")[1]) + 1):
                found.setdefault(f"{family}-{between}", name_of(path))
        for rule in RULE_ID.findall(text):
            if rule.partition("-")[0] not in _STANDARDS:
                found.setdefault(rule, name_of(path))
    return found


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_every_rule_that_code_names_is_in_the_spec(package: Path) -> None:
    assert {rule: place for rule, place in _cited(package).items() if rule not in _RULES} == {}


def test_every_rule_of_the_spec_is_named_by_the_protocol() -> None:
    cited = _cited(PACKAGES[0])
    for rule, entry in _RULES.items():
        assert rule in cited or set(entry.get("shown_as", [])) & cited.keys(), rule


def test_the_ids_of_a_family_have_no_gaps() -> None:
    for family in _FAMILIES:
        numbers = sorted(int(rule.partition("-")[2]) for rule in _RULES if rule.startswith(family))
        assert numbers == list(range(1, len(numbers) + 1)), family


@pytest.mark.parametrize("page", _PAGES, ids=name_of)
def test_must_stands_in_rules_only_and_once_in_each(page: Path) -> None:
    for line in page.read_text(encoding="utf-8").splitlines():
        rule = _ITEM.match(line)
        if rule is not None:
            assert len(re.findall(r"\bMUST\b", rule[3])) == 1, line
        elif page.name != "README.md":
            assert not re.search(r"\b(MUST|SHOULD|MAY)\b", line), line
        assert rule is not None or not line.startswith("- **"), f"looks like a rule and is none: {line}"


def test_prose_names_only_rules_that_exist() -> None:
    for page in prose():
        text = page.read_text(encoding="utf-8")
        named = {rule for rule in RULE_ID.findall(text) if rule.partition("-")[0] not in _STANDARDS}
        assert named <= _RULES.keys(), page


def test_every_rule_decides_at_least_one_vector() -> None:
    decided = {case["rule"] for _suite, loaded in suites() for case in loaded["cases"] if "rule" in case}
    unshown = {rule for rule, entry in _RULES.items() if rule not in decided and "shown_by" not in entry}
    assert unshown == set()


def test_a_rule_that_no_vector_shows_is_shown_by_a_test_that_exists() -> None:
    for entry in _RULES.values():
        if "shown_by" in entry:
            path, _, test = entry["shown_by"].partition("::")
            assert f"def {test}(" in (SPEC.parent / path).read_text(encoding="utf-8"), entry["id"]


def test_a_rule_has_one_verdict_wherever_a_vector_expects_it() -> None:
    allowed = {
        "reject": {"refuse", "reject"},
        "ignore": {"ignore"},
        "defer": {"defer"},
        "void": {"void"},
    }
    for suite, loaded in suites():
        for case in loaded["cases"]:
            if "rule" in case:
                verdict = _RULES[case["rule"]]["verdict"]
                assert case["expect"] in allowed[verdict], f"{suite}: {case['name']}"
