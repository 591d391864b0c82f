// Documents, co-signatures, and who has said yes (spec/agreement.md).

import { compareBytes, hex, isBytesOf, unhex } from './bytes.js';
import { certifies, rulesOut } from './chain.js';
import { decode, encode, isInteger, isMap, isName, isUnsigned, lengthOf } from './encoding.js';
import { must } from './errors.js';
import { digest, mayBeNamed, preimage, signFor, signatureCounts } from './keys.js';
import { LIMITS, TERMS } from './registry.js';
import { unnamed } from './shapes.js';

/**
 * @typedef {{capacity: string, identity: string | null}} Party
 * @typedef {object} Document
 * @property {string} id
 * @property {string} type
 * @property {string} drafter
 * @property {string | null} prev
 * @property {number} drafted
 * @property {number} acceptBy
 * @property {Party[]} parties
 * @property {Map<string, any>} terms
 * @property {string[]} unknown  fields that this specification does not name
 * @property {string[]} unknownTerms  terms that its type does not name; all of them where the type is unknown
 * @property {Uint8Array} bytes
 *
 * @typedef {object} Cosignature
 * @property {number} index
 * @property {string} head
 * @property {number} at
 * @property {string} device
 * @property {Uint8Array} signature
 * @property {string} encoded  the whole of it as it is carried, in hex
 */

const REQUIRED = ['type', 'network', 'drafter', 'nonce', 'drafted', 'accept_by', 'parties', 'rule', 'terms'];
const COSIGNATURE_BYTES_MAX = 1024; // by itself it has no bound of its own; inside a record it needs none

/**
 * Read a document by its own rules, whatever its type.
 * @param {string} network @param {Uint8Array} bytes
 * @returns {Document}
 * @throws {RuleBroken} ENC-1 to ENC-7, DOC-1 to DOC-6
 */
export function openDocument(network, bytes) {
  const fields = decode(bytes, LIMITS.DOCUMENT_BYTES_MAX);
  must(isMap(fields) && REQUIRED.every((name) => fields.has(name)), 'DOC-1');
  const { type, drafted, accept_by: acceptBy, terms } = Object.fromEntries(fields);
  must(fields.get('network') === network && isName(type), 'DOC-2');
  must(isBytesOf(fields.get('drafter'), 32) && isBytesOf(fields.get('nonce'), 16), 'DOC-3');
  must(!fields.has('prev') || isBytesOf(fields.get('prev'), 32), 'DOC-3');
  const parties = readParties(fields.get('parties'));
  must(isUnsigned(drafted) && isUnsigned(acceptBy) && acceptBy > drafted, 'DOC-5');
  must(acceptBy - drafted <= LIMITS.ACCEPT_WINDOW_DAYS_MAX * LIMITS.DAY_MS, 'DOC-5');
  must(fields.get('rule') === 'all' && isMap(terms), 'DOC-6');
  return {
    id: hex(digest(network, 'document', bytes)),
    type,
    drafter: hex(fields.get('drafter')),
    prev: fields.has('prev') ? hex(fields.get('prev')) : null,
    drafted,
    acceptBy,
    parties,
    terms,
    unknown: [...fields.keys()].filter((name) => !REQUIRED.includes(name) && name !== 'prev').sort(),
    unknownTerms: unknownTerms(type, terms),
    bytes,
  };
}

/** @param {any} parties @returns {Party[]} */
function readParties(parties) {
  must(Array.isArray(parties) && parties.length >= 1 && parties.length <= LIMITS.PARTIES_MAX, 'DOC-4');
  return parties.map((/** @type {any} */ party) => {
    must(isMap(party) && [...party.keys()].every((name) => name === 'capacity' || name === 'identity'), 'DOC-4');
    const capacity = party.get('capacity');
    must(typeof capacity === 'string' && lengthOf(capacity) >= 1 && lengthOf(capacity) <= 80, 'DOC-4', 'capacity');
    must(!party.has('identity') || isBytesOf(party.get('identity'), 32), 'DOC-4', 'identity');
    return { capacity, identity: party.has('identity') ? hex(party.get('identity')) : null };
  });
}

/** @param {string} type @param {Map<string, any>} terms @returns {string[]} */
function unknownTerms(type, terms) {
  const shape = TERMS.get(type);
  return shape === undefined ? [...terms.keys()].sort() : unnamed(terms, shape, '').sort();
}

/** @param {any} value decoded @returns {Cosignature} @throws {RuleBroken} COS-1 */
export function readCosignature(value) {
  must(Array.isArray(value) && value.length === 5, 'COS-1');
  const [index, head, at, device, signature] = value;
  must(isInteger(index) && index >= 0 && index < LIMITS.PARTIES_MAX, 'COS-1', 'index');
  must(isBytesOf(head, 32) && isUnsigned(at) && mayBeNamed(device) && isBytesOf(signature, 64), 'COS-1');
  return { index, head: hex(head), at, device: hex(device), signature, encoded: hex(encode(value)) };
}

/**
 * Read a co-signature that stands by itself.
 * @param {Uint8Array} wire
 * @throws {RuleBroken} ENC-1 to ENC-7, COS-1
 */
export const openCosignature = (wire) => readCosignature(decode(wire, COSIGNATURE_BYTES_MAX));

/** Compare part by part. @param {Cosignature} a @param {Cosignature} b */
export function compareCosignatures(a, b) {
  return (
    a.index - b.index ||
    compareBytes(unhex(a.head), unhex(b.head)) ||
    a.at - b.at ||
    compareBytes(unhex(a.device), unhex(b.device)) ||
    compareBytes(a.signature, b.signature)
  );
}

/** @param {string} document @param {number} index @param {string} signer @param {string} head @param {number} at */
const signedPart = (document, index, signer, head, at) =>
  encode([unhex(document), index, unhex(signer), unhex(head), at]);

/**
 * Say yes for one place in a document.
 * @param {string} network @param {Uint8Array} seed the device's secret
 * @param {{document: Document, index: number, head: string, at: number, device: string}} said
 * @returns {any[]} the co-signature as a body carries it
 */
export function cosign(network, seed, { document, index, head, at, device }) {
  const signer = document.parties[index].identity;
  if (signer === null) throw new TypeError('nobody signs for an open place');
  const signature = signFor(seed, network, 'cosign', signedPart(document.id, index, signer, head, at));
  return [index, unhex(head), at, unhex(device), signature];
}

/**
 * The rule by which a co-signature does not count for a document, or `null`.
 * @param {string} network @param {Document} document @param {Cosignature} cosignature @param {ChainOf} chainOf
 */
export function whyVoid(network, document, { index, head, at, device, signature }, chainOf) {
  const signer = document.parties[index]?.identity ?? null;
  if (signer === null) return 'COS-2';
  if (at > document.acceptBy) return 'COS-3';
  const reading = chainOf(signer)?.upTo(head) ?? null;
  if (reading === null || !certifies(reading, device, ['all'])) return 'COS-4';
  if (rulesOut(reading, device, at, document.id)) return 'COS-4';
  const message = preimage(network, 'cosign', signedPart(document.id, index, signer, head, at));
  return signatureCounts(unhex(device), signature, message) ? null : 'COS-5';
}

/**
 * @typedef {(identity: string) => import('./chain.js').Chain | undefined} ChainOf
 * @typedef {object} Completion
 * @property {Set<number>} signed
 * @property {number[]} missing
 * @property {Set<number>} repudiated
 * @property {[Cosignature, string][]} refused
 * @property {Map<number, Cosignature[]>} counting  the co-signatures that count, by place
 * @property {boolean} isComplete
 */

/**
 * Who has said yes: a function of the document, the co-signatures and the operations held.
 * @param {string} network @param {Document} document @param {Cosignature[]} cosignatures @param {ChainOf} chainOf
 * @returns {Completion}
 */
export function complete(network, document, cosignatures, chainOf) {
  const distinct = [...new Map(cosignatures.map((cosignature) => [cosignature.encoded, cosignature])).values()];
  /** @type {[Cosignature, string][]} */
  const refused = [];
  /** @type {Map<number, Cosignature[]>} */
  const counting = new Map();
  for (const cosignature of distinct) {
    const rule = whyVoid(network, document, cosignature, chainOf);
    if (rule !== null) refused.push([cosignature, rule]);
    else counting.set(cosignature.index, [...(counting.get(cosignature.index) ?? []), cosignature]);
  }
  const places = document.parties.map((_, index) => index);
  const missing = places.filter((index) => !counting.has(index));
  const isRepudiated = (/** @type {number} */ index) => {
    const chain = chainOf(document.parties[index].identity ?? '');
    const isRuledOut = (/** @type {Cosignature} */ { device, at }) =>
      chain?.readings.some((reading) => rulesOut(reading, device, at, document.id)) ?? false;
    return (counting.get(index) ?? []).every(isRuledOut);
  };
  return {
    signed: new Set(counting.keys()),
    missing,
    repudiated: new Set([...counting.keys()].filter(isRepudiated)),
    refused,
    counting,
    isComplete: missing.length === 0,
  };
}
