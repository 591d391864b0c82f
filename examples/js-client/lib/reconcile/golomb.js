// A list of a whole set in about two bytes an item (spec/reconcile.md, list).

import { compareBytes, join } from '../bytes.js';
import { must } from '../errors.js';
import { sha256 } from '../native.js';
import { LIMITS } from '../registry.js';

const REMAINDER_BITS = 16;
const TWO_16 = 2 ** REMAINDER_BITS;
const TAG = Uint8Array.of(3);

/** @typedef {{item: Uint8Array, value: number}} Placed */

/**
 * The place of an item on a line of 65536 points for each item listed.
 * @param {Uint8Array} item @param {Uint8Array} key of the session @param {number} count of the items listed
 */
function valueOf(item, key, count) {
  const hash = sha256(join([TAG, key, item]));
  const view = new DataView(hash.buffer, hash.byteOffset, 6);
  // (high * 2^24 + low) * count / 2^32 in two parts, each of which is counted exactly.
  const high = (view.getUint16(0) * 0x100 + view.getUint8(2)) * count;
  const low = (view.getUint8(3) * TWO_16 + view.getUint16(4)) * count;
  return Math.floor((high + Math.floor(low / 2 ** 24)) / 0x100);
}

/** @param {Placed} a @param {Placed} b */
const comparePlaces = (a, b) => a.value - b.value || compareBytes(a.item, b.item);

/** @param {Iterable<Uint8Array>} items @param {Uint8Array} key @param {number} count */
const placed = (items, key, count) =>
  Array.from(items, (item) => ({ item, value: valueOf(item, key, count) })).sort(comparePlaces);

/** The items of a list, in its order. @param {Uint8Array[]} items @param {Uint8Array} key */
export const placeItems = (items, key) => placed(items, key, items.length).map(({ item }) => item);

/** Collects bits, the highest of a byte first. */
class BitWriter {
  /** @type {number[]} */
  bytes = [];
  #bits = 0;

  /** @param {number} bit */
  write(bit) {
    if (this.#bits % 8 === 0) this.bytes.push(0);
    this.bytes[this.bytes.length - 1] |= bit << (7 - (this.#bits % 8));
    this.#bits++;
  }
}

/** @param {Uint8Array[]} items @param {Uint8Array} key of the session @returns {Uint8Array} */
export function encodeList(items, key) {
  const writer = new BitWriter();
  let before = 0;
  for (const { value } of placed(items, key, items.length)) {
    const gap = value - before;
    for (let ones = Math.floor(gap / TWO_16); ones > 0; ones--) writer.write(1);
    writer.write(0);
    for (let bit = REMAINDER_BITS - 1; bit >= 0; bit--) writer.write((gap >> bit) & 1);
    before = value;
  }
  return Uint8Array.from(writer.bytes);
}

/** Reads a list as its parts come. */
export class ListReader {
  /** @type {number[]} ascending */
  values = [];
  #last = 0;
  #gap = 0;
  /** How many bits of a remainder are still to come; 0 while the ones before it are read. */
  #remaining = 0;

  /** @param {number} count of the values to come @throws {RuleBroken} RCN-3 */
  constructor(count) {
    must(count <= LIMITS.LISTED_MAX, 'RCN-3', `${count} items`);
    this.count = count;
  }

  get isComplete() {
    return this.values.length === this.count;
  }

  /**
   * @param {Uint8Array} part that follows those that came before
   * @throws {RuleBroken} RCN-4, RCN-5
   */
  feed(part) {
    for (const byte of part) {
      must(!this.isComplete, 'RCN-5', 'bytes after the last value');
      for (let place = 7; place >= 0; place--) this.#take((byte >> place) & 1);
    }
  }

  /** @param {number} bit */
  #take(bit) {
    if (this.isComplete) return must(bit === 0, 'RCN-5', 'padded with something');
    if (this.#remaining > 0) return this.#takeOfRemainder(bit);
    if (bit === 0) this.#remaining = REMAINDER_BITS;
    else this.#gap += TWO_16;
    must(this.#last + this.#gap < this.count * TWO_16, 'RCN-4');
  }

  /** @param {number} bit */
  #takeOfRemainder(bit) {
    this.#remaining--;
    this.#gap += bit * 2 ** this.#remaining;
    if (this.#remaining > 0) return;
    this.#last += this.#gap;
    this.#gap = 0;
    must(this.#last < this.count * TWO_16, 'RCN-4');
    this.values.push(this.#last);
  }
}

/**
 * Compare a list with one's own items.
 * @param {number[]} values ascending @param {Iterable<Uint8Array>} items @param {Uint8Array} key of the session
 * @returns {{lacked: number[], extra: Uint8Array[]}} the places of what we lack; what the other lacks, in the order of a list
 */
export function compareList(values, items, key) {
  /** @type {Map<number, Uint8Array[]>} */
  const own = new Map();
  for (const { item, value } of placed(items, key, values.length)) own.set(value, [...(own.get(value) ?? []), item]);
  /** @type {Map<number, number[]>} */
  const listed = new Map();
  for (const [place, value] of values.entries()) listed.set(value, [...(listed.get(value) ?? []), place]);
  const lacked = [...listed].flatMap(([value, places]) =>
    places.length > (own.get(value)?.length ?? 0) ? places : [],
  );
  const extra = [...own].flatMap(([value, same]) => (same.length > (listed.get(value)?.length ?? 0) ? same : []));
  return { lacked, extra };
}
