"""The suite `trust`, read through `trust`."""

import pytest
from vectors.suites import NETWORK, Case, cases_of, chains_of, name_of, operations_of, records_of

from folkmoot.ids import IdentityId
from folkmoot.state.evidence import gather
from folkmoot.trust import Tie, TieKind, ties, trust_in, trust_in_all


def _identity(hexed: str) -> IdentityId:
    return IdentityId(bytes.fromhex(hexed))


def _ties(case: Case) -> list[Tie]:
    return [
        Tie(_identity(giver), _identity(receiver), TieKind(kind), b"") for giver, receiver, kind in case["ties"]
    ]


@pytest.mark.parametrize("case", cases_of("trust", "who"), ids=name_of)
def test_as_much_flows_to_somebody_as_the_case_says(case: Case) -> None:
    found = trust_in(_ties(case), _identity(case["viewer"]), _identity(case["who"]))
    assert (found.amount, found.distance) == (case["amount"], case["distance"])
    assert sum(path.amount for path in found.paths) == case["amount"]


@pytest.mark.parametrize("case", cases_of("trust", "group"), ids=name_of)
def test_as_much_flows_to_a_group_as_the_case_says(case: Case) -> None:
    group = [_identity(one) for one in case["group"]]
    assert trust_in_all(_ties(case), _identity(case["viewer"]), group) == case["amount"]


@pytest.mark.parametrize("case", cases_of("trust", "shown"), ids=name_of)
def test_the_ties_are_those_of_the_case(case: Case) -> None:
    chains = chains_of(operations_of(case))
    evidence = gather(records_of(case, "held"), chains, now_ms=int(case["now_ms"]), network=NETWORK)
    found = [[tie.giver.hex(), tie.receiver.hex(), tie.kind.value] for tie in ties(evidence)]
    assert sorted(found) == case["shown"]
