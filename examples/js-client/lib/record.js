// A record: one author's signed statement, and the address at which it lives (spec/record.md, spec/slots.md).
//
// Ids and keys are hex from here on: JavaScript compares and looks up strings, not bytes, and the order is the same.

import { compareNames, hex, isBytes, isBytesOf, unhex } from './bytes.js';
import { dayOf } from './days.js';
import { decode, encode, isMap, isName, isUnsigned } from './encoding.js';
import { must } from './errors.js';
import { digest, mayBeNamed, preimage, signFor, signatureCounts } from './keys.js';
import { LIMITS } from './registry.js';

/**
 * @typedef {[relation: string, target: string]} Reference
 * @typedef {object} Record_
 * @property {string} id
 * @property {string} kind
 * @property {string} author
 * @property {string} device
 * @property {string} space
 * @property {number} slot
 * @property {number} rev
 * @property {number} expires
 * @property {Reference[]} refs
 * @property {Map<string, any>} body
 * @property {Uint8Array} wire  as it travels
 */

/** @param {Reference} a @param {Reference} b */
export const compareReferences = (a, b) => compareNames(a[0], b[0]) || compareNames(a[1], b[1]);

/** @param {Record_} record */
export const isTombstone = (record) => record.body.size === 0;

/** The address of a record as one string; no part of it holds a blank. @param {Record_} record */
export const addressOf = ({ author, space, kind, slot }) => `${author} ${space} ${kind} ${slot}`;

/** Compare two records of one address; the greater one wins. @param {Record_} a @param {Record_} b */
export const compareOrder = (a, b) => a.expires - b.expires || a.rev - b.rev || compareNames(a.id, b.id);

/**
 * Read a record from the wire and verify its signature.
 * @param {string} network @param {Uint8Array} wire
 * @returns {Record_}
 * @throws {RuleBroken} ENC-1 to ENC-7, REC-1 to REC-9
 */
export function openRecord(network, wire) {
  const envelope = decode(wire, LIMITS.RECORD_BYTES_MAX);
  must(Array.isArray(envelope) && envelope.length === 2, 'REC-1');
  const [carried, signature] = envelope;
  must(isBytes(carried) && isBytesOf(signature, 64), 'REC-1');
  const payload = decode(carried, LIMITS.RECORD_BYTES_MAX);
  must(Array.isArray(payload) && payload.length === 10 && payload[0] === 1, 'REC-2');
  const [, kind, author, device, space, slot, rev, expires, refs, body] = payload;
  must(isName(kind) && isName(space), 'REC-3');
  must(isBytesOf(author, 32) && mayBeNamed(device), 'REC-4');
  must(isUnsigned(slot) && isUnsigned(rev) && isUnsigned(expires), 'REC-5');
  must(expires > dayOf(rev), 'REC-6');
  const references = readReferences(refs);
  must(isMap(body) && (body.size > 0 || references.length === 0), 'REC-8');
  must(signatureCounts(device, signature, preimage(network, 'record', carried)), 'REC-9');
  const id = hex(digest(network, 'record', carried));
  return {
    id,
    kind,
    author: hex(author),
    device: hex(device),
    space,
    slot,
    rev,
    expires,
    refs: references,
    body,
    wire,
  };
}

/** @param {any} refs @returns {Reference[]} */
function readReferences(refs) {
  must(Array.isArray(refs) && refs.length <= LIMITS.REFS_MAX, 'REC-7');
  const isPair = (/** @type {any} */ pair) =>
    Array.isArray(pair) && pair.length === 2 && isName(pair[0]) && isBytesOf(pair[1], 32);
  must(refs.every(isPair), 'REC-7');
  /** @type {Reference[]} */
  const references = refs.map((/** @type {any} */ [relation, target]) => [relation, hex(target)]);
  must(
    references.every((ref, i) => i === 0 || compareReferences(references[i - 1], ref) < 0),
    'REC-7',
  );
  return references;
}

/**
 * Sign a statement and put it into the form in which it travels.
 * @param {string} network
 * @param {Uint8Array} seed the device's secret
 * @param {Omit<Record_, 'id' | 'wire' | 'body'> & {body: any}} said
 * @returns {Record_}
 */
export function sealRecord(network, seed, said) {
  const refs = [...said.refs].sort(compareReferences).map(([relation, target]) => [relation, unhex(target)]);
  const { kind, author, device, space, slot, rev, expires, body } = said;
  const payload = encode([1, kind, unhex(author), unhex(device), space, slot, rev, expires, refs, body]);
  return openRecord(network, encode([payload, signFor(seed, network, 'record', payload)]));
}
