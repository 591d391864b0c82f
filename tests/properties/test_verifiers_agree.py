"""Every way to verify gives one answer: whole numbers and the spec, OpenSSL and libsodium behind our checks.

The cases of the suite `ed25519` are those that libraries are known to differ on; beside them stand keys and
signatures that are made at random from the same odd parts.
"""

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from support.strict_ed25519 import BASE, TORSION, L, P, broken_rule, encoded, plus, times, y_of
from vectors.suites import Case, cases_of, name_of

from folkmoot.keys import SecretKey, is_acceptable_key, verify

CASES = cases_of("ed25519")
_TURNS = st.integers(0, 7)


def sodium_verifies(key: bytes, signature: bytes, message: bytes) -> bool:
    """Verify with libsodium, after the checks that the spec asks of whoever uses a library."""
    low_order = {y_of(encoded(point)) for point in TORSION}
    if len(key) != 32 or len(signature) != 64 or int.from_bytes(signature[32:], "little") >= L:
        return False
    if any(y_of(part) >= P or y_of(part) in low_order for part in (key, signature[:32])):
        return False
    try:
        VerifyKey(key).verify(message, signature)
    except BadSignatureError:
        return False
    return True


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_all_give_the_answer_of_the_case(case: Case) -> None:
    key, signature, message = (bytes.fromhex(case[name]) for name in ("key", "signature", "message"))
    counts = case["expect"] == "accept"
    assert broken_rule(key, signature, message) == case.get("rule")
    assert verify(key, signature, message) == counts
    assert sodium_verifies(key, signature, message) == counts


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_key_may_be_named_unless_the_rule_is_about_keys(case: Case) -> None:
    key = bytes.fromhex(case["key"])
    assert is_acceptable_key(key) == (case.get("rule") not in {"KEY-1", "KEY-2"})


def test_the_cases_show_every_oddity_and_each_beside_others() -> None:
    flags = [frozenset(case["flags"]) for case in CASES]
    assert len(CASES) >= 150
    assert frozenset().union(*flags) >= {
        "low-order-key",
        "low-order-r",
        "mixed-order-key",
        "mixed-order-r",
        "non-canonical-key",
        "non-canonical-r",
        "s-not-below-l",
        "cofactored-only",
    }
    for key in (set(), {"mixed-order-key"}, {"low-order-key"}, {"low-order-key", "non-canonical-key"}):
        for r in (set(), {"mixed-order-r"}, {"low-order-r"}, {"low-order-r", "non-canonical-r"}):
            assert frozenset({*key, *r, "s-not-below-l"}) in {found - {"cofactored-only"} for found in flags}


@given(secret=st.integers(0, 3), nonce=st.integers(0, 3), turns=st.tuples(_TURNS, _TURNS), message=st.binary())
@example(secret=0, nonce=0, turns=(1, 7), message=b"")
def test_all_agree_on_keys_and_signatures_of_odd_parts(
    secret: int, nonce: int, turns: tuple[int, int], message: bytes
) -> None:
    key = encoded(plus(times(secret, BASE), TORSION[turns[0]]))
    r = encoded(plus(times(nonce, BASE), TORSION[turns[1]]))
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    signature = r + ((nonce + k * secret) % L).to_bytes(32, "little")
    counts = broken_rule(key, signature, message) is None
    assert verify(key, signature, message) == counts
    assert sodium_verifies(key, signature, message) == counts


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(), bit=st.integers(0, 767))
def test_all_agree_on_one_bit_that_is_another(seed: bytes, message: bytes, bit: int) -> None:
    secret = SecretKey(seed)
    bent = bytearray(secret.public + secret.sign(message))
    bent[bit // 8] ^= 1 << bit % 8
    key, signature = bytes(bent[:32]), bytes(bent[32:])
    counts = broken_rule(key, signature, message) is None
    assert verify(key, signature, message) == counts
    assert sodium_verifies(key, signature, message) == counts
