"""The few places where libp2p must be changed from outside, for want of a class to derive from.

Everything else this package does to the library is done by subclasses. The version is checked first: a patch for
one version may do harm in another.
"""

import logging
from typing import Any

import libp2p
import libp2p.network.connection.swarm_connection as rootlogging_module
import libp2p.protocol_muxer.multiselect_communicator as multiselect_module
import libp2p.security.noise.messages as handshake_module
from libp2p.crypto.ed25519 import Ed25519PublicKey
from libp2p.crypto.keys import KeyType, PublicKey
from libp2p.exceptions import ParseError
from libp2p.io.abc import Reader
from libp2p.io.exceptions import IncompleteReadError

from folkmoot_node.errors import ConfigError

LIBP2P_VERSION = "0.8.1"
"""The one version whose inner workings this package was written against."""

PROTOCOL_NAME_BYTES_MAX = 1024


def patch_library() -> None:
    """Check the version and change what must be changed; doing it again changes nothing.

    Raises:
        ConfigError: Another version of libp2p is installed.
    """
    if libp2p.__version__ != LIBP2P_VERSION:
        raise ConfigError(
            f"libp2p {libp2p.__version__} is installed; this node guards against the faults of {LIBP2P_VERSION}",
            advice=f"Install libp2p=={LIBP2P_VERSION}.",
        )
    library_log = logging.getLogger("libp2p")
    if not any(isinstance(handler, logging.NullHandler) for handler in library_log.handlers):
        # Otherwise warnings that any stranger can cause go to standard error.
        library_log.addHandler(logging.NullHandler())
    rootlogging: Any = rootlogging_module
    # This module logs through the root logger, which puts a handler on it at the first connection.
    rootlogging.logging = logging.getLogger("libp2p.network.connection")
    multiselect: Any = multiselect_module
    # The library reads a name of any length a peer announces, and dies of one that is not UTF-8.
    multiselect.read_delim = read_protocol_name
    handshake: Any = handshake_module
    # Checking an RSA signature costs as much as whoever made the key likes, and stops everything else meanwhile.
    handshake.deserialize_public_key = read_identity_key


def read_identity_key(data: bytes) -> PublicKey:
    """Read the public key that a peer shows in the handshake: an Ed25519 key.

    Raises:
        ParseError: It is a key of another kind.
    """
    key = PublicKey.deserialize_from_protobuf(data)
    if key.key_type != KeyType.Ed25519.value:
        raise ParseError("the peer's key is not an Ed25519 key")
    return Ed25519PublicKey.from_bytes(key.data)


async def read_protocol_name(reader: Reader) -> bytes:
    """Read one line of multistream-select, of bounded length.

    Raises:
        ParseError: It is too long, not ended by a newline, or not UTF-8.
        IncompleteReadError: The stream ended.
    """
    length = 0
    for shift in (0, 7, 14):
        [byte] = await _read(reader, 1)
        length |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    if not 0 < length <= PROTOCOL_NAME_BYTES_MAX:
        raise ParseError("the name of a protocol is empty or too long")
    line = await _read(reader, length)
    if line[-1:] != b"\n":
        raise ParseError("the name of a protocol does not end in a newline")
    try:
        line.decode()
    except UnicodeDecodeError as error:
        raise ParseError("the name of a protocol is not UTF-8") from error
    return line[:-1]


async def _read(reader: Reader, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = await reader.read(size - len(data))
        if not chunk:
            raise IncompleteReadError("the stream ended", expected_bytes=size, received_bytes=len(data))
        data += chunk
    return data
