// One side of a sync with a set that does not change: the question `talk` of the conformance protocol.

import { hex, join, unhex } from './bytes.js';
import { RuleBroken } from './errors.js';
import { sha256 } from './native.js';
import { Sketch } from './reconcile/sketch.js';
import { Session } from './sync/session.js';

/** @typedef {{[name: string]: any}} Fields */

/** A frame of the other side broke a rule. */
export class FrameBroken extends RuleBroken {
  /** @param {string} rule @param {number} frame */
  constructor(rule, frame) {
    super(rule);
    this.frame = frame;
  }
}

/** @param {import('./sync/session.js').Effect} effect */
function inWords(effect) {
  if ('send' in effect) return { send: hex(effect.send) };
  if ('offer' in effect) return { offer: effect.offer.map(hex) };
  if ('receive' in effect) return { receive: hex(effect.receive) };
  if ('finished' in effect) return effect;
  if ('declined' in effect) {
    const { identities, items } = effect.declined;
    return { declined: { identities: identities.map(hex), items: items.map(hex) } };
  }
  const { edition, now, hosting, spaces, day } = effect.greeted;
  return { greeted: { edition, now: String(now), hosting: String(hosting), spaces, day: String(day) } };
}

/**
 * @param {Fields} asked @returns {Fields}
 * @throws {FrameBroken} a frame broke a rule
 */
export function talk({ own, opens, seed, items, first_symbols, declines_identities, declines_items, frames }) {
  const held = items.map(unhex);
  const sketch = new Sketch(held);
  let nonces = 0;
  const session = new Session({ ...own, now: Number(own.now), hosting: Number(own.hosting) }, opens, {
    set: () => ({ sketch, items: held }),
    dice: () => sha256(join([unhex(seed), Uint8Array.of(nonces++)])).subarray(0, 16),
    choose: () => first_symbols,
    bundles: (offer) => ({ bundles: [], count: offer.length }),
    settle: () => ({ identities: declines_identities.map(unhex), items: declines_items.map(unhex) }),
  });
  const effects = [session.start(), ...frames.map((/** @type {string} */ frame, /** @type {number} */ place) => taken(session, frame, place))];
  return { effects: effects.map((some) => some.map(inWords)) };
}

/** @param {Session} session @param {string} frame @param {number} place */
function taken(session, frame, place) {
  try {
    return session.take(unhex(frame));
  } catch (error) {
    if (error instanceof RuleBroken) throw new FrameBroken(error.rule, place);
    throw error;
  }
}
