"""The work in a genesis: what it costs to appear as somebody new.

A cheap hash is looked at first, so that junk costs a reader next to nothing; only a genesis that passes it is put
through one MiB of scrypt, about 3 ms, which keeps graphics cards from making identities by the million.

Spec: identity.md#work
"""

import hashlib
from functools import lru_cache

from folkmoot.keys import digest, preimage
from folkmoot.limits import WORK_HASH_BITS

NONCE_BYTES = 8
_CHEAP_FILTER = bytes(WORK_HASH_BITS // 8)
_REMEMBERED_MAX = 4096
"""Memory-hard hashes that are remembered: a genesis rides along with each of its author's messages."""


def work_figure(carried: bytes, *, network: str) -> int | None:
    """Return the work in a genesis as a number for policies, or `None` when not even the cheap hash shows work.

    Each further unit doubles the work. A floor makes a genesis valid; how much earns a welcome is node policy.

    Spec: identity.md#work

    Args:
        carried: The bytes of the operation, without its signatures.
        network: Name of the network.
    """
    cheap = digest(network, "work", carried)
    if _zero_bits(cheap) < WORK_HASH_BITS:
        return None
    return _costly_figure(cheap)


@lru_cache(maxsize=_REMEMBERED_MAX)
def _costly_figure(cheap: bytes) -> int:
    return _zero_bits(hashlib.scrypt(cheap, salt=b"folkmoot/1/work", n=1024, r=8, p=1, dklen=32))


def search(carried: bytes, at: int, *, network: str, figure: int, candidates: range) -> bytes | None:
    """Try nonces in place of the eight bytes at an offset, until one gives at least the figure asked for.

    Spec: identity.md#work

    Args:
        carried: The bytes of a genesis with any nonce.
        at: Where in them the nonce begins.
        network: Name of the network.
        figure: The least work figure wanted.
        candidates: The nonces to try, as integers.
    """
    start = hashlib.sha256(preimage(network, "work", carried[:at]))
    end = carried[at + NONCE_BYTES :]
    for candidate in candidates:
        nonce = candidate.to_bytes(NONCE_BYTES)
        hashed = start.copy()
        hashed.update(nonce + end)
        if hashed.digest().startswith(_CHEAP_FILTER):
            found = work_figure(carried[:at] + nonce + end, network=network)
            if found is not None and found >= figure:
                return nonce
    return None


def _zero_bits(hashed: bytes) -> int:
    return len(hashed) * 8 - int.from_bytes(hashed).bit_length()
