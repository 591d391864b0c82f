// Operations and records together, on the wire and in files; and the one form in which they are gossiped (spec/bundle.md).

import { ascends, compareNames, isBytes } from './bytes.js';
import { decode, encode } from './encoding.js';
import { must, RuleBroken } from './errors.js';
import { CutOff, endOfMessagePack, Malformed } from './messagepack.js';
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
const HEADERS_BYTES_MAX = 128; // label, network and the lengths of the arrays
const ITEM_HEADER_BYTES = 3; // of anything that has at most 64 KiB

/**
 * Take a bundle apart, without a look at what the items are.
 * @param {string} network @param {Uint8Array} wire @param {number} bytesMax
 * @returns {{operations: Uint8Array[], records: Uint8Array[]}}
 * @throws {RuleBroken} ENC-1 to ENC-7, BUN-1, BUN-2
 */
export function unpack(network, wire, bytesMax = LIMITS.BUNDLE_BYTES_MAX) {
  const parts = decode(wire, bytesMax);
  must(Array.isArray(parts) && parts.length === 4 && parts[0] === BUNDLE_LABEL, 'BUN-1');
  const [, itsNetwork, operations, records] = parts;
  must(
    [operations, records].every((items) => Array.isArray(items) && items.every(isBytes)),
    'BUN-1',
  );
  must(itsNetwork === network, 'BUN-2');
  return { operations, records };
}

/**
 * Read a bundle; an item that breaks a rule is named and takes nothing else down.
 * @param {string} network @param {Uint8Array} wire @param {number} bytesMax
 * @returns {Opened}
 * @throws {RuleBroken} ENC-1 to ENC-7, BUN-1, BUN-2
 */
export function openBundle(network, wire, bytesMax = LIMITS.BUNDLE_BYTES_MAX) {
  const { operations, records } = unpack(network, wire, bytesMax);
  return openItems(network, operations, records);
}

/** @param {string} network @param {Uint8Array[]} operations @param {Uint8Array[]} records @returns {Opened} */
function openItems(network, operations, records) {
  /** @type {Damage[]} */
  const damages = [];
  return {
    operations: openAll(operations, 'operation', (item) => openOperation(network, item), damages),
    records: openAll(records, 'record', (item) => openRecord(network, item), damages),
    damages,
  };
}

/**
 * Read a file of bundles; the first of them that breaks a rule ends it.
 * @param {string} network @param {Uint8Array} file
 * @returns {Opened & {bundles: number, fault: string}} with how many were read, and the rule that ended it early
 * @throws {RuleBroken} ENC-1 to ENC-7, BUN-1 to BUN-3; not even the first bundle can be read
 */
export function openFile(network, file) {
  must(file.length > 0, 'BUN-3', 'an empty file');
  /** @type {{operations: Uint8Array[], records: Uint8Array[]}[]} */
  const unpacked = [];
  let fault = '';
  for (let at = 0; at < file.length && fault === ''; ) {
    try {
      const end = at + endOfBundle(file.subarray(at, at + LIMITS.BUNDLE_BYTES_MAX));
      unpacked.push(unpack(network, file.subarray(at, end)));
      at = end;
    } catch (error) {
      if (!(error instanceof RuleBroken) || unpacked.length === 0) throw error;
      fault = error.rule;
    }
  }
  const operations = unpacked.flatMap((bundle) => bundle.operations);
  const records = unpacked.flatMap((bundle) => bundle.records);
  return { ...openItems(network, operations, records), bundles: unpacked.length, fault };
}

/** @param {Uint8Array} bytes as many as a bundle may have, or all that are left */
function endOfBundle(bytes) {
  try {
    return endOfMessagePack(bytes);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const goesOn = error instanceof CutOff && bytes.length === LIMITS.BUNDLE_BYTES_MAX;
    throw new RuleBroken(goesOn ? 'ENC-1' : 'ENC-2', error.message);
  }
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
 * Put operations and records, in the order given, into as many bundles as it takes.
 * @param {string} network @param {Operation[]} operations @param {Record_[]} records
 * @param {number} bytesMax of each bundle
 * @returns {Uint8Array[]} the operations in the first of them
 */
export function packParts(network, operations, records, bytesMax) {
  const room = bytesMax - HEADERS_BYTES_MAX;
  /** @type {[Uint8Array[], Uint8Array[]][]} */
  const parts = [];
  let left = 0;
  for (const [place, items] of [operations, records].entries()) {
    for (const { wire } of items) {
      const size = wire.length + ITEM_HEADER_BYTES;
      if (size > left) {
        parts.push([[], []]);
        left = room;
      }
      parts[parts.length - 1][place].push(wire);
      left -= size;
    }
  }
  return parts.map((part) => encode([BUNDLE_LABEL, network, ...part]));
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
