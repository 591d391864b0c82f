"""The local HTTP API: the one door through which commands and pages reach the daemon.

Theory of operation: `guard` lets in only requests from this machine that carry the token, and bounds their size;
`routes` translate HTTP to acts and views, and hold no rule of their own; `failures` gives every error one shape;
`serving` runs it all on Hypercorn inside the daemon's nursery; `handle` tells commands where the daemon listens.
"""

from folkmoot_node.api.application import application
from folkmoot_node.api.daemon import Daemon, Facts, PeerFacts, Surroundings
from folkmoot_node.api.handle import HANDLE_NAME, Handle, read_handle, removed_handle, written_handle
from folkmoot_node.api.serving import serve

__all__ = [
    "HANDLE_NAME",
    "Daemon",
    "Facts",
    "Handle",
    "PeerFacts",
    "Surroundings",
    "application",
    "read_handle",
    "removed_handle",
    "serve",
    "written_handle",
]
