"""The suite `agreement`, read through `agreement` and `documents`."""

import pytest
from vectors.suites import (
    NETWORK,
    Case,
    cases_of,
    chains_of,
    cosignature_of,
    expected,
    name_of,
    operations_of,
    outcome,
    records_of,
)

from folkmoot.agreement import completion, open_document
from folkmoot.documents import check_terms
from folkmoot.ids import DocumentId
from folkmoot.state.evidence import gather
from folkmoot.state.snapshot import state_hash
from folkmoot.state.team import derive_team


@pytest.mark.parametrize("case", [c for c in cases_of("agreement", "document") if "signed" not in c], ids=name_of)
def test_bytes_are_a_document_or_are_refused_by_the_rule_that_decides(case: Case) -> None:
    data = bytes.fromhex(case["document"])
    assert outcome(lambda: check_terms(open_document(data, network=NETWORK))) == expected(case)


@pytest.mark.parametrize("case", [c for c in cases_of("agreement", "document") if "id" in c], ids=name_of)
def test_a_document_has_the_id_and_the_unknown_keys_of_the_case(case: Case) -> None:
    document = open_document(bytes.fromhex(case["document"]), network=NETWORK)
    assert document.id.hex() == case["id"]
    assert sorted(document.unknown) == case["unknown"]


@pytest.mark.parametrize("case", cases_of("agreement", "cosignature"), ids=name_of)
def test_a_cosignature_has_its_form_or_is_refused(case: Case) -> None:
    assert outcome(lambda: cosignature_of(case["cosignature"])) == expected(case)


@pytest.mark.parametrize("case", cases_of("agreement", "signed"), ids=name_of)
def test_who_has_signed_is_what_the_case_says(case: Case) -> None:
    document = open_document(bytes.fromhex(case["document"]), network=NETWORK)
    given = [cosignature_of(hexed) for hexed in case["cosignatures"]]
    done = completion(document, given, chains_of(operations_of(case)), network=NETWORK)
    assert sorted(done.signed) == case["signed"]
    assert sorted(done.missing) == case["missing"]
    assert sorted(done.repudiated) == case["repudiated"]
    assert sorted(done.refused) == sorted((cosignature_of(item), rule) for item, rule in case["refused"])


@pytest.mark.parametrize("case", cases_of("agreement", "orders"), ids=name_of)
def test_in_every_order_in_which_messages_come_the_same_is_derived(case: Case) -> None:
    wanted = case["end"]["team"]
    for order in case["orders"]:
        messages = [case["messages"][int(place)] for place in order]
        operations = [item for message in messages for item in operations_of(message)]
        records = [item for message in messages for item in records_of(message, "records")]
        evidence = gather(records, chains_of(operations), now_ms=int(case["now_ms"]), network=NETWORK)
        team = derive_team(evidence, DocumentId(bytes.fromhex(wanted["id"])))
        assert team is not None
        assert team.status.value == wanted["status"], order
        assert [seat.status.value for seat in team.seats] == wanted["seats"], order
        assert state_hash(evidence).hex() == case["end"]["state_hash"], order
