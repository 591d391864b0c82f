"""The suite `text-forms`, read through `ids`."""

import pytest
from vectors.suites import Case, cases_of, expected, name_of, outcome

from folkmoot.ids import IdPrefix, id_from_text, id_to_text


@pytest.mark.parametrize("case", cases_of("text-forms"), ids=name_of)
def test_a_text_is_an_id_or_is_refused_by_the_rule_that_decides(case: Case) -> None:
    prefixes = [IdPrefix(prefix) for prefix in case.get("expected", [])]
    assert outcome(lambda: id_from_text(case["text"], *prefixes)) == expected(case)


@pytest.mark.parametrize("case", cases_of("text-forms", "id"), ids=name_of)
def test_an_id_is_written_in_lower_case_and_read_back(case: Case) -> None:
    value = bytes.fromhex(case["id"])
    assert id_to_text(IdPrefix(case["prefix"]), value) == case["text"].lower()
    assert id_from_text(case["text"]) == value
