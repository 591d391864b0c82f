// What a session asks of a node, answered from its replica; one shelf serves one session with one peer.

import { openBundle, packParts } from '../bundle.js';
import { hex, unhex } from '../bytes.js';
import { dice } from '../native.js';
import { ITEM_BYTES } from '../reconcile/item.js';
import { Sketch } from '../reconcile/sketch.js';
import { LIMITS } from '../registry.js';
import { firstSymbols } from './teller.js';

const PENDING_MAX = 256;
const CAME_MAX = 65_536; // what comes beyond this is offered again at the next sync
const ITEM_DIGITS = 2 * ITEM_BYTES;
const PREFIX_DIGITS = 2 * LIMITS.SYNC_PREFIX_BYTES;
const BUNDLE_ROOM = LIMITS.SYNC_FRAME_BYTES_MAX - 16; // the name of the message and the header of its bytes

/**
 * @typedef {import('../operation.js').Operation} Operation
 * @typedef {import('../record.js').Record_} Record_
 * @typedef {import('./session.js').Host} Host
 * @typedef {import('./session.js').Scope} Scope
 * @typedef {import('./asker.js').Snapshot} Snapshot
 */

/** The first bytes of an id, in hex. @param {{id: string}} held */
const itemOf = ({ id }) => id.slice(0, ITEM_DIGITS);

/** The sketch of what a node holds, changed by no more than what has changed since it was asked for last. */
export class Sketched {
  #sketch = new Sketch();
  /** @type {Set<string>} */
  #items = new Set();

  /** @param {Set<string>} items in hex @returns {Snapshot} */
  of(items) {
    for (const item of this.#items) if (!items.has(item)) this.#sketch.remove(unhex(item));
    for (const item of items) if (!this.#items.has(item)) this.#sketch.add(unhex(item));
    this.#items = items;
    return { sketch: this.#sketch.copy(), items: [...items].map(unhex) };
  }
}

/** @implements {Host} */
export class Shelf {
  /** @type {Scope} */
  #scope = { spaces: [], day: 0 };
  /** @type {Operation[]} of one identity, of which the next bundle may hold more */
  #pending = [];
  /** @type {Set<string>} items that came in this round */
  #came = new Set();

  /**
   * @param {import('../replica.js').Replica} replica
   * @param {Sketched} sketched
   * @param {import('./declined.js').Declined} declined by the peer of this session
   * @param {(operations: Operation[], records: Record_[]) => void} absorb
   */
  constructor(replica, sketched, declined, absorb) {
    this.replica = replica;
    this.sketched = sketched;
    this.declined = declined;
    this.absorb = absorb;
  }

  dice = () => dice(16);

  choose = firstSymbols;

  /** @param {Scope} scope @returns {Snapshot} */
  set = (scope) => {
    this.#scope = scope;
    const { identities, items } = this.declined;
    const operations = this.replica.operations.filter(({ identity }) => !identities.has(identity));
    const records = this.#recordsInScope().filter(({ author }) => !identities.has(author));
    const all = [...operations, ...records].map(itemOf).filter((item) => !items.has(item));
    return this.sketched.of(new Set(all));
  };

  #recordsInScope() {
    const { spaces, day } = this.#scope;
    return this.replica.winners.filter(({ space, expires }) => spaces.includes(space) && expires > day);
  }

  /** The bundles that bring what is asked for. @param {Uint8Array[]} offer items, or beginnings of at least 8 bytes */
  bundles = (offer) => {
    const wanted = new Set(offer.map((item) => hex(item.subarray(0, LIMITS.SYNC_PREFIX_BYTES))));
    const isWanted = (/** @type {{id: string}} */ { id }) => wanted.has(id.slice(0, PREFIX_DIGITS));
    const chains = this.replica.chains.map(({ kept }) => kept).filter((kept) => kept.some(isWanted));
    const operations = chains.flat();
    const records = this.#recordsInScope().filter(isWanted);
    const bundles = packParts(this.replica.network, operations, records, BUNDLE_ROOM);
    return { bundles, count: operations.length + records.length };
  };

  /**
   * Take a bundle in; of an identity whose operations are last in it, when no more of them can come.
   * @param {Uint8Array} bundle
   * @throws {RuleBroken} ENC-1 to ENC-7, BUN-1, BUN-2
   */
  receive(bundle) {
    const opened = openBundle(this.replica.network, bundle, LIMITS.SYNC_FRAME_BYTES_MAX);
    const records = opened.records.filter(({ space }) => this.#scope.spaces.includes(space)); // SYN-6
    for (const operation of opened.operations) this.#note(operation.identity, operation);
    for (const record of opened.records) this.#note(record.author, record);
    const operations = [...this.#pending, ...opened.operations];
    const last = operations.at(-1)?.identity;
    const isOpenEnded = records.length === 0 && operations.length <= PENDING_MAX;
    this.#pending = isOpenEnded ? operations.filter(({ identity }) => identity === last) : [];
    const whole = operations.filter(({ identity }) => !isOpenEnded || identity !== last);
    if (whole.length + records.length > 0) this.absorb(whole, records);
  }

  /** @param {string} identity @param {{id: string}} came */
  #note(identity, came) {
    if (this.#came.size < CAME_MAX) this.#came.add(itemOf(came));
    this.declined.forget(identity, itemOf(came));
  }

  /** What came in this round and is not held now; there is nobody whom this client does not host. */
  settle = () => {
    if (this.#pending.length > 0) this.absorb(this.#pending, []);
    this.#pending = [];
    const held = new Set([...this.replica.operations, ...this.#recordsInScope()].map(itemOf));
    const items = [...this.#came].filter((item) => !held.has(item)).sort();
    this.#came.clear();
    return { identities: [], items: items.map(unhex) };
  };

  /** Carry out what follows from a frame, where it is for us. @param {import('./session.js').Effect} effect */
  take(effect) {
    if ('receive' in effect) this.receive(effect.receive);
    else if ('greeted' in effect) {
      const { spaces, day, hosting } = effect.greeted;
      this.#scope = { spaces, day };
      this.declined.turnToHosting(hosting);
    } else if ('declined' in effect) {
      const { identities, items } = effect.declined;
      this.declined.note(identities.map(hex), items.map(hex));
    }
  }
}
