"""The library's host, with a guard around everything a peer can make it do."""

from libp2p.abc import INetStream
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.crypto.x25519 import create_new_key_pair as create_noise_key_pair
from libp2p.host.basic_host import BasicHost
from libp2p.identity.identify_push.identify_push import ID_PUSH
from libp2p.peer.id import ID
from libp2p.peer.peerstore import PeerStore
from libp2p.security.noise.transport import Transport as NoiseTransport

from folkmoot_node.network.contained import Contained
from folkmoot_node.network.limits import Limits
from folkmoot_node.network.patches import patch_library
from folkmoot_node.network.swarm import LimitedSwarm


class GuardedHost(BasicHost):
    """Answers ping and identify, and whatever is added; asks nobody anything by itself."""

    def __init__(self, swarm: LimitedSwarm, limits: Limits, contained: Contained) -> None:
        super().__init__(
            network=swarm,
            negotiate_timeout=round(limits.negotiation_s) or 1,
            disable_identify_address_discovery=True,
        )
        self.swarm = swarm
        self._contained = contained
        self.remove_stream_handler(ID_PUSH)  # it lets strangers write into the address book

    async def _swarm_stream_handler(self, net_stream: INetStream) -> None:
        try:
            await super()._swarm_stream_handler(net_stream)
        except* Exception as error:
            self._contained.record("stream", error)
            await net_stream.reset()

    def _schedule_identify(self, peer_id: ID, *, reason: str) -> None:
        """Ask nobody who they are: the handshake has told, and nothing else is needed."""

    async def _push_identify_to_all_peers(self) -> None:
        """Tell nobody: addresses travel as records of the protocol."""


def build_host(key_seed: bytes, limits: Limits, contained: Contained) -> GuardedHost:
    """Make a host with TCP, WebSocket, Noise and yamux, and nothing else.

    Raises:
        ConfigError: The installed libp2p is not the version whose faults this package knows.
    """
    patch_library()
    key_pair = create_new_key_pair(key_seed)
    peerstore = PeerStore()
    peer_id = ID.from_pubkey(key_pair.public_key)
    peerstore.add_key_pair(peer_id, key_pair)
    noise = NoiseTransport(key_pair, noise_privkey=create_noise_key_pair().private_key)
    return GuardedHost(LimitedSwarm(peer_id, peerstore, noise, limits, contained), limits, contained)
