// The side that works out what differs, for one round (spec/sync.md, round).

import { compareBytes, hex, join, sameBytes } from '../bytes.js';
import { must } from '../errors.js';
import { SYMBOL_BYTES } from '../reconcile/cells.js';
import { Decoder } from '../reconcile/decoder.js';
import { compareList, ListReader } from '../reconcile/golomb.js';
import { sessionKey } from '../reconcile/item.js';
import { KeyedCoder } from '../reconcile/keyed.js';
import { LIMITS } from '../registry.js';
import { message } from './messages.js';

const PREFIXES_IN_A_FRAME = 7_500;
const PLACES_IN_A_FRAME = 480_000;
const MORE_MIN = 16;
const NO_NONCE = new Uint8Array(16);

/**
 * The set as it was at one moment.
 * @typedef {{sketch: import('../reconcile/sketch.js').Sketch, items: Uint8Array[]}} Snapshot
 *
 * Cells as they come: of which coding, how far the other side goes before it stops, and where we give up.
 * @typedef {{decoder: Decoder, nonce: Uint8Array, fingerprint: Uint8Array, end: number, last: number}} Coding
 *
 * A list as it comes.
 * @typedef {{reader: ListReader, nonce: Uint8Array}} Listing
 */

/** What we hear of the other side's set, and what follows. */
export class Asker {
  /** Which messages can come next. */
  expected = ['equal', 'cells', 'list'];
  /** Once it is known what differs: what only we have. @type {Uint8Array[] | null} */
  offer = null;
  isEqual = false;
  /** Whether it was a list that told what differs: it may have overlooked something. */
  isByList = false;

  /** @type {Uint8Array | null} that of our last `again` */
  #nonce = null;
  /** @type {Coding | null} */
  #coding = null;
  /** @type {Listing | null} */
  #listing = null;

  /** @param {Snapshot} set @param {() => Uint8Array} dice for a nonce */
  constructor(set, dice) {
    this.set = set;
    this.dice = dice;
  }

  /** @param {number} day */
  summary(day) {
    const { sketch } = this.set;
    return message('summary', day, sketch.size, sketch.fingerprint(), sketch.estimator());
  }

  /**
   * @param {import('./messages.js').Message} heard one of those expected
   * @returns {Uint8Array[]} the frames that follow
   * @throws {RuleBroken} SYN-7, SYN-8, RCN-1, RCN-3 to RCN-5
   */
  take({ name, items }) {
    if (name === 'cells') return this.#takeCells(items);
    if (name === 'list') return this.#takeList(items);
    this.isEqual = true;
    return [];
  }

  /** @param {any[]} items */
  #takeCells([nonce, fingerprint, start, end, symbols]) {
    this.expected = ['cells'];
    must((nonce.length > 0) === (this.#nonce !== null), 'SYN-7', 'of another coding');
    const coding = this.#coding ?? this.#begun(nonce, fingerprint, end);
    must(sameBytes(nonce, coding.nonce) && sameBytes(fingerprint, coding.fingerprint), 'SYN-7', 'of another set');
    must(start === coding.decoder.received && end === coding.end && end <= LIMITS.CELLS_MAX, 'SYN-7', 'out of place');
    const count = Math.floor(symbols.length / SYMBOL_BYTES);
    must(count >= 1 && start + count <= end, 'SYN-7', `${count} symbols`);
    coding.decoder.feed(symbols);
    return coding.decoder.received < end ? [] : this.#conclude(coding);
  }

  /** @param {Uint8Array} nonce @param {Uint8Array} fingerprint @param {number} end @returns {Coding} */
  #begun(nonce, fingerprint, end) {
    const { sketch, items } = this.set;
    const key = this.#nonce === null ? null : sessionKey(this.#nonce, nonce);
    const decoder = new Decoder(key === null ? sketch : new KeyedCoder(items, key), key);
    const last = Math.min(LIMITS.CELLS_MAX, 40 + Math.floor((5 * end) / 2));
    this.#coding = { decoder, nonce, fingerprint, end, last };
    return this.#coding;
  }

  /** @param {Coding} coding of which all has come that was to come @returns {Uint8Array[]} */
  #conclude(coding) {
    const { decoder, fingerprint, last } = coding;
    const { received, theirs, ours } = decoder;
    if (decoder.isSolved) {
      const isRight = sameBytes(this.set.sketch.fingerprintWith(theirs, ours), fingerprint);
      return isRight ? this.#want(theirs, ours) : this.#again();
    }
    const count = Math.min(Math.max(Math.floor(received / 4), MORE_MIN), last - received);
    if (count <= 0) return this.#again();
    coding.end = received + count;
    return [message('more', count)];
  }

  /** Give a coding up, and ask for the next. */
  #again() {
    const what = this.#nonce === null ? 'cells' : 'list';
    this.#nonce = this.dice();
    this.#coding = null;
    this.expected = [what];
    return [message('again', what, this.#nonce)];
  }

  /** @param {Uint8Array[]} theirs @param {Uint8Array[]} ours @returns {Uint8Array[]} */
  #want(theirs, ours) {
    const held = new Set(this.set.items.map(hex));
    this.offer = ours.filter((item) => held.has(hex(item))).sort(compareBytes);
    const prefixes = theirs.map((item) => item.subarray(0, LIMITS.SYNC_PREFIX_BYTES)).sort(compareBytes);
    const distinct = prefixes.filter((prefix, place) => place === 0 || !sameBytes(prefix, prefixes[place - 1]));
    const frames = [];
    for (let at = 0; at < distinct.length; at += PREFIXES_IN_A_FRAME) {
      frames.push(message('want', join(distinct.slice(at, at + PREFIXES_IN_A_FRAME))));
    }
    return [...frames, message('wanted')];
  }

  /** @param {any[]} items */
  #takeList([nonce, count, part]) {
    this.expected = ['list'];
    must(this.#listing === null || sameBytes(nonce, this.#listing.nonce), 'SYN-8', 'another nonce');
    must(this.#listing === null || count === this.#listing.reader.count, 'SYN-8', 'another count');
    must(part.length > 0 || count === 0, 'SYN-8', 'an empty frame');
    this.#listing ??= { reader: new ListReader(count), nonce };
    const { reader } = this.#listing;
    reader.feed(part);
    if (!reader.isComplete) return [];
    const key = sessionKey(this.#nonce ?? NO_NONCE, nonce);
    const { lacked, extra } = compareList(reader.values, this.set.items, key);
    this.isByList = true;
    this.offer = extra.sort(compareBytes);
    return [...placesFrames(lacked), message('wanted')];
  }
}

/**
 * The frames that ask for places of a list.
 * @param {number[]} lacked ascending
 * @returns {Uint8Array[]}
 */
function placesFrames(lacked) {
  const frames = [];
  for (let at = 0; at < lacked.length; ) {
    const first = lacked[at];
    let beyond = at;
    while (beyond < lacked.length && lacked[beyond] < first + PLACES_IN_A_FRAME) beyond++;
    const bitmap = new Uint8Array(Math.ceil((lacked[beyond - 1] - first + 1) / 8));
    for (; at < beyond; at++) bitmap[Math.floor((lacked[at] - first) / 8)] |= 0x80 >> ((lacked[at] - first) % 8);
    frames.push(message('places', first, bitmap));
  }
  return frames;
}
