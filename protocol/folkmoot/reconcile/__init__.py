"""How two nodes find out by what their sets differ, at a cost that follows the difference and not the sets.

Spec: reconcile.md
"""

from folkmoot.limits import CELLS_MAX, ITEM_BYTES, LISTED_MAX
from folkmoot.reconcile.decoder import Decoder, is_right
from folkmoot.reconcile.estimate import DIFFERENCE_MAX, ESTIMATOR_BYTES, estimate, symbols_for
from folkmoot.reconcile.golomb import ListReader, compare, encode_list, place_items
from folkmoot.reconcile.keyed import NONCE_BYTES, KeyedCoder, session_key
from folkmoot.reconcile.mapping import KEY_BYTES, check_of, indices
from folkmoot.reconcile.sketch import Sketch
from folkmoot.reconcile.symbols import SYMBOL_BYTES, Coder

__all__ = [
    "CELLS_MAX",
    "DIFFERENCE_MAX",
    "ESTIMATOR_BYTES",
    "ITEM_BYTES",
    "KEY_BYTES",
    "LISTED_MAX",
    "NONCE_BYTES",
    "SYMBOL_BYTES",
    "Coder",
    "Decoder",
    "KeyedCoder",
    "ListReader",
    "Sketch",
    "check_of",
    "compare",
    "encode_list",
    "estimate",
    "indices",
    "is_right",
    "place_items",
    "session_key",
    "symbols_for",
]
