// One side of a sync: frames of the other side in, effects out; whoever carries the frames is elsewhere (spec/sync.md).

import { join } from '../bytes.js';
import { dayOf } from '../days.js';
import { isName, isUnsigned } from '../encoding.js';
import { must } from '../errors.js';
import { ITEM_BYTES } from '../reconcile/item.js';
import { EDITION, LIMITS } from '../registry.js';
import { Asker } from './asker.js';
import { message, readMessage } from './messages.js';
import { Teller } from './teller.js';

const CLOCKS_APART_MS_MAX = 86_400_000;
const DECLINED_IN_A_FRAME = 1024;

/**
 * @typedef {import('./asker.js').Snapshot} Snapshot
 * @typedef {{network: string, edition: number, spaces: string[], now: number, hosting: number}} Hello
 * @typedef {{spaces: string[], day: number}} Scope
 * @typedef {{identities: Uint8Array[], items: Uint8Array[]}} Declined
 *
 * What a session asks of whoever holds the set.
 * @typedef {object} Host
 * @property {(scope: Scope) => Snapshot} set  as it is now, without what the other side has declined
 * @property {() => Uint8Array} dice  16 bytes
 * @property {(set: Snapshot, theirs: import('./teller.js').Summary) => number} choose
 *   how many symbols a teller sends at first; 0 for a list
 * @property {(items: Uint8Array[]) => {bundles: Uint8Array[], count: number}} bundles
 *   what items, or beginnings of items, stand for, and how many operations and records that is
 * @property {() => Declined} settle  what came in this round and is not held
 *
 * What follows from a frame, in this order. All but `send` is to be done before the next frame is taken in.
 * @typedef {{greeted: Hello & {day: number}}} Greeted  what the other side says of itself, with the scope
 * @typedef {{send: Uint8Array} | Greeted | {offer: Uint8Array[]} | {receive: Uint8Array}
 *   | {declined: Declined} | {finished: 'equal' | 'done'}} Effect
 */

/** @param {Uint8Array[]} frames @returns {Effect[]} */
const sends = (frames) => frames.map((frame) => ({ send: frame }));

/** Our part of a conversation with one other side. */
export class Session {
  #expected = ['hello'];
  #round = 1;
  /** @type {Scope} */
  #scope = { spaces: [], day: 0 };
  /** Our part where we ask. @type {Asker | null} */
  #asker = null;
  /** Our part where we are asked. @type {Teller | null} */
  #teller = null;
  /** The day of a first summary that does not count, until that has come. @type {number | null} */
  #idleDay = null;
  /** How many items the other side was sent in this round, less those it has declined. */
  #declinable = 0;
  #isAnother = false;

  /** @param {Hello} own @param {boolean} opens whether we opened the stream @param {Host} host */
  constructor(own, opens, host) {
    this.own = own;
    this.opens = opens;
    this.host = host;
  }

  get isOver() {
    return this.#expected.length === 0;
  }

  /** What we begin with, without waiting. @returns {Effect[]} */
  start() {
    const { network, edition, now, spaces, hosting } = this.own;
    const hello = sends([message('hello', network, 1, edition, now, spaces, hosting)]);
    if (!this.opens) return hello;
    return [...hello, ...this.#ask({ spaces: distinct(spaces), day: dayOf(now) })];
  }

  /**
   * Take a frame of the other side.
   * @param {Uint8Array} frame @returns {Effect[]}
   * @throws {RuleBroken} ENC-1 to ENC-7, SYN-1 to SYN-5, SYN-7 to SYN-14, RCN-1, RCN-3 to RCN-5; the session is over then
   */
  take(frame) {
    const heard = readMessage(frame);
    const expected = this.#idleDay === null ? this.#expected : ['summary'];
    must(expected.includes(heard.name), 'SYN-1', `${heard.name} instead of ${expected}`);
    const { name, items } = heard;
    switch (name) {
      case 'hello':
        return this.#greet(items);
      case 'bundle':
        return [{ receive: items[0] }];
      case 'sent':
        return this.#settle();
      case 'decline':
        return [{ declined: this.#declined(items[0], items[1]) }];
      case 'done':
        return this.#finish(items[0]);
      default:
        return this.#reconcile(heard);
    }
  }

  /** @param {any[]} items @returns {Effect[]} */
  #greet([network, major, edition, now, spaces, hosting]) {
    must(network === this.own.network && major === 1, 'SYN-2');
    must(isUnsigned(edition) && isUnsigned(now) && isUnsigned(hosting), 'SYN-3');
    must(Array.isArray(spaces) && spaces.length <= LIMITS.SYNC_SPACES_MAX && spaces.every(isName), 'SYN-3');
    must(Math.abs(now - this.own.now) <= CLOCKS_APART_MS_MAX, 'SYN-4');
    const day = Math.max(dayOf(now), dayOf(this.own.now));
    this.#scope = { spaces: distinct(this.own.spaces).filter((space) => spaces.includes(space)), day };
    const opener = this.opens ? this.own : { spaces, now };
    const counts = dayOf(opener.now) === day && distinct(opener.spaces).length === this.#scope.spaces.length;
    /** @type {Effect} */
    const greeted = { greeted: { network, edition, now, hosting, ...this.#scope } };
    if (counts !== this.opens) {
      this.#asker = null;
      this.#expected = ['summary'];
      return [greeted];
    }
    const summary = this.opens ? [] : this.#ask(this.#scope);
    if (!this.opens) this.#idleDay = dayOf(now);
    this.#expected = /** @type {Asker} */ (this.#asker).expected;
    return [greeted, ...summary];
  }

  /** Begin a round as the asker. @param {Scope} scope @returns {Effect[]} */
  #ask(scope) {
    this.#asker = new Asker(this.host.set(scope), this.host.dice);
    return sends([this.#asker.summary(scope.day)]);
  }

  /** @param {import('./messages.js').Message} heard @returns {Effect[]} */
  #reconcile(heard) {
    if (heard.name === 'summary') {
      must(heard.items[0] === (this.#idleDay ?? this.#scope.day), 'SYN-5', 'of another day');
      if (this.#idleDay !== null) {
        this.#idleDay = null;
        return [];
      }
      this.#teller = new Teller(this.host.set(this.#scope), this.host.dice, this.host.choose);
    }
    const part = /** @type {Asker | Teller} */ (this.#asker ?? this.#teller);
    const frames = sends(part.take(heard));
    this.#expected = part.isEqual ? [] : part.expected;
    if (part.isEqual) return [...frames, { finished: 'equal' }];
    return part.offer === null ? frames : [...frames, ...this.#offer(part.offer)];
  }

  /** @param {Uint8Array[]} offer @returns {Effect[]} */
  #offer(offer) {
    this.#expected = ['bundle', 'sent'];
    const { bundles, count } = this.host.bundles(offer);
    this.#declinable = count;
    return [{ offer }, ...sends(bundles.map((bundle) => message('bundle', bundle))), ...sends([message('sent')])];
  }

  /** Say what came and is not held, and that we are done with this round. @returns {Effect[]} */
  #settle() {
    const { identities, items } = this.host.settle();
    const none = new Uint8Array(0);
    this.#expected = ['decline', 'done'];
    this.#isAnother = (this.#asker?.isByList ?? false) && this.#round < LIMITS.SYNC_ROUNDS_MAX;
    return sends([
      ...inParts(identities).map((some) => message('decline', some, none)),
      ...inParts(items).map((some) => message('decline', [], join(some))),
      message('done', this.#isAnother),
    ]);
  }

  /** @param {Uint8Array[]} identities @param {Uint8Array} joined @returns {Declined} */
  #declined(identities, joined) {
    const items = Array.from({ length: joined.length / ITEM_BYTES }, (_, place) =>
      joined.subarray(place * ITEM_BYTES, (place + 1) * ITEM_BYTES),
    );
    const count = identities.length + items.length;
    must(count >= 1 && count <= this.#declinable, 'SYN-13', `${count} of ${this.#declinable} declined`);
    this.#declinable -= count;
    return { identities, items };
  }

  /** @param {boolean} again what the other side says @returns {Effect[]} */
  #finish(again) {
    must(!again || (this.#asker === null && this.#round < LIMITS.SYNC_ROUNDS_MAX), 'SYN-14');
    if (!again && !this.#isAnother) {
      this.#expected = [];
      return [{ finished: 'done' }];
    }
    this.#round++;
    this.#expected = ['summary'];
    if (this.#asker === null) return [];
    const frames = this.#ask(this.#scope);
    this.#expected = this.#asker.expected;
    return frames;
  }
}

/** @param {Uint8Array[]} items @returns {Uint8Array[][]} */
function inParts(items) {
  const parts = [];
  for (let at = 0; at < items.length; at += DECLINED_IN_A_FRAME) parts.push(items.slice(at, at + DECLINED_IN_A_FRAME));
  return parts;
}

/** Names in order, each once. @param {string[]} names */
const distinct = (names) => [...new Set(names)].sort();

/** @param {string} network @param {string[]} spaces @param {number} now @returns {Hello} */
export const helloOf = (network, spaces, now) => ({ network, edition: EDITION, spaces, now, hosting: 0 });
