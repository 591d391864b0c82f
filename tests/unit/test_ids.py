"""Ids as people see, copy and mistype them."""

import pytest

from folkmoot import ids
from folkmoot.errors import DecodeError
from folkmoot.ids import IdPrefix, id_from_text, id_to_text, short

VALUE = bytes(range(32))
TEXT = id_to_text(IdPrefix.IDENTITY, VALUE)


def refused_by(text: str, *expected: IdPrefix) -> str:
    with pytest.raises(DecodeError) as caught:
        id_from_text(text, *expected)
    return caught.value.rule


def with_checksum(prefix: str, fives: list[int], constant: int) -> str:
    """Write groups of five bits behind a prefix, with the checksum that a constant asks for."""
    polymod = ids._polymod([*ids._expanded(prefix), *fives, *([0] * 6)]) ^ constant
    checksum = [polymod >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(ids._ALPHABET[five] for five in (*fives, *checksum))


@pytest.mark.parametrize("prefix", IdPrefix)
def test_an_id_reads_back_in_either_case(prefix: IdPrefix) -> None:
    text = id_to_text(prefix, VALUE)
    assert text.startswith(f"{prefix.value}1")
    assert id_from_text(text) == VALUE
    assert id_from_text(text.upper(), prefix) == VALUE


def test_the_text_form_is_fixed() -> None:
    assert TEXT == "folk1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0s905k2e"
    assert len(TEXT) == 4 + 1 + 52 + 6


@pytest.mark.parametrize(
    "text",
    [
        "A1LQFN3A",
        "a1lqfn3a",
        "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
        "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
        "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
        "?1v759aa",
    ],
)
def test_the_checksum_is_that_of_bip_350(text: str) -> None:
    prefix, _, rest = text.lower().rpartition("1")
    assert ids._polymod([*ids._expanded(prefix), *map(ids._ALPHABET.index, rest)]) == ids._BECH32M
    assert refused_by(text) == "IDS-1"  # a good bech32m text, and no id of ours


@pytest.mark.parametrize(
    "text", ["y1b0jsk6g", "lt1igcx5c0", "in1muywd", "mm1crxm3i", "au1s5cgom", "M1VUXWEZ", "16plkw9", "1p2gdwpf"]
)
def test_what_bip_350_calls_invalid_is_refused(text: str) -> None:
    assert refused_by(text) == "IDS-1"


def test_the_older_bech32_checksum_is_refused() -> None:
    fives = [ids._ALPHABET.index(character) for character in TEXT[5:-6]]
    assert with_checksum("folk", fives, ids._BECH32M) == TEXT
    assert refused_by(with_checksum("folk", fives, 1)) == "IDS-2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "folk",
        "folk1",
        "1",
        TEXT[1:],
        f" {TEXT}",
        f"{TEXT} ",
        f"{TEXT}\n",
        TEXT.replace("folk1", "folk"),
        "x" * 99,
    ],
)
def test_what_does_not_look_like_an_id_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DecodeError, match=r"folk1|begins with|checksum"):
        id_from_text(text)


def test_mixed_case_is_refused() -> None:
    assert refused_by(TEXT[:-1] + TEXT[-1].upper() if TEXT[-1].isalpha() else TEXT.capitalize()) == "IDS-1"


def test_a_character_that_only_lowers_to_one_of_the_alphabet_is_refused() -> None:
    assert "K" in TEXT.upper()
    assert refused_by(TEXT.upper().replace("K", "\u212a", 1)) == "IDS-1"  # the Kelvin sign


def test_a_prefix_of_somebody_else_is_refused() -> None:
    assert refused_by("bc1" + TEXT[5:]) == "IDS-1"


def test_other_lengths_than_32_bytes_are_refused() -> None:
    for length in (0, 1, 31, 33, 50):
        assert refused_by(id_to_text(IdPrefix.RECORD, bytes(length))) == "IDS-3"


def test_what_is_longer_than_one_checksum_covers_is_not_even_read() -> None:
    assert refused_by(id_to_text(IdPrefix.RECORD, bytes(50))) == "IDS-3"
    assert refused_by(id_to_text(IdPrefix.RECORD, bytes(64))) == "IDS-1"
    assert refused_by("folk1" + "q" * 1_000_000) == "IDS-1"


def test_padding_other_than_zeros_is_refused() -> None:
    fives = [ids._ALPHABET.index(character) for character in TEXT[5:-6]]
    for wrong in range(1, 16):
        assert refused_by(with_checksum("folk", [*fives[:-1], fives[-1] ^ wrong], ids._BECH32M)) == "IDS-3"
    assert refused_by(with_checksum("folk", [*fives, 0], ids._BECH32M)) == "IDS-3"
    assert refused_by(with_checksum("folk", fives[:-1], ids._BECH32M)) == "IDS-3"


def test_an_id_of_another_kind_of_thing_is_named_as_what_it_is() -> None:
    record = id_to_text(IdPrefix.RECORD, VALUE)
    assert id_from_text(record, IdPrefix.DOCUMENT, IdPrefix.RECORD) == VALUE
    with pytest.raises(DecodeError, match="IDS-4: this names a record, not identity or document"):
        id_from_text(record, IdPrefix.IDENTITY, IdPrefix.DOCUMENT)
    with pytest.raises(DecodeError, match="this names an identity, not record"):
        id_from_text(TEXT, IdPrefix.RECORD)


def test_a_shortened_id_tells_two_apart_and_cannot_be_read_back() -> None:
    assert short(IdPrefix.IDENTITY, VALUE) == "folk1qqqsyq…5k2e"
    with pytest.raises(DecodeError):
        id_from_text(short(IdPrefix.IDENTITY, VALUE))
