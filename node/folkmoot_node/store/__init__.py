"""What this node keeps on disk. No other package of the node knows SQL.

Theory of operation: one SQLite database in WAL mode. Whatever changes it goes through `writing`, which gathers the
changes of concurrent callers into one transaction and answers each only after the commit has reached the disk.
Readers have connections of their own and never wait for the writer. Everything that callers see is in `store`.
"""

from folkmoot_node.store.absorbing import Batch, Swept
from folkmoot_node.store.addressbook import PeerEntry
from folkmoot_node.store.archive import Spoken
from folkmoot_node.store.finding import Cursor, Search
from folkmoot_node.store.reading import Closure, Counts, Everything, Held, Placement, Wires
from folkmoot_node.store.scopes import Found, Scope, Snapshot
from folkmoot_node.store.selecting import Chosen, Selection
from folkmoot_node.store.store import Store
from folkmoot_node.store.words import PARTY
from folkmoot_node.store.workers import Workers

__all__ = [
    "PARTY",
    "Batch",
    "Chosen",
    "Closure",
    "Counts",
    "Cursor",
    "Everything",
    "Found",
    "Held",
    "PeerEntry",
    "Placement",
    "Scope",
    "Search",
    "Selection",
    "Snapshot",
    "Spoken",
    "Store",
    "Swept",
    "Wires",
    "Workers",
]
