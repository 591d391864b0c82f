"""Laws of keys: two independent libraries give one answer."""

from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from support.edwards import LOW_ORDER, bent_signature
from support.strategies import damaged

from folkmoot.keys import SecretKey, is_acceptable_key, verify

seeds = st.binary(min_size=32, max_size=32)


def libsodium_verifies(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        VerifyKey(key).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


@given(seeds, st.binary(max_size=100))
def test_what_a_key_signs_it_verifies_and_libsodium_signs_the_same(seed: bytes, message: bytes) -> None:
    key = SecretKey(seed)
    signature = key.sign(message)
    assert signature == SigningKey(seed).sign(message).signature
    assert verify(key.public, signature, message)


@given(seeds, st.binary(max_size=40), st.data())
def test_a_damaged_signature_or_key_gets_one_answer_from_both_libraries(
    seed: bytes, message: bytes, data: st.DataObject
) -> None:
    key = SecretKey(seed)
    signature = key.sign(message)
    wrong_signature = data.draw(damaged(signature))
    wrong_key = data.draw(damaged(key.public))
    assert verify(key.public, wrong_signature, message) == (wrong_signature == signature)
    assert verify(key.public, wrong_signature, message) == libsodium_verifies(key.public, wrong_signature, message)
    assert verify(wrong_key, signature, message) == libsodium_verifies(wrong_key, signature, message)


@settings(max_examples=25)
@given(st.integers(1, 2**252), st.binary(max_size=8), st.sampled_from(LOW_ORDER), st.sampled_from(LOW_ORDER))
def test_keys_and_signatures_moved_by_low_order_get_one_answer_from_both_libraries(
    secret: int, message: bytes, key_twist: tuple[int, int], r_twist: tuple[int, int]
) -> None:
    key, signature = bent_signature(secret, message, key_twist=key_twist, r_twist=r_twist)
    assert verify(key, signature, message) == libsodium_verifies(key, signature, message)


@given(st.binary(max_size=70))
def test_any_bytes_may_be_asked_about(data: bytes) -> None:
    assert is_acceptable_key(data) in (True, False)
    assert not verify(data, data, data)
