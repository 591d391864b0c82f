"""The suite `sync`, read through `session`."""

import pytest
from vectors.suites import Case, cases_of, expected, name_of, outcome
from vectors.talks import played


@pytest.mark.parametrize("case", cases_of("sync"), ids=name_of)
def test_a_conversation_goes_on_or_ends_by_the_rule_that_decides(case: Case) -> None:
    assert outcome(lambda: played(case)) == expected(case)


@pytest.mark.parametrize("case", cases_of("sync", "effects"), ids=name_of)
def test_each_frame_has_the_effects_of_the_case(case: Case) -> None:
    assert played(case) == case["effects"]


@pytest.mark.parametrize("case", [c for c in cases_of("sync") if c["expect"] == "refuse"], ids=name_of)
def test_only_the_last_frame_breaks_a_rule(case: Case) -> None:
    played({**case, "frames": case["frames"][:-1]})
