"""The suite `keys`, read through `keys`."""

import pytest
from vectors.suites import Case, cases_of, name_of

from folkmoot.canonical import decode
from folkmoot.ids import IdentityId
from folkmoot.keys import digest, is_acceptable_key, key_digest, preimage, verify
from folkmoot.limits import RECORD_BYTES_MAX
from folkmoot.sealed import commitment


@pytest.mark.parametrize("case", cases_of("keys", "preimage"), ids=name_of)
def test_a_preimage_and_its_digest_are_those_of_the_spec(case: Case) -> None:
    payload = bytes.fromhex(case["payload"])
    assert preimage(case["network"], case["purpose"], payload).hex() == case["preimage"]
    assert digest(case["network"], case["purpose"], payload).hex() == case["digest"]
    if case["purpose"] == "key":
        assert key_digest(case["network"], payload).hex() == case["digest"]


@pytest.mark.parametrize("case", cases_of("keys", "key"), ids=name_of)
def test_a_key_or_a_signature_counts_or_does_not(case: Case) -> None:
    key = bytes.fromhex(case["key"])
    if "signature" in case:
        counts = verify(key, bytes.fromhex(case["signature"]), bytes.fromhex(case["message"]))
    else:
        counts = is_acceptable_key(key)
    assert counts == (case["expect"] == "accept")


@pytest.mark.parametrize("case", cases_of("keys", "salt"), ids=name_of)
def test_a_commitment_is_that_of_the_spec(case: Case) -> None:
    body = decode(bytes.fromhex(case["body"]), bytes_max=RECORD_BYTES_MAX)
    assert isinstance(body, dict)
    author, salt = IdentityId(bytes.fromhex(case["author"])), bytes.fromhex(case["salt"])
    assert commitment(body, author=author, salt=salt, network=case["network"]).hex() == case["digest"]
