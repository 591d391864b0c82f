"""A peer that keeps no rules: real TCP, real Noise, and from there on any bytes it likes.

It is built from pieces of the library below the ones that the node replaces, and each attack needs nothing but an
address. So the same attacks can be turned on the unguarded library, which dies of several of them.
"""

import hashlib
import random
import struct
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio
from libp2p.abc import ISecureConn
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.crypto.keys import KeyPair
from libp2p.crypto.rsa import create_new_key_pair as create_rsa_key_pair
from libp2p.crypto.x25519 import create_new_key_pair as create_noise_key_pair
from libp2p.io.exceptions import IOException
from libp2p.io.trio import TrioTCPStream
from libp2p.network.connection.raw_connection import RawConnection
from libp2p.peer.id import ID
from libp2p.protocol_muxer.exceptions import MultiselectClientError
from libp2p.protocol_muxer.multiselect_client import MultiselectClient
from libp2p.protocol_muxer.multiselect_communicator import MultiselectCommunicator
from libp2p.pubsub.pb import rpc_pb2
from libp2p.security.noise.transport import Transport as NoiseTransport
from libp2p.utils import encode_delim, encode_varint_prefixed

from folkmoot_node.network.addresses import Endpoint
from folkmoot_node.network.websocket import ask_upgrade

MESHSUB = "/meshsub/1.1.0"
SYNC = "/folkmoot/sync/1"
DATA, WINDOW, PING, GO_AWAY = range(4)
SYN, ACK, FIN, RST = 1, 2, 4, 8
WINDOW_BYTES = 256 * 1024

_HEADER = struct.Struct("!BBHII")
_TIMEOUT_S = 10


class ThrownOutError(Exception):
    """The victim closed the connection or the stream."""


class Hostile:
    """One connection of a hostile peer."""

    def __init__(self, conn: ISecureConn, peer_id: ID, socket: trio.SocketStream) -> None:
        self.socket = socket
        self.peer_id = peer_id
        self.received: defaultdict[int, bytearray] = defaultdict(bytearray)
        self.ended: set[int] = set()
        self.reset = trio.Event()
        self.pongs = 0
        self.thrown_out = trio.Event()
        self.reading = trio.Event()
        self.reading.set()
        self.answers_pings = True
        self._conn = conn
        self._windows: defaultdict[int, int] = defaultdict(lambda: WINDOW_BYTES)
        self._changed = trio.Event()
        self._next_id = 1

    async def pump(self) -> None:
        """Take note of what the victim sends, until it throws this peer out."""
        try:
            while True:
                await self.reading.wait()
                _, kind, flags, stream_id, length = _HEADER.unpack(await self._conn.read(_HEADER.size))
                if kind == GO_AWAY:
                    break
                if kind == PING:
                    await self._take_ping(flags, length)
                else:
                    await self._take(kind, flags, stream_id, length)
                self._notify()
        except (IOException, ThrownOutError, struct.error):
            pass
        self.thrown_out.set()
        self._notify()

    async def _take_ping(self, flags: int, value: int) -> None:
        if flags & ACK:
            self.pongs += 1
        elif self.answers_pings:
            await self.frame(PING, ACK, 0, value)

    async def _take(self, kind: int, flags: int, stream_id: int, length: int) -> None:
        if flags & SYN:
            await self.frame(WINDOW, ACK, stream_id, 0)
            await self.write(stream_id, encode_delim(b"/multistream/1.0.0"))
        if kind == WINDOW:
            self._windows[stream_id] += length
        elif length:
            body, received = await self._conn.read(length), self.received[stream_id]
            if stream_id % 2 == 0 and MESHSUB.encode() not in received and MESHSUB.encode() in received + body:
                await self.write(stream_id, encode_delim(MESHSUB.encode()))
            received += body
            await self.frame(WINDOW, 0, stream_id, length)
        if flags & (FIN | RST):
            self.ended.add(stream_id)
        if flags & RST:
            self.reset.set()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = trio.Event()

    async def frame(self, kind: int, flags: int, stream_id: int, length: int, body: bytes = b"") -> None:
        """Send one yamux frame, true or not."""
        await self.raw(_HEADER.pack(0, kind, flags, stream_id, length) + body)

    async def raw(self, data: bytes) -> None:
        """Send any bytes within the encrypted connection."""
        try:
            await self._conn.write(data)
        except IOException as error:
            raise ThrownOutError from error

    async def open(self, protocol: str) -> int:
        """Open a stream in good order."""
        stream_id = await self.open_raw(encode_delim(b"/multistream/1.0.0") + encode_delim(protocol.encode()))
        await self.wait_for(stream_id, protocol.encode())
        return stream_id

    async def open_raw(self, data: bytes) -> int:
        """Open a stream and say anything on it."""
        stream_id = self._next_id
        self._next_id += 2
        await self.frame(WINDOW, SYN, stream_id, 0)
        await self.write(stream_id, data)
        return stream_id

    async def wait_for(self, stream_id: int, data: bytes) -> None:
        """Wait until the victim has sent something on a stream."""
        while data not in self.received[stream_id]:
            if self.thrown_out.is_set() or stream_id in self.ended:
                raise ThrownOutError
            await self._changed.wait()

    async def wait_for_end(self, stream_id: int) -> None:
        """Wait until the victim ends a stream."""
        while stream_id not in self.ended:
            if self.thrown_out.is_set():
                raise ThrownOutError
            await self._changed.wait()

    async def wait_for_reset(self) -> None:
        """Wait until the victim resets some stream."""
        await self.reset.wait()

    async def write(self, stream_id: int, data: bytes) -> None:
        """Send data on a stream, as the window allows."""
        while data:
            while self._windows[stream_id] == 0:
                if self.thrown_out.is_set() or stream_id in self.ended:
                    raise ThrownOutError
                await self._changed.wait()
            body = data[: min(self._windows[stream_id], 32 * 1024)]
            self._windows[stream_id] -= len(body)
            await self.frame(DATA, 0, stream_id, len(body), body)
            data = data[len(body) :]

    async def rpc(self, stream_id: int, rpc: rpc_pb2.RPC) -> None:
        """Send one gossip message on a stream."""
        await self.write(stream_id, encode_varint_prefixed(rpc.SerializeToString()))

    async def ping(self) -> None:
        """Ask the victim for a sign of life, and wait for it: frames before this one have been dealt with."""
        pongs = self.pongs
        await self.frame(PING, SYN, 0, 1)
        while self.pongs == pongs:
            if self.thrown_out.is_set():
                raise ThrownOutError
            await self._changed.wait()


def place(address: str) -> tuple[str, int, ID]:
    """Take an address apart."""
    _, _, host, _, port, *_, peer = address.split("/")
    return host, int(port), ID.from_string(peer)


@asynccontextmanager
async def hostile(address: str, name: str = "mallory", keys: KeyPair | None = None) -> AsyncIterator[Hostile]:
    """Connect to a victim as far as yamux, over TCP or a WebSocket as its address says."""
    host, port, victim = place(address)
    keys = keys or create_new_key_pair(hashlib.sha256(name.encode()).digest())
    noise = NoiseTransport(keys, noise_privkey=create_noise_key_pair().private_key)
    stream = await trio.open_tcp_stream(host, port)
    async with stream:
        carrier = await ask_upgrade(stream, Endpoint(host, port, True)) if "/ws/" in address else stream
        raw = RawConnection(TrioTCPStream(carrier), True)  # type: ignore[arg-type]
        with trio.fail_after(_TIMEOUT_S):
            select = MultiselectClient().select_one_of
            await select(["/noise"], MultiselectCommunicator(raw))  # type: ignore[list-item]
            conn = await noise.secure_outbound(raw, victim)
            await select(["/yamux/1.0.0"], MultiselectCommunicator(conn))  # type: ignore[list-item]
        peer = Hostile(conn, ID.from_pubkey(keys.public_key), stream)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(peer.pump)
            yield peer
            nursery.cancel_scope.cancel()


def signed(name: str, topic: str, data: bytes) -> rpc_pb2.Message:
    """A message as an honest peer of that name would sign it."""
    keys = create_new_key_pair(hashlib.sha256(name.encode()).digest())
    source = ID.from_pubkey(keys.public_key).to_bytes()
    message = rpc_pb2.Message(data=data, topicIDs=[topic], from_id=source, seqno=b"\0" * 8)
    message.signature = keys.private_key.sign(b"libp2p-pubsub:" + message.SerializeToString())
    return message


def forged(topic: str, data: bytes) -> rpc_pb2.Message:
    """A message with a signature that does not hold."""
    message = signed("mallory", topic, data)
    message.signature = bytes(64)
    return message


# Attacks: each takes the address of its victim and leaves when it has done what it can.


async def send_random_bytes_as_gossip(address: str) -> None:
    async with hostile(address) as peer:
        stream = await peer.open(MESHSUB)
        await peer.write(stream, encode_varint_prefixed(random.Random(1).randbytes(300)))
        await trio.sleep(0.2)


async def send_gossip_with_a_garbage_key(address: str, topic: str) -> None:
    source = bytes.fromhex("1220") + bytes(32)  # a hash: the key is not in it
    async with hostile(address) as peer:
        stream = await peer.open(MESHSUB)
        message = rpc_pb2.Message(data=b"x", topicIDs=[topic], from_id=source, key=b"\xff" * 40, signature=b"s")
        await peer.rpc(stream, rpc_pb2.RPC(publish=[message]))
        await trio.sleep(0.2)


async def name_a_protocol_that_is_not_utf8(address: str) -> None:
    async with hostile(address) as peer:
        await peer.open_raw(encode_delim(b"/multistream/1.0.0") + encode_delim(b"/\xff\xfe\xfd"))
        await trio.sleep(0.2)


async def name_a_protocol_without_end(address: str) -> None:
    async with hostile(address) as peer:
        stream = await peer.open_raw(encode_delim(b"/multistream/1.0.0") + b"\xff\xff\xff\x7f")
        try:
            for _ in range(64):
                await peer.write(stream, bytes(32 * 1024))
        except ThrownOutError:
            pass


async def graft_sixty_thousand_topics(address: str) -> None:
    async with hostile(address) as peer:
        stream = await peer.open(MESHSUB)
        grafts = [rpc_pb2.ControlGraft(topicID=f"{number:x}") for number in range(60_000)]
        await _send_and_wait(peer, stream, rpc_pb2.RPC(control=rpc_pb2.ControlMessage(graft=grafts)))


async def prune_a_quarter_of_a_million_topics(address: str) -> None:
    for batch in range(4):
        try:
            async with hostile(address) as peer:
                stream = await peer.open(MESHSUB)
                prunes = [rpc_pb2.ControlPrune(topicID=f"{batch * 60_000 + n:x}") for n in range(60_000)]
                await _send_and_wait(peer, stream, rpc_pb2.RPC(control=rpc_pb2.ControlMessage(prune=prunes)))
        except (ThrownOutError, IOException, MultiselectClientError):
            pass


async def have_a_hundred_thousand_messages(address: str, topic: str) -> None:
    async with hostile(address) as peer:
        stream = await peer.open(MESHSUB)
        ids = [number.to_bytes(8, "big") for number in range(100_000)]
        have = rpc_pb2.ControlIHave(topicID=topic, messageIDs=ids)
        await _send_and_wait(peer, stream, rpc_pb2.RPC(control=rpc_pb2.ControlMessage(ihave=[have])))


async def subscribe_to_everything(address: str) -> None:
    async with hostile(address) as peer:
        stream = await peer.open(MESHSUB)
        for batch in range(25):
            options = [rpc_pb2.RPC.SubOpts(subscribe=True, topicid=f"{batch}/{n}") for n in range(4900)]
            await _send_and_wait(peer, stream, rpc_pb2.RPC(subscriptions=options))


async def announce_an_endless_gossip_message(address: str) -> None:
    async with hostile(address) as peer:
        stream = await peer.open(MESHSUB)
        await peer.write(stream, b"\xff" * 9 + b"\x01" + bytes(1000))
        await trio.sleep(0.2)


async def ignore_the_window(address: str) -> None:
    async with hostile(address) as peer:
        stream = await peer.open(SYNC)
        try:
            for _ in range(600):
                await peer.frame(DATA, 0, stream, WINDOW_BYTES, bytes(WINDOW_BYTES))
        except ThrownOutError:
            pass


async def go_on_after_the_end(address: str) -> None:
    async with hostile(address) as peer:
        stream = await peer.open_raw(b"\x00")  # no name of a protocol starts so
        await peer.wait_for_end(stream)
        try:
            for _ in range(600):
                await peer.frame(DATA, 0, stream, WINDOW_BYTES, bytes(WINDOW_BYTES))
        except ThrownOutError:
            pass


async def open_twenty_thousand_streams(address: str) -> None:
    async with hostile(address) as peer:
        try:
            for number in range(20_000):
                await peer.frame(WINDOW, SYN, 2 * number + 1, 0)
        except ThrownOutError:
            pass


async def ping_without_listening(address: str) -> None:
    async with hostile(address) as peer:
        peer.reading = trio.Event()
        try:
            with trio.move_on_after(5):
                for _ in range(500):
                    await peer.raw(_HEADER.pack(0, PING, SYN, 0, 7) * 5000)
        except ThrownOutError:
            pass


async def send_impossible_frames(address: str) -> None:
    impossible = [
        _HEADER.pack(1, DATA, 0, 1, 0),  # version
        _HEADER.pack(0, 9, 0, 1, 0),  # kind
        _HEADER.pack(0, DATA, SYN, 2, 0),  # a stream id that is the victim's to give
        _HEADER.pack(0, DATA, SYN, 0, 0),
        _HEADER.pack(0, DATA, SYN, 1, 0) * 2,  # opened twice
        _HEADER.pack(0, DATA, 0, 1, 2**32 - 1),
        random.Random(2).randbytes(4096),
    ]
    for frame in impossible:
        async with hostile(address) as peer:
            await peer.raw(frame)
            await trio.sleep(0.05)


async def break_the_encryption(address: str) -> None:
    async with hostile(address) as peer:
        await peer.ping()
        await peer.socket.send_all(b"\x00\x40" + bytes(64))
        await peer.thrown_out.wait()


async def show_an_rsa_key(address: str) -> None:
    try:
        async with hostile(address, keys=create_rsa_key_pair(2048)) as peer:
            await peer.ping()
    except (IOException, ThrownOutError, MultiselectClientError):
        return
    raise AssertionError("the victim talks to a peer with an RSA key")


async def claim_another_key_in_plaintext(address: str) -> bool:
    """Ask for a connection without encryption; tell whether the victim agreed."""
    host, port, _victim = place(address)
    async with await trio.open_tcp_stream(host, port) as stream:
        raw = RawConnection(TrioTCPStream(stream), True)
        try:
            await MultiselectClient().select_one_of(["/plaintext/2.0.0"], MultiselectCommunicator(raw))  # type: ignore[list-item]
        except MultiselectClientError:
            return False
        return True


async def send_garbage_to_the_port(address: str) -> None:
    host, port, _victim = place(address)
    noise = encode_delim(b"/multistream/1.0.0") + encode_delim(b"/noise")
    dice = random.Random(3)
    for garbage in (
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        dice.randbytes(100_000),
        b"\xff" * 20,
        encode_delim(b"/multistream/1.0.0") + encode_delim(b"\xff\xfe"),
        encode_delim(b"/multistream/1.0.0") + b"\xff\xff\xff\xff\xff\xff\xff\xff\x3f" + bytes(1000),
        noise + b"\x00\x00",
        noise + b"\xff\xff" + dice.randbytes(65_535),
        noise + b"\x00\x20" + bytes(32),
    ):
        async with await trio.open_tcp_stream(host, port) as stream:
            try:
                await stream.send_all(garbage)
                await trio.sleep(0.02)
            except trio.BrokenResourceError:
                pass


async def _send_and_wait(peer: Hostile, stream: int, rpc: rpc_pb2.RPC) -> None:
    """Send a message, and wait until the victim has dealt with it: it answers a ping, or throws us out."""
    try:
        await peer.rpc(stream, rpc)
        await peer.ping()
    except ThrownOutError:
        pass
