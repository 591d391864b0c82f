// Operations and records together, on the wire and in files; and the one form in which they are gossiped (spec/bundle.md).

import { ascends, compareNames, isBytes } from './bytes.js';
import { decode, encode } from './encoding.js';
import { must, RuleBroken } from './errors.js';
import { openOperation } from './operation.js';
import { addressOf, openRecord } from './record.js';
import { BUNDLE_LABEL, LIMITS } from './registry.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./operation.js').Operation} Operation
 * @typedef {['operation' | 'record', number, string]} Damage  what, its place counted from 1, and the rule it breaks
 * @typedef {{operations: Operation[], records: Record_[], damages: Damage[]}} Opened
 */

const OPERATIONS_BESIDE_GOSSIP_BYTES_MAX = 24_576;

/**
 * Read a bundle; an item that breaks a rule is named and takes nothing else down.
 * @param {string} network @param {Uint8Array} wire @param {number} bytesMax
 * @returns {Opened}
 * @throws {RuleBroken} ENC-1 to ENC-7, BUN-1, BUN-2
 */
export function openBundle(network, wire, bytesMax = LIMITS.BUNDLE_BYTES_MAX) {
  const parts = decode(wire, bytesMax);
  must(Array.isArray(parts) && parts.length === 4 && parts[0] === BUNDLE_LABEL, 'BUN-1');
  const [, itsNetwork, operations, records] = parts;
  must(
    [operations, records].every((items) => Array.isArray(items) && items.every(isBytes)),
    'BUN-1',
  );
  must(itsNetwork === network, 'BUN-2');
  /** @type {Damage[]} */
  const damages = [];
  return {
    operations: openAll(operations, 'operation', (item) => openOperation(network, item), damages),
    records: openAll(records, 'record', (item) => openRecord(network, item), damages),
    damages,
  };
}

/**
 * @template T
 * @param {Uint8Array[]} items @param {'operation' | 'record'} what @param {(item: Uint8Array) => T} open @param {Damage[]} damages
 * @returns {T[]}
 */
function openAll(items, what, open, damages) {
  return items.flatMap((item, place) => {
    try {
      return [open(item)];
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      damages.push([what, place + 1, error.rule]);
      return [];
    }
  });
}

/** Genesis first where it is there, the others by id. @param {Operation} a @param {Operation} b */
const compareOperations = (a, b) =>
  Number(a.parent !== null) - Number(b.parent !== null) || compareNames(a.id, b.id);

/**
 * Put operations and records into a bundle, in the order of a writer.
 * @param {string} network @param {Operation[]} operations @param {Record_[]} records
 * @returns {Uint8Array}
 */
export function pack(network, operations, records) {
  const ordered = [...new Map(operations.map((operation) => [operation.id, operation])).values()].sort(
    (a, b) => compareNames(a.identity, b.identity) || compareOperations(a, b),
  );
  const sorted = [...new Map(records.map((record) => [record.id, record])).values()].sort((a, b) =>
    compareNames(a.id, b.id),
  );
  return encode([BUNDLE_LABEL, network, ordered.map(({ wire }) => wire), sorted.map(({ wire }) => wire)]);
}

/**
 * Read a message of gossip, which has one form only.
 * @param {string} network @param {string} space that of the topic @param {Uint8Array} wire
 * @returns {Opened}
 * @throws {RuleBroken} ENC-1 to ENC-7, BUN-1, BUN-2, GOS-1 to GOS-4
 */
export function openGossip(network, space, wire) {
  const opened = openBundle(network, wire, LIMITS.GOSSIP_BYTES_MAX);
  const { operations, records, damages } = opened;
  must(damages.length === 0, 'GOS-1');
  must(records.length > 0, 'GOS-2');
  const [{ author }] = records;
  must(
    records.every((record) => record.author === author && record.space === space),
    'GOS-2',
  );
  must(
    ascends(records, (a, b) => compareNames(a.id, b.id)),
    'GOS-3',
  );
  must(new Set(records.map(addressOf)).size === records.length, 'GOS-3', 'two at one address');
  must(operations.every(({ identity }) => identity === author) && ascends(operations, compareOperations), 'GOS-4');
  return opened;
}

/**
 * Put one author's records into a message of gossip, with the author's operations in front where they are not too large.
 * @param {string} network @param {Operation[]} operations @param {Record_[]} records @returns {Uint8Array}
 */
export function packGossip(network, operations, records) {
  const size = operations.reduce((sum, { wire }) => sum + wire.length, 0);
  return pack(network, size > OPERATIONS_BESIDE_GOSSIP_BYTES_MAX ? [] : operations, records);
}
