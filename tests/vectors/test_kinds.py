"""The suite `kinds`, read through `record` and `rules`."""

import pytest
from vectors.suites import NETWORK, Case, cases_of, expected, name_of, outcome

from folkmoot.record import open_record
from folkmoot.rules import check_form


@pytest.mark.parametrize("case", cases_of("kinds"), ids=name_of)
def test_a_record_has_the_form_of_its_kind_or_is_refused_by_the_rule_that_decides(case: Case) -> None:
    wire = bytes.fromhex(case["wire"])
    assert outcome(lambda: check_form(open_record(wire, network=NETWORK), network=NETWORK)) == expected(case)
