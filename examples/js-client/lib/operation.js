// An operation: one step in the life of an identity, a whole snapshot of its keys (spec/identity.md).

import { ascends, bytesAscend, compareNames, hex, isBytes, isBytesOf, utf8 } from './bytes.js';
import { decode, encode, isInteger, isMap, isUnsigned } from './encoding.js';
import { must } from './errors.js';
import { digest, mayBeNamed, preimage, signFor, signatureCounts } from './keys.js';
import { scrypt } from './native.js';
import { LIMITS, WORK_SALT } from './registry.js';

/**
 * @typedef {'all' | 'daily' | 'read'} Scope
 * @typedef {{key: string, scope: Scope}} Device
 * @typedef {{rank: number, threshold: number, digests: string[]}} Recovery
 * @typedef {{device: string, lastRev: number | null, keep: string[]}} Revocation
 * @typedef {object} Operation
 * @property {string} id
 * @property {string} identity
 * @property {string | null} parent  null in a genesis
 * @property {number} rank
 * @property {Device[]} devices
 * @property {string} next
 * @property {Recovery[]} recovery
 * @property {Revocation[]} revoke
 * @property {boolean} close
 * @property {string[]} signers
 * @property {Uint8Array} wire
 */

const SCOPES = ['all', 'daily', 'read'];
const REQUIRED = ['version', 'rank', 'devices', 'next', 'recovery'];
const FIELDS = new Set([...REQUIRED, 'nonce', 'identity', 'parent', 'revoke', 'close']);
const REVOCATION_FIELDS = new Set(['device', 'last_rev', 'keep']);

/**
 * Read an operation from the wire, with all that can be checked without other operations.
 * @param {string} network @param {Uint8Array} wire
 * @returns {Operation}
 * @throws {RuleBroken} ENC-1 to ENC-7, OPR-1 to OPR-9
 */
export function openOperation(network, wire) {
  const { carried, signatures } = readEnvelope(decode(wire, LIMITS.OPERATION_BYTES_MAX));
  const fields = decode(carried, LIMITS.OPERATION_BYTES_MAX);
  must(isMap(fields) && fields.get('version') === 1, 'OPR-2');
  must(REQUIRED.every((name) => fields.has(name)) && [...fields.keys()].every((name) => FIELDS.has(name)), 'OPR-2');
  const isGenesis = fields.has('nonce');
  checkPlace(fields, isGenesis);
  const rank = fields.get('rank');
  must(isBytesOf(fields.get('next'), 32) && isInteger(rank) && rank >= 0 && rank <= LIMITS.RANK_MAX, 'OPR-4');
  must(!isGenesis || rank === 0, 'OPR-4', 'a genesis of recovery rank');
  must(!fields.has('close') || (fields.get('close') === true && rank > 0), 'OPR-4', 'close');
  const devices = readDevices(fields.get('devices'));
  const recovery = readRecovery(fields.get('recovery'));
  const revoke = fields.has('revoke') ? readRevocations(fields.get('revoke')) : [];
  const message = preimage(network, 'identity', carried);
  must(
    signatures.every(([key, signature]) => signatureCounts(key, signature, message)),
    'OPR-8',
  );
  const signers = signatures.map(([key]) => hex(key));
  if (isGenesis) {
    must(signers.join() === devices.map(({ key }) => key).join(), 'OPR-9', 'not signed by exactly its devices');
    must(workOf(network, carried) >= LIMITS.WORK_FLOOR, 'OPR-9', 'too little work');
  }
  const id = hex(digest(network, 'identity', carried));
  return {
    id,
    identity: isGenesis ? id : hex(fields.get('identity')),
    parent: isGenesis ? null : hex(fields.get('parent')),
    rank,
    devices,
    next: hex(fields.get('next')),
    recovery,
    revoke,
    close: fields.has('close'),
    signers,
    wire,
  };
}

/** @param {any} envelope @returns {{carried: Uint8Array, signatures: [Uint8Array, Uint8Array][]}} */
function readEnvelope(envelope) {
  must(Array.isArray(envelope) && envelope.length === 2, 'OPR-1');
  const [carried, signatures] = envelope;
  must(isBytes(carried) && Array.isArray(signatures), 'OPR-1');
  must(signatures.length >= 1 && signatures.length <= LIMITS.DEVICES_MAX + LIMITS.GUARDIAN_KEYS_MAX, 'OPR-1');
  const isPair = (/** @type {any} */ pair) =>
    Array.isArray(pair) && pair.length === 2 && mayBeNamed(pair[0]) && isBytesOf(pair[1], 64);
  must(signatures.every(isPair), 'OPR-1');
  must(bytesAscend(signatures.map((/** @type {any} */ [key]) => key)), 'OPR-1', 'signatures out of order');
  return { carried, signatures };
}

/** @param {Map<string, any>} fields @param {boolean} isGenesis */
function checkPlace(fields, isGenesis) {
  if (isGenesis) {
    must(isBytesOf(fields.get('nonce'), 8) && !fields.has('identity') && !fields.has('parent'), 'OPR-3');
  } else must(isBytesOf(fields.get('identity'), 32) && isBytesOf(fields.get('parent'), 32), 'OPR-3');
}

/** @param {any} devices @returns {Device[]} */
function readDevices(devices) {
  must(Array.isArray(devices) && devices.length >= 1 && devices.length <= LIMITS.DEVICES_MAX, 'OPR-5');
  const isDevice = (/** @type {any} */ device) =>
    Array.isArray(device) &&
    device.length === 3 &&
    mayBeNamed(device[0]) &&
    isBytesOf(device[1], 32) &&
    SCOPES.includes(device[2]);
  must(devices.every(isDevice), 'OPR-5');
  must(bytesAscend(devices.map((/** @type {any} */ [key]) => key)), 'OPR-5', 'devices out of order');
  return devices.map((/** @type {any} */ [key, , scope]) => ({ key: hex(key), scope }));
}

/** @param {any} recovery @returns {Recovery[]} */
function readRecovery(recovery) {
  must(Array.isArray(recovery) && recovery.length <= LIMITS.RANK_MAX, 'OPR-6');
  must(
    recovery.every((/** @type {any} */ entry) => Array.isArray(entry) && entry.length === 3),
    'OPR-6',
  );
  for (const [rank, threshold, digests] of recovery) {
    must(isInteger(rank) && rank >= 1 && rank <= LIMITS.RANK_MAX, 'OPR-6', 'rank');
    must(Array.isArray(digests) && digests.length >= 1 && digests.length <= LIMITS.GUARDIAN_KEYS_MAX, 'OPR-6');
    must(isInteger(threshold) && threshold >= 1 && threshold <= digests.length, 'OPR-6', 'threshold');
    must(
      digests.every((/** @type {any} */ item) => isBytesOf(item, 32)) && bytesAscend(digests),
      'OPR-6',
      'digests',
    );
  }
  must(
    ascends(recovery, ([a], [b]) => b - a),
    'OPR-6',
    'ranks',
  );
  return recovery.map((/** @type {any} */ [rank, threshold, digests]) => ({
    rank,
    threshold,
    digests: digests.map(hex),
  }));
}

/** @param {any} revoke @returns {Revocation[]} */
function readRevocations(revoke) {
  must(Array.isArray(revoke) && revoke.length >= 1 && revoke.length <= LIMITS.REVOCATIONS_MAX, 'OPR-7');
  /** @type {Revocation[]} */
  const revocations = revoke.map(readRevocation);
  must(
    ascends(revocations, (a, b) => compareNames(a.device, b.device)),
    'OPR-7',
    'out of order',
  );
  must(revocations.reduce((sum, { keep }) => sum + keep.length, 0) <= LIMITS.KEEP_MAX, 'OPR-7', 'too many kept');
  return revocations;
}

/** @param {any} revocation @returns {Revocation} */
function readRevocation(revocation) {
  must(isMap(revocation) && [...revocation.keys()].every((name) => REVOCATION_FIELDS.has(name)), 'OPR-7');
  must(isBytesOf(revocation.get('device'), 32), 'OPR-7');
  const lastRev = revocation.get('last_rev') ?? null;
  must(lastRev === null || isUnsigned(lastRev), 'OPR-7', 'last_rev');
  const keep = revocation.get('keep') ?? null;
  if (keep !== null) {
    must(Array.isArray(keep) && keep.length > 0, 'OPR-7', 'keep');
    must(
      keep.every((/** @type {any} */ prefix) => isBytesOf(prefix, LIMITS.KEEP_PREFIX_BYTES)),
      'OPR-7',
      'keep',
    );
    must(bytesAscend(keep), 'OPR-7', 'keep');
  }
  return { device: hex(revocation.get('device')), lastRev, keep: (keep ?? []).map(hex) };
}

/** @param {Uint8Array} bytes */
function leadingZeroBits(bytes) {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 8 * bytes.length : 8 * first + Math.clz32(bytes[first]) - 24;
}

/**
 * The work figure of a genesis; below 0 where its cheap hash shows none.
 * @param {string} network @param {Uint8Array} carried
 */
export function workOf(network, carried) {
  const cheap = digest(network, 'work', carried);
  return leadingZeroBits(cheap) < LIMITS.WORK_HASH_BITS ? -1 : leadingZeroBits(scrypt(cheap, utf8(WORK_SALT)));
}

/**
 * Make an identity with one device, of full scope: try nonces until the work suffices.
 * @param {string} network
 * @param {{device: {seed: Uint8Array, key: Uint8Array}, sealing: Uint8Array, next: Uint8Array, paper: Uint8Array}} keys
 *   `next` and `paper` are the public keys that are promised for rotation and recovery
 * @param {number} work the figure wanted
 * @returns {Operation}
 */
export function makeGenesis(network, { device, sealing, next, paper }, work = LIMITS.WORK_FLOOR) {
  const fields = {
    version: 1,
    rank: 0,
    devices: [[device.key, sealing, 'all']],
    next: digest(network, 'key', next),
    recovery: [[1, 1, [digest(network, 'key', paper)]]],
  };
  for (let count = 0; ; count++) {
    const nonce = new Uint8Array(8);
    new DataView(nonce.buffer).setBigUint64(0, BigInt(count));
    const carried = encode({ ...fields, nonce });
    if (workOf(network, carried) < work) continue;
    return openOperation(
      network,
      encode([carried, [[device.key, signFor(device.seed, network, 'identity', carried)]]]),
    );
  }
}
