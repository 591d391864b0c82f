// Symbols under the key of a session, at which nobody can aim who plants records (spec/reconcile.md, keys).

import { LIMITS } from '../registry.js';
import { Cells } from './cells.js';

/** Makes the symbols of a set under a key. */
export class KeyedCoder {
  #cells;

  /** @param {Iterable<Uint8Array>} items each once @param {Uint8Array} key of the session */
  constructor(items, key) {
    this.#cells = new Cells(LIMITS.CELLS_MAX, key);
    for (const item of items) this.#cells.put(item, 1);
  }

  /** @param {number} start @param {number} count @returns {Uint8Array} */
  symbols(start, count) {
    return this.#cells.symbols(start, count);
  }
}
