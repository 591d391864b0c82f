// A sketch of a set: what is told of it to find out how another set differs (spec/reconcile.md, sketch).

import { sha256, shake128 } from '../native.js';
import { LIMITS } from '../registry.js';
import { Cells } from './cells.js';
import { Estimator } from './estimate.js';
import { checkLength, checkOf, ITEM_BYTES } from './item.js';

const LANES = 1024;
const LANES_BYTES = 2 * LANES;
const LANES_TAG = 4;

/** The lanes of an item: a vector that nobody can aim at. @param {Uint8Array} item @returns {DataView} */
function lanesOf(item) {
  const asked = new Uint8Array(1 + ITEM_BYTES);
  asked[0] = LANES_TAG;
  asked.set(item, 1);
  return new DataView(shake128(asked, LANES_BYTES).buffer);
}

/** Sums of the lanes of items, modulo 2^16; two sets with the same sums are the same set. */
class Lanes {
  sums = new Uint16Array(LANES);

  /** @param {Uint8Array} item @param {1 | -1} sign */
  put(item, sign) {
    const lanes = lanesOf(item);
    for (let i = 0; i < LANES; i++) this.sums[i] += sign * lanes.getUint16(2 * i, true);
  }

  copy() {
    const copy = new Lanes();
    copy.sums.set(this.sums);
    return copy;
  }

  fingerprint() {
    const written = new DataView(new ArrayBuffer(LANES_BYTES));
    for (const [place, sum] of this.sums.entries()) written.setUint16(2 * place, sum, true);
    return sha256(new Uint8Array(written.buffer));
  }
}

/** A set of items that changes one by one, and all that is told of it without a key. */
export class Sketch {
  size = 0;
  #lanes = new Lanes();
  #estimator = new Estimator();
  #cells = new Cells(LIMITS.CELLS_MAX);

  /** @param {Iterable<Uint8Array>} items each once */
  constructor(items = []) {
    for (const item of items) this.add(item);
  }

  /** @param {Uint8Array} item that is not in the set */
  add(item) {
    this.#put(item, 1);
  }

  /** @param {Uint8Array} item that is in the set */
  remove(item) {
    this.#put(item, -1);
  }

  /** @param {Uint8Array} item @param {1 | -1} sign */
  #put(item, sign) {
    checkLength(item);
    const check = checkOf(item);
    this.#lanes.put(item, sign);
    this.#estimator.toggle(check);
    this.#cells.put(item, sign, check);
    this.size += sign;
  }

  /** @returns {Sketch} of the same set, to be changed by itself */
  copy() {
    const copy = new Sketch();
    copy.size = this.size;
    copy.#lanes = this.#lanes.copy();
    copy.#estimator.bytes.set(this.#estimator.bytes);
    copy.#cells.bytes.set(this.#cells.bytes);
    return copy;
  }

  /** What stands for the whole set. */
  fingerprint() {
    return this.#lanes.fingerprint();
  }

  /** The fingerprint that the set would have. @param {Iterable<Uint8Array>} added @param {Iterable<Uint8Array>} removed */
  fingerprintWith(added, removed) {
    const lanes = this.#lanes.copy();
    for (const item of added) lanes.put(item, 1);
    for (const item of removed) lanes.put(item, -1);
    return lanes.fingerprint();
  }

  /** @returns {Uint8Array} */
  estimator() {
    return this.#estimator.bytes.slice();
  }

  /** @param {number} start @param {number} count @returns {Uint8Array} */
  symbols(start, count) {
    return this.#cells.symbols(start, count);
  }
}
