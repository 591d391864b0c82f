"""The stories that are told on a test network, by the names under which the design calls them."""

from folkmoot_node.testnet.stories.chain import CHAIN
from folkmoot_node.testnet.stories.labour import LABOUR
from folkmoot_node.testnet.stories.ring import RING
from folkmoot_node.testnet.stories.tender import TENDER
from folkmoot_node.testnet.tale import Tale

STORIES: dict[str, Tale] = {tale.name: tale for tale in (TENDER, CHAIN, LABOUR, RING)}
