// The side whose set is told, for one round (spec/sync.md, round).

import { compareBytes, sameBytes } from '../bytes.js';
import { must } from '../errors.js';
import { SYMBOL_BYTES } from '../reconcile/cells.js';
import { estimate, symbolsFor } from '../reconcile/estimate.js';
import { encodeList, placeItems } from '../reconcile/golomb.js';
import { sessionKey } from '../reconcile/item.js';
import { KeyedCoder } from '../reconcile/keyed.js';
import { LIMITS } from '../registry.js';
import { message } from './messages.js';

const SYMBOLS_IN_A_FRAME = 2857;
const LIST_BYTES_IN_A_FRAME = 60_000;
const NO_NONCE = new Uint8Array(16);

/**
 * @typedef {import('./asker.js').Snapshot} Snapshot
 * @typedef {{size: number, estimator: Uint8Array}} Summary
 */

/**
 * How many symbols a teller sends at first; 0 for a list in their place.
 * @param {Snapshot} set @param {Summary} theirs
 */
export function firstSymbols({ sketch }, { size, estimator }) {
  const difference = Math.max(1, estimate(sketch.estimator(), estimator), Math.abs(size - sketch.size));
  const symbols = symbolsFor(difference);
  const isTooMany = symbols > LIMITS.CELLS_MAX || symbols * SYMBOL_BYTES * 5 > 256 * 5 + 11 * sketch.size;
  return isTooMany ? 0 : symbols;
}

/** What we tell of our set, and what the other side wants of it. */
export class Teller {
  /** Which messages can come next. */
  expected = ['summary'];
  /** Once the other side has said it all: what it wants, by whole items or by their beginnings. @type {Uint8Array[] | null} */
  offer = null;
  isEqual = false;

  /** @type {{symbols: (start: number, count: number) => Uint8Array}} */
  #coder;
  /** @type {Uint8Array} that of the coding, none without a key */
  #nonce = new Uint8Array(0);
  #first = 0;
  #sent = 0;
  #isKeyed = false;
  /** @type {Uint8Array[] | null} the items of a list, in its order */
  #listed = null;
  /** The place from which on the next bitmap may begin. */
  #nextPlace = 0;
  /** @type {Uint8Array[]} */
  #wanted = [];

  /**
   * @param {Snapshot} set @param {() => Uint8Array} dice for a nonce
   * @param {(set: Snapshot, theirs: Summary) => number} choose how many symbols to send at first; 0 for a list
   */
  constructor(set, dice, choose) {
    this.set = set;
    this.dice = dice;
    this.choose = choose;
    this.#coder = set.sketch;
  }

  /**
   * @param {import('./messages.js').Message} heard one of those expected
   * @returns {Uint8Array[]} the frames that follow
   * @throws {RuleBroken} SYN-9 to SYN-12
   */
  take({ name, items }) {
    switch (name) {
      case 'summary':
        return this.#answer(items);
      case 'more':
        return this.#more(items[0]);
      case 'again':
        return this.#again(items[0], items[1]);
      case 'want':
        return this.#want(items[0]);
      case 'places':
        return this.#places(items[0], items[1]);
      default:
        this.offer = this.#wanted;
        return [];
    }
  }

  /** @param {any[]} items */
  #answer([, size, fingerprint, estimator]) {
    if (sameBytes(fingerprint, this.set.sketch.fingerprint())) {
      this.isEqual = true;
      return [message('equal')];
    }
    this.#first = this.choose(this.set, { size, estimator });
    return this.#first === 0 ? this.#list(NO_NONCE) : this.#cells(this.#first);
  }

  /** @param {number} count of the symbols that follow @returns {Uint8Array[]} */
  #cells(count) {
    this.expected = ['more', 'again', 'want', 'wanted'];
    const end = this.#sent + count;
    const fingerprint = this.set.sketch.fingerprint();
    const frames = [];
    while (this.#sent < end) {
      const some = Math.min(SYMBOLS_IN_A_FRAME, end - this.#sent);
      const symbols = this.#coder.symbols(this.#sent, some);
      frames.push(message('cells', this.#nonce, fingerprint, this.#sent, end, symbols));
      this.#sent += some;
    }
    return frames;
  }

  /** @param {Uint8Array} nonce that of the asker @returns {Uint8Array[]} */
  #list(nonce) {
    this.expected = ['places', 'wanted'];
    const own = this.dice();
    const key = sessionKey(nonce, own);
    this.#listed = placeItems(this.set.items, key);
    const list = encodeList(this.set.items, key);
    const frames = [];
    for (let at = 0; at === 0 || at < list.length; at += LIST_BYTES_IN_A_FRAME) {
      frames.push(message('list', own, this.#listed.length, list.subarray(at, at + LIST_BYTES_IN_A_FRAME)));
    }
    return frames;
  }

  /** @param {number} count */
  #more(count) {
    must(count >= 1 && this.#sent + count <= LIMITS.CELLS_MAX, 'SYN-9', `${count} more symbols`);
    return this.#cells(count);
  }

  /** @param {string} what @param {Uint8Array} nonce that of the asker */
  #again(what, nonce) {
    if (what === 'list') return this.#list(nonce);
    must(!this.#isKeyed, 'SYN-10', 'a second time');
    this.#isKeyed = true;
    this.#nonce = this.dice();
    this.#coder = new KeyedCoder(this.set.items, sessionKey(nonce, this.#nonce));
    this.#sent = 0;
    return this.#cells(this.#first);
  }

  /** @param {Uint8Array} prefixes */
  #want(prefixes) {
    must(prefixes.length > 0 && prefixes.length % LIMITS.SYNC_PREFIX_BYTES === 0, 'SYN-11', `${prefixes.length} bytes`);
    for (let at = 0; at < prefixes.length; at += LIMITS.SYNC_PREFIX_BYTES) {
      const prefix = prefixes.subarray(at, at + LIMITS.SYNC_PREFIX_BYTES);
      const before = this.#wanted.at(-1);
      must(before === undefined || compareBytes(before, prefix) < 0, 'SYN-11', 'out of order');
      this.#wanted.push(prefix);
    }
    must(this.#wanted.length <= this.#sent, 'SYN-11', 'more than symbols can show');
    this.expected = ['want', 'wanted'];
    return [];
  }

  /** @param {number} first @param {Uint8Array} bitmap */
  #places(first, bitmap) {
    const listed = this.#listed ?? [];
    const end = first + 8 * bitmap.length;
    must(bitmap.length > 0 && first >= this.#nextPlace && end - listed.length < 8, 'SYN-12', 'out of place');
    for (let place = first; place < end; place++) {
      const isWanted = (bitmap[Math.floor((place - first) / 8)] & (0x80 >> ((place - first) % 8))) !== 0;
      must(!isWanted || place < listed.length, 'SYN-12', 'beyond the list');
      if (isWanted) this.#wanted.push(listed[place]);
    }
    this.#nextPlace = end;
    return [];
  }
}
