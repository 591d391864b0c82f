"""Becoming a device on a new machine: the offer is checked and signed, and the keys move into the key file."""

from pathlib import Path

from folkmoot.chain import read_chain
from folkmoot.errors import MisuseError
from folkmoot.succession import countersign, finish
from folkmoot_node.clock import Entropy
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.keyfile import KEY_FILE, Keys, require_free, write_keys
from folkmoot_node.newcomer import forget_newcomer, read_newcomer
from folkmoot_node.slips import read_offer


def take_up(folder: Path, text: str, passphrase: str | None, entropy: Entropy) -> Keys:
    """Sign the offer that a file holds, and write the key file of the device that this machine is from now on.

    Args:
        folder: The data folder in which the machine's keys were made.
        text: What the file holds.
        passphrase: Opens the machine's keys, if they are sealed; it seals the key file too.
        entropy: Secure dice.

    Raises:
        ConfigError: The machine never asked, or is a device already, or the offer is of another network.
        FileError: The file is no offer, or damaged.
        RefusedError: The offer is for another machine, or nobody would follow it.
        StoreError: The key file cannot be written.
    """
    require_free(folder / KEY_FILE)
    newcomer, lock = read_newcomer(folder, passphrase)
    offer = read_offer(text)
    if offer.network != newcomer.network:
        raise ConfigError(f"the offer is of the network {offer.network}, not of {newcomer.network}")
    if newcomer.key.public not in {device.key for device in offer.begun.devices}:
        raise RefusedError("the offer is for another machine", advice="Have one made from this machine's request.")
    chain = read_chain(offer.chain, network=offer.network)
    assert chain is not None, "a slip begins with a genesis"
    try:
        made = countersign(offer.begun, newcomer.key, network=offer.network)
        finish(chain, made, network=offer.network)
    except MisuseError as error:
        raise RefusedError(str(error)) from error
    keys = newcomer.keys(chain.path, joining=made)
    write_keys(folder / KEY_FILE, keys, lock, entropy)
    forget_newcomer(folder)
    return keys
