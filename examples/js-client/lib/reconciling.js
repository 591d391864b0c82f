// The questions of the conformance protocol about sets and how they differ.

import { hex, unhex } from './bytes.js';
import { sha256 } from './native.js';
import { Decoder } from './reconcile/decoder.js';
import { compareList, encodeList, ListReader, placeItems } from './reconcile/golomb.js';
import { seedOf, sessionKey } from './reconcile/item.js';
import { KeyedCoder } from './reconcile/keyed.js';
import { indices } from './reconcile/mapping.js';
import { Sketch } from './reconcile/sketch.js';

/** @typedef {{[name: string]: any}} Fields */

/** The key that two nonces give, the asker's first; `null` without any. @param {string[] | undefined} nonces */
function keyOf(nonces) {
  if (nonces === undefined) return null;
  const [asker, teller] = nonces.map(unhex);
  return sessionKey(asker, teller);
}

/** The check that stands for a number in the vectors. @param {number} count */
function numbered(count) {
  const written = new DataView(new ArrayBuffer(8));
  written.setUint32(4, count);
  return sha256(new Uint8Array(written.buffer)).subarray(0, 8);
}

/** @param {Fields} asked @returns {Fields} */
function walkMany({ walks, limit }) {
  const lines = Array.from({ length: walks }, (_, count) => {
    const check = numbered(count);
    return `${hex(check)}:${[...indices(seedOf(check), limit)].join(',')}\n`;
  });
  return { digest: hex(sha256(new TextEncoder().encode(lines.join('')))) };
}

/** @param {Fields} asked @returns {Fields} */
function sketch({ items, nonces, start, count }) {
  const key = keyOf(nonces);
  const set = items.map(unhex);
  if (key !== null) return { key: hex(key), symbols: hex(new KeyedCoder(set, key).symbols(start, count)) };
  const made = new Sketch(set);
  return {
    size: made.size,
    fingerprint: hex(made.fingerprint()),
    estimator: hex(made.estimator()),
    symbols: hex(made.symbols(start, count)),
  };
}

/** @param {Fields} asked @returns {Fields} */
function findDifference({ items, nonces, symbols, fingerprint }) {
  const key = keyOf(nonces);
  const set = items.map(unhex);
  const own = new Sketch(set);
  const decoder = new Decoder(key === null ? own : new KeyedCoder(set, key), key);
  for (const part of symbols) decoder.feed(unhex(part));
  const { isSolved: solved, theirs, ours } = decoder;
  const right = solved && hex(own.fingerprintWith(theirs, ours)) === fingerprint;
  return { solved, right, ...(right ? { theirs: theirs.map(hex).sort(), ours: ours.map(hex).sort() } : {}) };
}

/** @param {Fields} asked @returns {Fields} */
function writeList({ items, nonces }) {
  const key = /** @type {Uint8Array} */ (keyOf(nonces));
  const set = items.map(unhex);
  return { list: hex(encodeList(set, key)), placed: placeItems(set, key).map(hex) };
}

/** @param {Fields} asked @returns {Fields} */
function readList({ items, nonces, listed, parts }) {
  const key = /** @type {Uint8Array} */ (keyOf(nonces));
  const reader = new ListReader(Number(listed));
  for (const part of parts) reader.feed(unhex(part));
  if (!reader.isComplete) return {};
  const { lacked, extra } = compareList(reader.values, items.map(unhex), key);
  return { values: reader.values.map(String), lacked, extra: extra.map(hex) };
}

/** @type {{[what: string]: (asked: Fields) => Fields}} */
export const RECONCILING = {
  walk: ({ seeds, limit }) => ({
    cells: seeds.map((/** @type {string} */ seed) => [...indices(seedOf(unhex(seed)), limit)]),
  }),
  'walk-many': walkMany,
  sketch,
  'find-difference': findDifference,
  'write-list': writeList,
  'read-list': readList,
};
