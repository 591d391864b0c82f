// What this client says when it is asked one thing about bytes: the questions of the conformance protocol.
//
// Each question is a pure function of its arguments and of the network; nothing is kept from one to the next.

import { complete, openCosignature, openDocument } from './agreement.js';
import { openBundle, openFile, openGossip } from './bundle.js';
import { hex, isBytes, sameBytes, unhex } from './bytes.js';
import { Chain, whyNotFollowing } from './chain.js';
import { derived, idsOf } from './derived.js';
import { decode, encode } from './encoding.js';
import { checkTerms } from './documents.js';
import { Evidence } from './evidence.js';
import { readText, textOf } from './ids.js';
import { digest, mayBeNamed, preimage, signatureCounts } from './keys.js';
import { checkKind } from './kinds.js';
import { OPENERS, operationsOf, recordsOf } from './openers.js';
import { isTombstone } from './record.js';
import { RECONCILING } from './reconciling.js';
import { LIMITS } from './registry.js';
import { Replica } from './replica.js';
import { replay } from './replaying.js';
import { commitment } from './sealing.js';
import { talk } from './talking.js';
import { tiesOf, trustIn } from './trust.js';

/**
 * @typedef {{[name: string]: any}} Fields
 * @typedef {import('./openers.js').Openers} Openers
 */

/** A decoded value as the vectors write it. @param {any} value @returns {any} */
function tagged(value) {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return { integer: String(value) };
  if (typeof value === 'string') return { text: value };
  if (isBytes(value)) return { bytes: hex(value) };
  if (Array.isArray(value)) return value.map(tagged);
  return { map: Object.fromEntries([...value].map(([name, item]) => [name, tagged(item)])) };
}

/** The value that the vectors write so. @param {any} value @returns {any} */
function untagged(value) {
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(untagged);
  if ('integer' in value) return Number(value.integer);
  if ('text' in value) return value.text;
  if ('bytes' in value) return unhex(value.bytes);
  return new Map(Object.entries(value.map).map(([name, item]) => [name, untagged(item)]));
}

/**
 * The chain of the one identity of which there is a genesis.
 * @param {import('./operation.js').Operation[]} operations
 * @param {string} network
 */
function chainOfOne(operations, network) {
  const identity = operations.find(({ parent }) => parent === null)?.identity ?? '';
  return new Chain(network, identity, operations);
}

/** @param {string} wire @param {string} network @returns {import('./agreement.js').Document} */
function documentOf(wire, network) {
  const document = openDocument(network, unhex(wire));
  checkTerms(document);
  return document;
}

/** @param {string[]} wires @param {string} network @param {Openers} open */
function chainsOf(wires, network, open) {
  const operations = operationsOf(wires, network, open);
  const chains = new Map(operations.map(({ identity }) => [identity, new Chain(network, identity, operations)]));
  return (/** @type {string} */ identity) => chains.get(identity);
}

/** @param {Fields} asked @param {string} network @param {Openers} open */
function landOperation(asked, network, open) {
  const before = operationsOf(asked.operations, network, open);
  const landing = open.operation(network, asked.landing);
  const { identity } = before[0];
  const chain = new Chain(network, identity, [...before, landing]);
  const isKept = chain.kept.some(({ wire }) => sameBytes(wire, landing.wire));
  const parent = landing.identity === identity ? chain.tree.get(landing.parent ?? '') : undefined;
  const why = parent && whyNotFollowing(network, landing, parent.operation, parent.depth + 1);
  return { path: idsOf(chain.path), kept: isKept, rule: why ?? (isKept ? '' : 'CHN-5') };
}

/** @param {Fields} asked @param {string} network @param {Openers} open */
function absorb(asked, network, open) {
  const nowMs = Number(asked.now_ms);
  const replica = new Replica(network);
  replica.absorb(operationsOf(asked.operations, network, open), [], nowMs);
  replica.restore(recordsOf(asked.held, network, open));
  replica.restoreWaiting(recordsOf(asked.waiting, network, open));
  const operations = operationsOf(asked.landing_operations, network, open);
  const records = recordsOf(asked.landing, network, open);
  const verdicts = replica.absorb(operations, records, nowMs);
  const kept = idsOf(replica.operations).sort();
  const last = operations.at(-1);
  const ofOperation = kept.includes(last?.id ?? '')
    ? { verdict: 'accept', rule: '' }
    : { verdict: 'ignore', rule: 'CHN-5' };
  return {
    ...(verdicts.at(-1) ?? ofOperation),
    after: idsOf(replica.records).sort(),
    kept,
    waits: idsOf(replica.waiting).sort(),
  };
}

/** @param {Fields} asked @param {string} network @param {Openers} open */
function evidenceOf(asked, network, open) {
  const nowMs = Number(asked.now_ms);
  const replica = new Replica(network);
  replica.absorb(operationsOf(asked.operations, network, open), [], nowMs);
  const held = recordsOf(asked.held, network, open);
  for (const record of held) checkKind(network, record);
  replica.restore(held);
  return new Evidence(replica, nowMs);
}

/** @param {Fields} asked */
function trust({ ties, viewer, who, group }) {
  const { amount, reached } = trustIn(ties, viewer, group ?? [who]);
  return who === undefined ? { amount } : { amount, distance: reached.get(who) ?? null };
}

/** @type {{[what: string]: (asked: Fields, network: string, open: Openers) => Fields}} */
const QUESTIONS = {
  decode: ({ wire, bytes_max: bytesMax }) => ({ value: tagged(decode(unhex(wire), bytesMax)) }),
  encode: ({ value }) => ({ wire: hex(encode(untagged(value))) }),
  'read-id': ({ text, expected }) => {
    const { prefix, id } = readText(text, expected);
    return { prefix, id: hex(id) };
  },
  'write-id': ({ prefix, id }) => ({ text: textOf(prefix, unhex(id)) }),
  preimage: ({ network, purpose, payload }) => ({
    preimage: hex(preimage(network, purpose, unhex(payload))),
    digest: hex(digest(network, purpose, unhex(payload))),
  }),
  commitment: ({ body, author, salt }, network) => {
    const promised = decode(unhex(body), LIMITS.RECORD_BYTES_MAX);
    return { digest: commitment(network, author, unhex(salt), promised) };
  },
  'check-key': ({ key }) => ({ counts: mayBeNamed(unhex(key)) }),
  verify: ({ key, signature, message }) => ({
    counts: signatureCounts(unhex(key), unhex(signature), unhex(message)),
  }),
  'open-record': ({ wire }, network, open) => {
    const record = open.record(network, wire);
    const { id, kind, author, device, space, slot, rev, expires, refs } = record;
    const numbers = { slot: String(slot), rev: String(rev), expires: String(expires) };
    return { id, kind, author, device, space, ...numbers, refs, tombstone: isTombstone(record) };
  },
  'check-record': ({ wire }, network, open) => {
    const record = open.record(network, wire);
    checkKind(network, record);
    return { id: record.id };
  },
  'open-operation': ({ wire }, network, open) => {
    const { id, identity, parent, rank, close } = open.operation(network, wire);
    return { id, identity, ...(parent === null ? {} : { parent }), rank, close };
  },
  'read-chain': ({ operations }, network, open) => {
    const chain = chainOfOne(operationsOf(operations, network, open), network);
    return {
      path: idsOf(chain.path),
      rivals: chain.rivals.map(idsOf),
      kept: idsOf(chain.kept).sort(),
      closed: chain.isClosed,
      disputed: chain.isDisputed,
    };
  },
  'land-operation': landOperation,
  standing: ({ operations, device, scopes, rev, item }, network, open) => {
    const chain = chainOfOne(operationsOf(operations, network, open), network);
    return { standing: chain.standing(device, scopes, Number(rev), item) };
  },
  'open-document': ({ document }, network) => {
    const { id, unknown } = documentOf(document, network);
    return { id, unknown };
  },
  'read-cosignature': ({ cosignature }) => {
    const { index, head, at, device, signature } = openCosignature(unhex(cosignature));
    return { index, head, at: String(at), device, signature: hex(signature) };
  },
  complete: (asked, network, open) => {
    const document = documentOf(asked.document, network);
    const cosignatures = asked.cosignatures.map((/** @type {string} */ wire) => openCosignature(unhex(wire)));
    const { signed, missing, repudiated, refused } = complete(
      network,
      document,
      cosignatures,
      chainsOf(asked.operations, network, open),
    );
    return {
      signed: [...signed].sort((a, b) => a - b),
      missing,
      repudiated: [...repudiated].sort((a, b) => a - b),
      refused: refused.map(([{ encoded }, rule]) => [encoded, rule]),
    };
  },
  'open-bundle': ({ bundle }, network) => {
    const { operations, records, damages } = openBundle(network, unhex(bundle));
    return { operations: idsOf(operations), records: idsOf(records), damages };
  },
  'open-file': ({ file }, network) => {
    const { operations, records, ...said } = openFile(network, unhex(file));
    return { operations: idsOf(operations), records: idsOf(records), ...said };
  },
  'check-gossip': ({ gossip, space }, network) => {
    openGossip(network, space, unhex(gossip));
    return {};
  },
  absorb,
  derive: (asked, network, open) => derived(evidenceOf(asked, network, open), asked),
  ties: (asked, network, open) => ({ shown: tiesOf(evidenceOf(asked, network, open)) }),
  trust,
  replay,
  ...RECONCILING,
  talk,
};

/** Whether this client has an answer to such a question. @param {string} what */
export const canAnswer = (what) => Object.hasOwn(QUESTIONS, what);

/**
 * Answer one question.
 * @param {string} what @param {Fields} asked its arguments @param {string} network @param {Openers} open
 * @returns {Fields}
 * @throws {RuleBroken} the bytes asked about break a rule
 */
export const answer = (what, asked, network, open = OPENERS) => QUESTIONS[what](asked, network, open);
