"""Files of bundles, read piece by piece: one bundle after the other, and what comes before the first fault counts.

Theory of operation: each bundle ends where its MessagePack value ends, so that files can be put together by joining
their bytes. Nothing more than one bundle is ever held.

Spec: bundle.md#files
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgpack

from folkmoot.bundle import LABEL, Bundle, unpack
from folkmoot.canonical import decode
from folkmoot.errors import DecodeError
from folkmoot.limits import BUNDLE_BYTES_MAX

_LENGTH_MAX = 2**31 - 1


class FilePart(NamedTuple):
    """One bundle of a file, as its bytes and taken apart."""

    data: bytes
    bundle: Bundle


class FileReader:
    """Reads the bundles of a file that is fed to it in order.

    Attributes:
        bundles: How many have been read.
        bundle_bytes: How many bytes those took up: up to here the file is in order.
    """

    def __init__(self, *, network: str) -> None:
        self._network = network
        self._rest = bytearray()
        self._looked_at_bytes = 0
        self.bundles = 0
        self.bundle_bytes = 0

    def feed(self, data: bytes) -> Iterator[FilePart]:
        """Take the next bytes of the file and yield bundles that end in them; some may come later.

        Spec: bundle.md#files

        Raises:
            DecodeError: The next bundle breaks ENC-1 to ENC-7, BUN-1 or BUN-2; those before it have been yielded,
                and nothing more may be fed.
        """
        self._rest += data
        # A large bundle is not looked at anew with each of its pieces, but each time that twice as much is there.
        if len(self._rest) >= min(2 * self._looked_at_bytes, BUNDLE_BYTES_MAX):
            yield from self._whole_bundles()

    def end(self) -> Iterator[FilePart]:
        """Take note that the file has ended, and yield the bundles that have not been yet.

        Spec: bundle.md#files

        Raises:
            DecodeError: See `feed`; also ENC-2 the file is cut off within a bundle; BUN-3 there was no bundle.
        """
        yield from self._whole_bundles()
        if self._rest:
            raise DecodeError("ENC-2", "the file is cut off within a bundle")
        # BUN-3: A file holds at least one bundle.
        if not self.bundles:
            raise DecodeError("BUN-3", "the file is empty")

    def _whole_bundles(self) -> Iterator[FilePart]:
        while end := _end_of_value(self._rest):
            part = bytes(self._rest[:end])
            del self._rest[:end]
            bundle = unpack(part, network=self._network)
            self.bundles += 1
            self.bundle_bytes += end
            yield FilePart(part, bundle)
        self._looked_at_bytes = len(self._rest)
        if len(self._rest) > BUNDLE_BYTES_MAX:
            raise DecodeError("ENC-1", f"a bundle of more than {BUNDLE_BYTES_MAX} bytes")


def read_bundles(data: bytes, *, network: str) -> Bundle:
    """Read a whole file at once, and return all its items as one bundle.

    Spec: bundle.md#files

    Raises:
        DecodeError: See `FileReader`.
    """
    reader = FileReader(network=network)
    parts = [*reader.feed(data), *reader.end()]
    return Bundle(
        tuple(wire for part in parts for wire in part.bundle.operations),
        tuple(wire for part in parts for wire in part.bundle.records),
    )


def named_network(data: bytes) -> str:
    """Return the network that a file says it belongs to, by its first bundle.

    Raises:
        DecodeError: It does not begin with a bundle, by the rule that this breaks.
    """
    end = _end_of_value(data)
    match decode(data[:end] if end else data, bytes_max=BUNDLE_BYTES_MAX):
        case [str() as label, str() as network, _, _] if label == LABEL:
            return network
        case _:
            raise DecodeError("BUN-1", "it does not begin as a bundle of version 1 does")


def _end_of_value(data: bytes | bytearray) -> int:
    """Return where the first MessagePack value ends, or 0 when it goes on beyond the bytes.

    Raises:
        DecodeError: ENC-2 no value begins so; ENC-6 it is nested beyond all measure.
    """
    unpacker = msgpack.Unpacker(
        max_buffer_size=_LENGTH_MAX,
        max_str_len=_LENGTH_MAX,
        max_bin_len=_LENGTH_MAX,
        max_array_len=_LENGTH_MAX,
        max_map_len=_LENGTH_MAX,
        max_ext_len=_LENGTH_MAX,
    )
    unpacker.feed(data)
    try:
        unpacker.skip()
    except msgpack.OutOfData:
        return 0
    except msgpack.exceptions.StackError as error:
        raise DecodeError("ENC-6", "nested beyond all measure") from error
    except (ValueError, msgpack.exceptions.UnpackException) as error:
        raise DecodeError("ENC-2", "what follows is not a MessagePack value") from error
    return unpacker.tell()
