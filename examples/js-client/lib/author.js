// Somebody who makes statements: their keys, and how a writer chooses slot, time and lifetime (spec/slots.md, authoring).

import { cosign } from './agreement.js';
import { hex, join, unhex } from './bytes.js';
import { dayOf, hasExpired } from './days.js';
import { decode, encode } from './encoding.js';
import { checkKind, impliedRefs } from './kinds.js';
import { digest } from './keys.js';
import { dice, publicKeyOf } from './native.js';
import { makeGenesis, openOperation } from './operation.js';
import { isTombstone, sealRecord } from './record.js';
import { KINDS, LIMITS } from './registry.js';

const SLOT_CLASSES = 8;

/**
 * What an owner keeps secret, and the genesis that names the keys.
 * @typedef {{device: Uint8Array, rotation: Uint8Array, genesis: Uint8Array}} Secrets
 * @typedef {import('./replica.js').Replica} Replica
 * @typedef {import('./record.js').Record_} Record_
 */

/**
 * The seed of the key that signs the rotation at a depth.
 * @param {string} network
 * @param {Uint8Array} seed
 * @param {number} depth
 */
function rotationSeed(network, seed, depth) {
  const place = new Uint8Array(4);
  new DataView(place.buffer).setUint32(0, depth);
  return digest(network, 'rotation', join([seed, place]));
}

/**
 * Make an identity. The paper key is returned apart: it belongs on paper, not beside the others.
 * @param {string} network
 * @returns {{secrets: Secrets, paper: Uint8Array}}
 */
export function newIdentity(network) {
  const [device, rotation, paper] = [dice(32), dice(32), dice(32)];
  const genesis = makeGenesis(network, {
    device: { seed: device, key: publicKeyOf(device) },
    sealing: dice(32), // any 32 bytes are a key of X25519, and nothing in this version uses it
    next: publicKeyOf(rotationSeed(network, rotation, 1)),
    paper: publicKeyOf(paper),
  });
  return { secrets: { device, rotation, genesis: genesis.wire }, paper };
}

/** An identity that speaks with its one device. */
export class Author {
  /** @param {string} network @param {Secrets} secrets */
  constructor(network, { device, genesis }) {
    this.network = network;
    this.genesis = openOperation(network, genesis);
    this.identity = this.genesis.identity;
    this.device = hex(publicKeyOf(device));
    this.#seed = device;
  }

  #seed;

  /**
   * Seal a statement in the commons, for as long as its kind allows; it is for the caller to take it in and publish it.
   * @param {Replica} replica what is held, by which slot and time are chosen
   * @param {string} kind @param {any} body @param {number} nowMs
   * @returns {Record_}
   */
  say(replica, kind, body, nowMs) {
    const registered = KINDS.get(kind);
    if (registered === undefined) throw new TypeError(`no kind: ${kind}`);
    const place = { author: this.identity, space: 'commons', kind };
    const slot = this.#freeSlot(replica, place, registered.slots, nowMs);
    const before = replica.heldAt(/** @type {Record_} */ ({ ...place, slot }));
    const rev = Math.max(nowMs, ...before.map((record) => record.rev + 1));
    const expires = Math.max(dayOf(rev) + registered.days_max, ...before.map((record) => record.expires));
    const decoded = decode(encode(body), LIMITS.RECORD_BYTES_MAX);
    const said = { ...place, device: this.device, slot, rev, expires, refs: [], body: decoded };
    const refs = impliedRefs(/** @type {any} */ (said), this.network);
    const record = sealRecord(this.network, this.#seed, { ...said, refs });
    checkKind(this.network, record);
    return record;
  }

  /**
   * A yes for one place in a document, as an accept says it.
   * @param {Replica} replica @param {import('./agreement.js').Document} document @param {number} index @param {number} nowMs
   */
  accept(replica, document, index, nowMs) {
    const head = replica.chainOf(this.identity)?.head.id ?? this.identity;
    const cosignature = cosign(this.network, this.#seed, { document, index, head, at: nowMs, device: this.device });
    return this.say(replica, 'accept', { document: unhex(document.id), cosignature }, nowMs);
  }

  /**
   * @param {Replica} replica
   * @param {{author: string, space: string, kind: string}} place
   * @param {number} slots
   * @param {number} nowMs
   */
  #freeSlot(replica, place, slots, nowMs) {
    if (slots === 1) return 0;
    const devices = replica.chainOf(this.identity)?.head.devices ?? this.genesis.devices;
    const class_ = devices.findIndex(({ key }) => key === this.device) % SLOT_CLASSES;
    const isFree = (/** @type {number} */ slot) =>
      replica
        .heldAt(/** @type {Record_} */ ({ ...place, slot }))
        .every((record) => isTombstone(record) || hasExpired(record, nowMs));
    const all = [...Array(slots).keys()];
    const isOurs = (/** @type {number} */ slot) => slot % SLOT_CLASSES === class_;
    const found = [...all.filter(isOurs), ...all.filter((slot) => !isOurs(slot))].find(isFree);
    if (found === undefined) throw new RangeError(`every slot for ${place.kind} is taken`);
    return found;
  }
}
