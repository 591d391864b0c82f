// One side of a sync: frames of the other side in, effects out; whoever carries the frames is elsewhere (spec/sync.md).

import { hex, isBytes, isBytesOf, unhex } from './bytes.js';
import { decode, encode, isMap, isName, isUnsigned } from './encoding.js';
import { must, RuleBroken } from './errors.js';
import { BUNDLE_LABEL, EDITION, LIMITS } from './registry.js';

const IDS_IN_A_FRAME = 1024;
const CLOCKS_APART_MS_MAX = 86_400_000;

/**
 * @typedef {{network: string, edition: number, spaces: string[], now: number}} Hello
 * @typedef {{operations: string[], records: string[]}} Listing  ids in hex
 *
 * What follows from a frame: the other side is greeted and awaits our listing; it has listed, and lacks these;
 * it sent a bundle; it is done.
 * @typedef {{greeted: {edition: number, spaces: string[], now: number}} | {offer: Listing}
 *   | {receive: Uint8Array} | 'finished'} Effect
 */

/** Our part of a conversation with one other side. */
export class Session {
  /** @type {'hello' | 'have' | 'bundles' | 'over'} what we expect next */
  #stage = 'hello';
  /** @type {{operations: Set<string>, records: Set<string>}} */
  #theirs = { operations: new Set(), records: new Set() };
  #listed = { operations: 0, records: 0 };

  /**
   * @param {Hello} own
   * @param {(spaces: string[]) => Listing} holdings what we list for the spaces in common
   */
  constructor(own, holdings) {
    this.own = own;
    this.holdings = holdings;
    /** @type {Listing} */
    this.ours = { operations: [], records: [] };
  }

  get isOver() {
    return this.#stage === 'over';
  }

  /** The frame with which we begin. */
  hello() {
    const { network, edition, spaces, now } = this.own;
    return encode(['hello', { network, edition, spaces, now, major: 1 }]);
  }

  /** The frames that list what we hold; to be sent once greeted. @returns {Uint8Array[]} */
  listing() {
    const frames = [];
    for (const word of /** @type {const} */ (['operations', 'records'])) {
      for (let at = 0; at < this.ours[word].length; at += IDS_IN_A_FRAME) {
        frames.push(encode(['have', word, this.ours[word].slice(at, at + IDS_IN_A_FRAME).map(unhex)]));
      }
    }
    return [...frames, encode(['listed'])];
  }

  /**
   * Take a frame of the other side.
   * @param {Uint8Array} frame @returns {Effect[]}
   * @throws {RuleBroken} ENC-1 to ENC-7, SYN-1 to SYN-5; the session is to be ended
   */
  take(frame) {
    const message = decode(frame, LIMITS.SYNC_FRAME_BYTES_MAX);
    must(Array.isArray(message) && message.length > 0, 'SYN-1', 'no message');
    const [name, ...rest] = message;
    must(typeof name === 'string', 'SYN-1', 'a message without a name');
    const form = `${this.#stage} ${name} ${rest.length}`;
    switch (form) {
      case 'hello hello 1':
        return [this.#greet(rest[0])];
      case 'have have 2':
        return this.#note(rest[0], rest[1]);
      case 'have listed 0':
        return [this.#offer()];
      case 'bundles bundle 1':
        must(isBytes(rest[0]), 'SYN-1', 'a bundle that is not bytes');
        return [{ receive: rest[0] }];
      case 'bundles done 0':
        this.#stage = 'over';
        return ['finished'];
      default:
        throw new RuleBroken('SYN-1', `${String(name)} at stage ${this.#stage}`);
    }
  }

  /** @param {any} fields @returns {Effect} */
  #greet(fields) {
    must(isMap(fields), 'SYN-1', 'hello without fields');
    must(fields.get('network') === this.own.network && fields.get('major') === 1, 'SYN-2');
    const { now, edition, spaces } = Object.fromEntries(fields);
    must(isUnsigned(now) && isUnsigned(edition), 'SYN-3');
    must(Array.isArray(spaces) && spaces.length <= LIMITS.SYNC_SPACES_MAX && spaces.every(isName), 'SYN-3');
    must(Math.abs(now - this.own.now) <= CLOCKS_APART_MS_MAX, 'SYN-4');
    const common = this.own.spaces.filter((space) => spaces.includes(space)).sort();
    this.ours = this.holdings(common);
    this.#stage = 'have';
    return { greeted: { edition: Math.min(edition, this.own.edition), spaces: common, now } };
  }

  /** @param {any} word @param {any} ids @returns {Effect[]} */
  #note(word, ids) {
    must(typeof word === 'string' && Array.isArray(ids), 'SYN-1', 'a listing of another form');
    must(word === 'operations' || word === 'records', 'SYN-5', 'a listing of something else');
    must(ids.length > 0, 'SYN-5', 'an empty listing');
    must(
      ids.every((/** @type {any} */ id) => isBytesOf(id, 32)),
      'SYN-5',
      'no ids',
    );
    const kind = /** @type {'operations' | 'records'} */ (word);
    this.#listed[kind] += ids.length;
    must(this.#listed[kind] <= LIMITS.SYNC_IDS_MAX, 'SYN-5', 'too many');
    for (const id of ids) this.#theirs[kind].add(hex(id));
    return [];
  }

  /** @returns {Effect} */
  #offer() {
    this.#stage = 'bundles';
    const lacked = (/** @type {'operations' | 'records'} */ kind) =>
      this.ours[kind].filter((id) => !this.#theirs[kind].has(id)).sort();
    return { offer: { operations: lacked('operations'), records: lacked('records') } };
  }
}

/**
 * The frames that carry an offer: operations before records, each frame within its bound, and the last word.
 * @param {string} network @param {Uint8Array[]} operations @param {Uint8Array[]} records wires
 * @returns {Uint8Array[]}
 */
export function bundleFrames(network, operations, records) {
  const room = LIMITS.SYNC_FRAME_BYTES_MAX - 256; // headers around the items: at most 5 bytes each, counted below
  /** @type {[Uint8Array[], Uint8Array[]][]} */
  const bundles = [];
  let left = 0;
  for (const [place, items] of [operations, records].entries()) {
    for (const item of items) {
      const size = item.length + 5;
      if (size > left) {
        bundles.push([[], []]);
        left = room;
      }
      bundles[bundles.length - 1][place].push(item);
      left -= size;
    }
  }
  const frames = bundles.map((parts) => encode(['bundle', encode([BUNDLE_LABEL, network, ...parts])]));
  return [...frames, encode(['done'])];
}

/** @param {string} network @param {string[]} spaces @param {number} now @returns {Hello} */
export const helloOf = (network, spaces, now) => ({ network, edition: EDITION, spaces, now });
