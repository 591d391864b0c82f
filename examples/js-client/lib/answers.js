// What this client says when it is asked one thing about bytes: the questions of the conformance protocol.
//
// Each question is a pure function of its arguments and of the network; nothing is kept from one to the next.

import { complete, openCosignature, openDocument } from './agreement.js';
import { openBundle, openGossip } from './bundle.js';
import { hex, isBytes, unhex } from './bytes.js';
import { Chain, whyNotFollowing } from './chain.js';
import { decode, encode } from './encoding.js';
import { checkTerms } from './documents.js';
import { RuleBroken } from './errors.js';
import { Evidence } from './evidence.js';
import { readText, textOf } from './ids.js';
import { digest, mayBeNamed, preimage, signatureCounts } from './keys.js';
import { checkKind } from './kinds.js';
import { openOperation } from './operation.js';
import { opportunityState } from './opportunity.js';
import { personState } from './person.js';
import { isTombstone, openRecord } from './record.js';
import { LIMITS } from './registry.js';
import { Replica } from './replica.js';
import { Session } from './session.js';
import { stateHash } from './statehash.js';
import { teamState } from './team.js';

/** @typedef {{[name: string]: any}} Fields */

/** A frame of the other side broke a rule. */
export class FrameBroken extends RuleBroken {
  /** @param {string} rule @param {number} frame */
  constructor(rule, frame) {
    super(rule);
    this.frame = frame;
  }
}

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

/** @param {string[]} wires @param {string} network */
const operationsOf = (wires, network) => wires.map((wire) => openOperation(network, unhex(wire)));

/** @param {string[]} wires @param {string} network */
const recordsOf = (wires, network) => wires.map((wire) => openRecord(network, unhex(wire)));

/**
 * The chain of the one identity of which there is a genesis.
 * @param {import('./operation.js').Operation[]} operations
 * @param {string} network
 */
function chainOfOne(operations, network) {
  const identity = operations.find(({ parent }) => parent === null)?.identity ?? '';
  return new Chain(network, identity, operations);
}

/** @param {{id: string}[]} items */
const idsOf = (items) => items.map(({ id }) => id);

/** @param {string} wire @param {string} network @returns {import('./agreement.js').Document} */
function documentOf(wire, network) {
  const document = openDocument(network, unhex(wire));
  checkTerms(document);
  return document;
}

/** @param {string[]} wires @param {string} network */
function chainsOf(wires, network) {
  const operations = operationsOf(wires, network);
  const chains = new Map(operations.map(({ identity }) => [identity, new Chain(network, identity, operations)]));
  return (/** @type {string} */ identity) => chains.get(identity);
}

/** @param {Fields} asked @param {string} network */
function landOperation(asked, network) {
  const before = operationsOf(asked.operations, network);
  const landing = openOperation(network, unhex(asked.landing));
  const { identity } = before[0];
  const chain = new Chain(network, identity, [...before, landing]);
  const isKept = idsOf(chain.kept).includes(landing.id);
  const parent = landing.identity === identity ? chain.tree.get(landing.parent ?? '') : undefined;
  const why = parent && whyNotFollowing(network, landing, parent.operation, parent.depth + 1);
  return { path: idsOf(chain.path), kept: isKept, rule: why ?? (isKept ? '' : 'CHN-5') };
}

/** @param {Fields} asked @param {string} network */
function absorb(asked, network) {
  const nowMs = Number(asked.now_ms);
  const replica = new Replica(network);
  replica.absorb(operationsOf(asked.operations, network), [], nowMs);
  replica.restore(recordsOf(asked.held, network));
  replica.restoreWaiting(recordsOf(asked.waiting, network));
  const operations = operationsOf(asked.landing_operations, network);
  const records = recordsOf(asked.landing, network);
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

/** @param {Fields} asked @param {string} network */
function derive(asked, network) {
  const nowMs = Number(asked.now_ms);
  const replica = new Replica(network);
  replica.absorb(operationsOf(asked.operations, network), [], nowMs);
  const held = recordsOf(asked.held, network);
  for (const record of held) checkKind(network, record);
  replica.restore(held);
  const evidence = new Evidence(replica, nowMs);
  const hash = stateHash(evidence);
  if (asked.opportunity !== undefined) {
    const record = evidence.find(asked.opportunity);
    const isOne = record?.kind === 'opportunity';
    return { opportunity: isOne ? opportunityState(evidence, record) : null, state_hash: hash };
  }
  if (asked.team !== undefined) {
    const document = evidence.documents.get(asked.team);
    return { team: document?.type === 'team' ? teamState(evidence, document) : null, state_hash: hash };
  }
  const isHeld = evidence.chainOf(asked.person)?.hasGenesis;
  return { person: isHeld ? personState(evidence, asked.person) : null, state_hash: hash };
}

/** @param {import('./session.js').Effect} effect */
function effectInWords(effect) {
  if (effect === 'finished') return effect;
  if ('receive' in effect) return { receive: hex(effect.receive) };
  if ('greeted' in effect) return { greeted: { ...effect.greeted, now: String(effect.greeted.now) } };
  return effect;
}

/** @param {Fields} asked */
function talk({ own, holdings, frames }) {
  const session = new Session({ ...own, now: Number(own.now) }, () => holdings);
  return {
    effects: frames.map((/** @type {string} */ frame, /** @type {number} */ place) => {
      try {
        return session.take(unhex(frame)).map(effectInWords);
      } catch (error) {
        if (error instanceof RuleBroken) throw new FrameBroken(error.rule, place);
        throw error;
      }
    }),
  };
}

/** @type {{[what: string]: (asked: Fields, network: string) => Fields}} */
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
    for (const name of ['commit', 'counterpart', 'salt']) promised.delete(name);
    return { digest: hex(digest(network, 'commit', encode([unhex(author), unhex(salt), promised]))) };
  },
  'check-key': ({ key }) => ({ counts: mayBeNamed(unhex(key)) }),
  verify: ({ key, signature, message }) => ({
    counts: signatureCounts(unhex(key), unhex(signature), unhex(message)),
  }),
  'open-record': ({ wire }, network) => {
    const record = openRecord(network, unhex(wire));
    const { id, kind, author, device, space, slot, rev, expires, refs } = record;
    const numbers = { slot: String(slot), rev: String(rev), expires: String(expires) };
    return { id, kind, author, device, space, ...numbers, refs, tombstone: isTombstone(record) };
  },
  'check-record': ({ wire }, network) => {
    const record = openRecord(network, unhex(wire));
    checkKind(network, record);
    return { id: record.id };
  },
  'open-operation': ({ wire }, network) => {
    const { id, identity, parent, rank, close } = openOperation(network, unhex(wire));
    return { id, identity, ...(parent === null ? {} : { parent }), rank, close };
  },
  'read-chain': ({ operations }, network) => {
    const chain = chainOfOne(operationsOf(operations, network), network);
    return {
      path: idsOf(chain.path),
      rivals: chain.rivals.map(idsOf),
      kept: idsOf(chain.kept).sort(),
      closed: chain.isClosed,
      disputed: chain.isDisputed,
    };
  },
  'land-operation': landOperation,
  standing: ({ operations, device, scopes, rev, item }, network) => {
    const chain = chainOfOne(operationsOf(operations, network), network);
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
  complete: (asked, network) => {
    const document = documentOf(asked.document, network);
    const cosignatures = asked.cosignatures.map((/** @type {string} */ wire) => openCosignature(unhex(wire)));
    const { signed, missing, repudiated, refused } = complete(
      network,
      document,
      cosignatures,
      chainsOf(asked.operations, network),
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
  'check-gossip': ({ gossip, space }, network) => {
    openGossip(network, space, unhex(gossip));
    return {};
  },
  absorb,
  derive,
  talk,
};

/** Whether this client has an answer to such a question. @param {string} what */
export const canAnswer = (what) => Object.hasOwn(QUESTIONS, what);

/**
 * Answer one question.
 * @param {string} what @param {Fields} asked its arguments @param {string} network
 * @returns {Fields}
 * @throws {RuleBroken} the bytes asked about break a rule
 */
export const answer = (what, asked, network) => QUESTIONS[what](asked, network);
