"""Files of several bundles: what comes before the first fault is read, in whatever pieces the bytes come."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.keys import NETWORK

from folkmoot.bundle import Bundle, pack_wires
from folkmoot.bundle_file import FileReader, read_bundles
from folkmoot.errors import DecodeError
from folkmoot.limits import BUNDLE_BYTES_MAX

FIRST = Bundle((b"an operation",), ())
SECOND = Bundle((), (b"a record" * 50, b"another"))
EMPTY = Bundle((), ())


def packed(*bundles: Bundle, network: str = NETWORK) -> bytes:
    return b"".join(pack_wires(item.operations, item.records, network=network) for item in bundles)


def read(pieces: Iterable[bytes]) -> tuple[list[Bundle], str, int]:
    """Return the bundles in a file, the rule that its end breaks, and up to where it is in order."""
    reader = FileReader(network=NETWORK)
    found: list[Bundle] = []
    rule = ""
    try:
        for piece in pieces:
            found += (part.bundle for part in reader.feed(piece))
        found += (part.bundle for part in reader.end())
    except DecodeError as error:
        rule = error.rule
    assert reader.bundles == len(found)
    return found, rule, reader.bundle_bytes


def test_a_file_of_one_bundle_is_that_bundle() -> None:
    data = packed(SECOND)
    assert read([data]) == ([SECOND], "", len(data))


def test_joined_files_are_a_file() -> None:
    data = packed(FIRST, EMPTY, SECOND)
    assert read([data])[0] == [FIRST, EMPTY, SECOND]
    assert read_bundles(data, network=NETWORK) == Bundle(FIRST.operations, SECOND.records)


@given(st.lists(st.integers(0, 700), max_size=12))
def test_the_pieces_in_which_it_comes_make_no_difference(cuts: Sequence[int]) -> None:
    data = packed(FIRST, SECOND, FIRST) + b"\xc1"
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(places)]
    assert read(pieces) == ([FIRST, SECOND, FIRST], "ENC-2", len(data) - 1)


@pytest.mark.parametrize(
    ("rest", "rule"),
    [
        (packed(SECOND)[:-1], "ENC-2"),
        (packed(SECOND)[:1], "ENC-2"),
        (b"\xc1", "ENC-2"),
        (b"\x00", "BUN-1"),
        (b"text from somewhere", "BUN-1"),
        (packed(FIRST, network="main"), "BUN-2"),
        (b"\x91" * 4000, "ENC-6"),
        (b"\xc6\xff\xff\xff\xff", "ENC-2"),
        (b"\xdd\x00\x00\x00\x01\x01", "ENC-7"),
    ],
)
def test_what_comes_before_a_fault_is_read(rest: bytes, rule: str) -> None:
    good = packed(FIRST, SECOND)
    assert read([good + rest]) == ([FIRST, SECOND], rule, len(good))
    assert read([rest]) == ([], rule, 0)
    with pytest.raises(DecodeError, match=rule):
        read_bundles(good + rest, network=NETWORK)


def test_an_empty_file_is_none_of_bundles() -> None:
    assert read([]) == ([], "BUN-3", 0)
    assert read([b"", b""]) == ([], "BUN-3", 0)


def test_no_more_than_one_bundle_is_waited_for() -> None:
    """A value that claims to go on for ever is given up when it is longer than a bundle can be."""
    good = packed(FIRST)
    endless = b"\xc6\xff\xff\xff\xff" + bytes(64 * 1024)
    pieces = [good, endless, *[bytes(1024 * 1024)] * 32]
    fed: list[int] = []

    def feeding() -> Iterator[bytes]:
        for piece in pieces:
            fed.append(len(piece))
            yield piece

    assert read(feeding()) == ([FIRST], "ENC-1", len(good))
    assert sum(fed) <= BUNDLE_BYTES_MAX + 2 * 1024 * 1024


def test_a_bundle_just_within_its_bound_is_read() -> None:
    empty = len(packed(Bundle((), (b"",)))) + 3
    largest = packed(Bundle((), (bytes(BUNDLE_BYTES_MAX - empty),)))
    assert len(largest) == BUNDLE_BYTES_MAX
    step = 256 * 1024
    pieces = [largest[start : start + step] for start in range(0, len(largest), step)]
    assert len(read([*pieces, packed(FIRST)])[0]) == 2
    larger = packed(Bundle((), (bytes(BUNDLE_BYTES_MAX - empty + 1),)))
    assert read([larger])[1] == "ENC-1"
