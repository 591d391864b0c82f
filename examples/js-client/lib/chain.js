// The operations of one identity, read: who may sign is a pure function of the set (spec/identity.md).

import { compareBytes, compareNames, hex, unhex } from './bytes.js';
import { grouped } from './grouped.js';
import { digest } from './keys.js';
import { LIMITS } from './registry.js';

/**
 * @typedef {import('./operation.js').Operation} Operation
 * @typedef {import('./operation.js').Scope} Scope
 * @typedef {'uncertified' | 'revoked' | 'authorised'} Standing
 * @typedef {{operation: Operation, depth: number, children: Node_[], weight: number, up: Node_ | null}} Node_
 */

/**
 * The rule by which an operation may not follow its parent, or `null` if it may.
 * @param {string} network @param {Operation} operation @param {Operation} parent @param {number} depth
 */
export function whyNotFollowing(network, operation, parent, depth) {
  if (parent.close) return 'CHN-1';
  const { CHAIN_DEPTH_MAX, RECOVERY_DEPTH_MAX, ROTATION_DEPTH_MAX } = LIMITS;
  const depthMax = operation.close ? CHAIN_DEPTH_MAX : operation.rank > 0 ? RECOVERY_DEPTH_MAX : ROTATION_DEPTH_MAX;
  if (depth > depthMax) return 'CHN-2';
  if (recoveryAbove(operation.rank, operation) !== recoveryAbove(operation.rank, parent)) return 'CHN-3';
  return signersFit(network, operation, parent) ? null : 'CHN-4';
}

/**
 * What an operation promises to ranks above one, in a form to compare.
 * @param {number} rank
 * @param {Operation} operation
 */
const recoveryAbove = (rank, { recovery }) => JSON.stringify(recovery.filter((entry) => entry.rank > rank));

/** @param {string} network @param {Operation} operation @param {Operation} parent */
function signersFit(network, operation, parent) {
  const promise =
    operation.rank === 0
      ? { threshold: 1, digests: [parent.next] }
      : parent.recovery.find((entry) => entry.rank === operation.rank);
  if (promise === undefined) return false;
  const known = new Set(parent.devices.map(({ key }) => key));
  const added = new Set(operation.devices.map(({ key }) => key).filter((key) => !known.has(key)));
  const promised = operation.signers.filter((key) =>
    promise.digests.includes(hex(digest(network, 'key', unhex(key)))),
  );
  return (
    promised.length >= promise.threshold &&
    [...added].every((key) => operation.signers.includes(key)) &&
    operation.signers.every((key) => added.has(key) || promised.includes(key))
  );
}

/** Compare operations by the bytes in which they travel. @param {Operation} a @param {Operation} b */
const compareWires = (a, b) => compareBytes(a.wire, b.wire);

/** What the operations of one identity say. */
export class Chain {
  /** @type {Map<string, Node_>} every operation that may follow, by id */
  tree = new Map();
  /** @type {Operation[]} the winning path, genesis first */
  path = [];
  /** @type {Operation[][]} none, or the two rivals of a dispute */
  rivals = [];

  /**
   * @param {string} network
   * @param {string} identity
   * @param {Iterable<Operation>} operations in any order; those of other identities are left aside
   */
  constructor(network, identity, operations) {
    this.identity = identity;
    const own = [...operations].filter((operation) => operation.identity === identity).sort(compareWires);
    this.#grow(network, own);
    const root = this.tree.get(identity);
    if (root !== undefined) this.#walk(root);
  }

  /**
   * @param {string} network
   * @param {Operation[]} own ascending by wire, so that the least of equal ids is met first
   */
  #grow(network, own) {
    const genesis = own.find(({ parent }) => parent === null);
    if (genesis === undefined) return;
    const following = grouped(own, ({ parent }) => parent ?? '');
    /** @type {Node_[]} */
    const grown = [{ operation: genesis, depth: 0, children: [], weight: 0, up: null }];
    for (const node of grown) {
      this.tree.set(node.operation.id, node);
      const seen = new Set();
      for (const operation of following.get(node.operation.id) ?? []) {
        const depth = node.depth + 1;
        if (seen.has(operation.id) || whyNotFollowing(network, operation, node.operation, depth) !== null) continue;
        seen.add(operation.id);
        const child = { operation, depth, children: [], weight: operation.rank, up: node };
        node.children.push(child);
        grown.push(child);
      }
      node.children.sort((a, b) => compareNames(a.operation.id, b.operation.id));
    }
    for (const { up, weight } of grown.reverse()) if (up !== null) up.weight = Math.max(up.weight, weight);
  }

  /** @param {Node_} root */
  #walk(root) {
    /** @type {Node_} */
    let node = root;
    for (;;) {
      this.path.push(node.operation);
      const greatest = node.children.reduce((most, { weight }) => Math.max(most, weight), 0);
      const heaviest = node.children.filter(({ weight }) => weight === greatest);
      if (heaviest.length > 1) this.rivals = heaviest.slice(0, 2).map(rivalFrom);
      if (heaviest.length !== 1) return;
      [node] = heaviest;
    }
  }

  get hasGenesis() {
    return this.path.length > 0;
  }

  get isDisputed() {
    return this.rivals.length > 0;
  }

  get isClosed() {
    return !this.isDisputed && (this.path.at(-1)?.close ?? false);
  }

  /** The latest operation; only where there is a genesis. @returns {Operation} */
  get head() {
    return /** @type {Operation} */ (this.path.at(-1));
  }

  /** What is needed so that every reader comes to the same answer. @returns {Operation[]} */
  get kept() {
    return [...this.path, ...this.rivals.flat()];
  }

  /** @returns {Operation[][]} the winning path, or it followed by either rival */
  get readings() {
    return this.isDisputed ? this.rivals.map((rival) => [...this.path, ...rival]) : [this.path];
  }

  /**
   * The operations from the genesis to one that is held, or `null`.
   * @param {string} head
   * @returns {Operation[] | null}
   */
  upTo(head) {
    const found = [];
    for (let node = this.tree.get(head) ?? null; node !== null; node = node.up) found.unshift(node.operation);
    return found.length === 0 ? null : found;
  }

  /**
   * Whether the operations let a signature of a device count.
   * @param {string} device @param {Scope[]} scopes any of which suffices
   * @param {number} claimed the time that the signer claims @param {string} item id of what was signed
   * @returns {Standing}
   */
  standing(device, scopes, claimed, item) {
    if (!this.hasGenesis || !this.readings.every((reading) => certifies(reading, device, scopes)))
      return 'uncertified';
    const ruling = this.readings.filter((reading) => rulesOut(reading, device, claimed, item)).length;
    if (ruling === 0) return 'authorised';
    return ruling === this.readings.length ? 'revoked' : 'uncertified';
  }
}

/** @param {Node_} first @returns {Operation[]} */
function rivalFrom(first) {
  const rival = [first.operation];
  let node = first;
  while (node.operation.rank !== first.weight) {
    node = /** @type {Node_} */ (node.children.find(({ weight }) => weight === first.weight));
    rival.push(node.operation);
  }
  return rival;
}

/**
 * Whether operations certify a device for one of the scopes.
 * @param {Operation[]} reading
 * @param {string} device
 * @param {Scope[]} scopes
 */
export function certifies(reading, device, scopes) {
  return reading.some(({ devices }) => devices.some(({ key, scope }) => key === device && scopes.includes(scope)));
}

/**
 * Whether operations rule a signature out.
 * @param {Operation[]} reading
 * @param {string} device
 * @param {number} claimed
 * @param {string} item
 */
export function rulesOut(reading, device, claimed, item) {
  const revocations = reading.flatMap(({ revoke }) => revoke).filter((revocation) => revocation.device === device);
  if (revocations.length === 0) return false;
  const prefix = item.slice(0, 2 * LIMITS.KEEP_PREFIX_BYTES);
  if (revocations.some(({ keep }) => keep.includes(prefix))) return false;
  return !revocations.every(({ lastRev }) => lastRev !== null && lastRev >= claimed);
}
