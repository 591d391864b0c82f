// From symbols of another set and one's own: which items only one of the two has (spec/reconcile.md, decoding).

import { hex } from '../bytes.js';
import { must } from '../errors.js';
import { LIMITS } from '../registry.js';
import { Cells, SYMBOL_BYTES } from './cells.js';
import { seedOf } from './item.js';
import { indices } from './mapping.js';

/**
 * @typedef {{symbols: (start: number, count: number) => Uint8Array}} Coder  whoever makes the symbols of a set
 *
 * An item that was found, and the next of its cells from which it has still to be taken.
 * @typedef {{item: Uint8Array, check: Uint8Array, sign: 1 | -1, walk: Generator<number, void, void>, next: number}} Found
 */

/** Takes in symbols of the other set as they come, and finds what differs. */
export class Decoder {
  received = 0;
  /** @type {Map<string, Found>} by item */
  #found = new Map();
  /** @type {number[]} cells in which one item may be left */
  #suspects = [];
  /** @type {Cells} */
  #cells;

  /** @param {Coder} own @param {Uint8Array | null} key of the session, or none */
  constructor(own, key = null) {
    this.own = own;
    this.#cells = new Cells(LIMITS.CELLS_MAX, key);
  }

  /**
   * Take in the symbols that follow those that came before.
   * @param {Uint8Array} symbols
   * @throws {RuleBroken} RCN-1
   */
  feed(symbols) {
    const count = symbols.length / SYMBOL_BYTES;
    must(Number.isInteger(count) && this.received + count <= LIMITS.CELLS_MAX, 'RCN-1', `${symbols.length} bytes`);
    const start = this.received;
    this.received += count;
    this.#cells.bytes.set(symbols, start * SYMBOL_BYTES);
    this.#cells.subtract(start, this.own.symbols(start, count));
    for (const found of this.#found.values()) this.#takeOut(found);
    for (let index = start; index < this.received; index++) this.#suspects.push(index);
    this.#peel();
  }

  /** Whether nothing is left in any cell. Only the fingerprint says whether what was found is right. */
  get isSolved() {
    return this.received > 0 && this.#cells.isEmpty(this.received);
  }

  /** What only the other set has. @returns {Uint8Array[]} */
  get theirs() {
    return this.#only(1);
  }

  /** What only our set has; of somebody who lies, perhaps things that we do not have. @returns {Uint8Array[]} */
  get ours() {
    return this.#only(-1);
  }

  /** @param {1 | -1} side */
  #only(side) {
    return [...this.#found.values()].filter(({ sign }) => sign === side).map(({ item }) => item);
  }

  /** Take out item after item, but never more of them than symbols came (RCN-2). */
  #peel() {
    while (this.#found.size < this.received) {
      const index = this.#suspects.pop();
      if (index === undefined) return;
      const found = this.#foundIn(index);
      if (found !== null) this.#suspects.push(...this.#takeOut(found));
    }
  }

  /**
   * The item that is alone in a cell, unless it was found before, or has no place in this cell.
   * @param {number} index
   * @returns {Found | null}
   */
  #foundIn(index) {
    const alone = this.#cells.alone(index);
    if (alone === null || this.#found.has(hex(alone.item))) return null;
    for (const place of indices(seedOf(alone.check), index + 1)) {
      if (place !== index) continue;
      const found = { ...alone, walk: indices(seedOf(alone.check), LIMITS.CELLS_MAX), next: -1 };
      step(found);
      this.#found.set(hex(alone.item), found);
      return found;
    }
    return null;
  }

  /** Take an item out of its cells among those received. @param {Found} found @returns {number[]} those cells */
  #takeOut(found) {
    const touched = [];
    for (; found.next < this.received; step(found)) {
      this.#cells.putInto(found.next, found.item, -found.sign, found.check);
      touched.push(found.next);
    }
    return touched;
  }
}

/** @param {Found} found */
function step(found) {
  found.next = found.walk.next().value ?? Infinity;
}
