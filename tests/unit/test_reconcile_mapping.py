"""The walk of an item over the cells."""

import hashlib
import random

import pytest

from folkmoot.reconcile.mapping import check_of, indices

ITEM = hashlib.sha256(b"a").digest()[:16]
KEY = bytes(range(32))


def plain_indices(seed: int, limit: int) -> list[int]:
    """Walk as the page writes it, with the arithmetic that the code rearranges."""
    found: list[int] = []
    state, index = seed, 0
    while index < limit:
        found.append(index)
        state = (state * 0xDA942042E4DD58B5 + 0x9E3779B97F4A7C15) % 2**64
        draw = max(state >> 38, (state >> 12) % 2**26) + 1
        index += 1 + (2 * index + 3) * (2**26 - draw) // (2 * draw)
    return found


@pytest.mark.slow
def test_the_walk_of_many_seeds_to_its_end_has_its_known_digest() -> None:
    seeds = [0, 1, 2**64 - 1, 2**63, 0xFFFFFFFF00000000, 0x00000000FFFFFFFF]
    dice = random.Random(5)
    seeds += [dice.getrandbits(64) for _ in range(200_000)]
    hashed = hashlib.sha256()
    for seed in seeds:
        walked = ",".join(map(str, indices(seed, 2**26 - 2)))
        hashed.update(f"{seed:016x}:{walked}\n".encode())
    assert hashed.hexdigest() == "475577e93271b7b1098bf25846618a94782c5e3b0545fd25611ad819c907ba95"


def test_the_walk_is_that_of_the_page() -> None:
    dice = random.Random(6)
    for seed in [0, 2**64 - 1, *(dice.getrandbits(64) for _ in range(300))]:
        assert list(indices(seed, 2**26 - 2)) == plain_indices(seed, 2**26 - 2)


@pytest.mark.parametrize("limit", [0, 1, 2, 8192])
def test_a_walk_ends_before_its_limit(limit: int) -> None:
    walked = list(indices(7, limit))
    assert walked[:1] == [0][:limit]
    assert all(index < limit for index in walked)


def test_an_item_has_about_seventeen_cells_of_8192() -> None:
    lengths = [len(list(indices(check_of(bytes([n % 256] * 8 + [n // 256] * 8)), 8192))) for n in range(1000)]
    assert 16.5 < sum(lengths) / len(lengths) < 17.8


def test_a_check_is_a_labelled_hash() -> None:
    assert f"{check_of(ITEM):016x}" == "e608d3bf14234d23"
    assert check_of(ITEM, KEY) == int.from_bytes(hashlib.sha256(b"\x02" + KEY + ITEM).digest()[:8])
