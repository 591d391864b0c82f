"""Said now, read later: the digest that commits an author to a body before anybody can read it.

Spec: sealed.md
"""

from collections.abc import Mapping

from folkmoot.canonical import Value, encode
from folkmoot.ids import IdentityId
from folkmoot.keys import digest

SALT_BYTES = 16
_NOT_SEALED = frozenset({"commit", "counterpart", "salt"})
"""Fields that are known only when a commit is opened."""


def commitment(body: Mapping[str, Value], *, author: IdentityId, salt: bytes, network: str) -> bytes:
    """Return the digest that promises a body; the author is part of it, so that nobody can copy a promise.

    Spec: sealed.md#digest

    Args:
        body: What is promised; the fields by which it is opened later do not matter.
        author: Whose promise it is.
        salt: Sixteen random bytes that stay secret until then.
        network: Name of the network.

    Returns:
        32 bytes.
    """
    promised = {name: value for name, value in body.items() if name not in _NOT_SEALED}
    return digest(network, "commit", encode([author, salt, promised]))
