// Cells: sums of the items in them, kept in the form in which they travel as symbols (spec/reconcile.md, symbols).

import { checkOf, ITEM_BYTES, seedOf } from './item.js';
import { indices } from './mapping.js';

export const SYMBOL_BYTES = 21;

const CHECK_BYTES = 4;
const COUNT_AT = ITEM_BYTES + CHECK_BYTES;

/** A row of cells; a difference of sets where items were put in with both signs. */
export class Cells {
  /** @param {number} length @param {Uint8Array | null} key of the session, or none */
  constructor(length, key = null) {
    this.length = length;
    this.key = key;
    this.bytes = new Uint8Array(length * SYMBOL_BYTES);
  }

  /**
   * Put an item in, or take it out.
   * @param {Uint8Array} item @param {1 | -1} sign @param {Uint8Array} check of the item
   */
  put(item, sign, check = checkOf(item, this.key)) {
    for (const index of indices(seedOf(check), this.length)) this.putInto(index, item, sign, check);
  }

  /** @param {number} index @param {Uint8Array} item @param {number} sign @param {Uint8Array} check */
  putInto(index, item, sign, check) {
    const at = index * SYMBOL_BYTES;
    for (let i = 0; i < ITEM_BYTES; i++) this.bytes[at + i] ^= item[i];
    for (let i = 0; i < CHECK_BYTES; i++) this.bytes[at + ITEM_BYTES + i] ^= check[i];
    this.bytes[at + COUNT_AT] += sign; // modulo 256, as it travels
  }

  /** Take out what other symbols say is in the cells from an index on. @param {number} index @param {Uint8Array} symbols */
  subtract(index, symbols) {
    for (let at = 0; at < symbols.length; at++) {
      const mine = index * SYMBOL_BYTES + at;
      if (at % SYMBOL_BYTES === COUNT_AT) this.bytes[mine] -= symbols[at];
      else this.bytes[mine] ^= symbols[at];
    }
  }

  /** @param {number} start @param {number} count @returns {Uint8Array} */
  symbols(start, count) {
    if (start + count > this.length) throw new RangeError(`${start + count} cells of ${this.length}`);
    return this.bytes.slice(start * SYMBOL_BYTES, (start + count) * SYMBOL_BYTES);
  }

  /**
   * The one item in a cell, where there is exactly one, and on which side it is.
   * @param {number} index
   * @returns {{item: Uint8Array, check: Uint8Array, sign: 1 | -1} | null}
   */
  alone(index) {
    const at = index * SYMBOL_BYTES;
    const count = this.bytes[at + COUNT_AT];
    if (count !== 1 && count !== 255) return null;
    const item = this.bytes.slice(at, at + ITEM_BYTES);
    const check = checkOf(item, this.key);
    for (let i = 0; i < CHECK_BYTES; i++) if (this.bytes[at + ITEM_BYTES + i] !== check[i]) return null;
    return { item, check, sign: count === 1 ? 1 : -1 };
  }

  /** Whether nothing is in the first cells. @param {number} count */
  isEmpty(count) {
    return this.bytes.subarray(0, count * SYMBOL_BYTES).every((byte) => byte === 0);
  }
}
