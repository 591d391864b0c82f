// Keys, signatures and digests: Ed25519 in one strict profile, always over a preimage (spec/keys.md).

import { isBytesOf, join, utf8 } from './bytes.js';
import { must } from './errors.js';
import { ed25519Holds, ed25519Sign, sha256 } from './native.js';

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const Y_OF_ORDER_8 = littleEndian(
  Uint8Array.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'.match(/../g) ?? [], (pair) =>
    Number.parseInt(pair, 16),
  ),
);
const LOW_ORDER = new Set([0n, 1n, P - 1n, Y_OF_ORDER_8, P - Y_OF_ORDER_8]);

/** @param {Uint8Array} bytes */
function littleEndian(bytes) {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** @param {Uint8Array} point */
const yOf = (point) => littleEndian(point) & (2n ** 255n - 1n);

/**
 * Refuse what is no key that may be named.
 * @param {unknown} key
 */
export function checkKey(key) {
  must(isBytesOf(key, 32), 'KEY-1', 'not 32 bytes');
  const y = yOf(/** @type {Uint8Array} */ (key));
  must(y < P, 'KEY-1', 'not canonical');
  must(!LOW_ORDER.has(y), 'KEY-2', 'of low order');
}

/** @param {unknown} key @returns {key is Uint8Array} */
export function mayBeNamed(key) {
  if (!isBytesOf(key, 32)) return false;
  const y = yOf(key);
  return y < P && !LOW_ORDER.has(y);
}

/**
 * Whether a signature counts: the checks on bytes first, then the equation without cofactor.
 * @param {Uint8Array} key @param {unknown} signature @param {Uint8Array} message a preimage
 */
export function signatureCounts(key, signature, message) {
  if (!isBytesOf(signature, 64) || !mayBeNamed(key)) return false;
  if (!mayBeNamed(signature.subarray(0, 32)) || littleEndian(signature.subarray(32)) >= ORDER) return false;
  return ed25519Holds(key, signature, message);
}

/** @typedef {'record' | 'identity' | 'document' | 'cosign' | 'key' | 'work' | 'rotation' | 'commit'} Purpose */

/** @param {string} network @param {Purpose} purpose @param {Uint8Array} payload */
export const preimage = (network, purpose, payload) => join([utf8(`folkmoot/1/${network}/${purpose}\0`), payload]);

/** @param {string} network @param {Purpose} purpose @param {Uint8Array} payload */
export const digest = (network, purpose, payload) => sha256(preimage(network, purpose, payload));

/** @param {Uint8Array} seed @param {string} network @param {Purpose} purpose @param {Uint8Array} payload */
export const signFor = (seed, network, purpose, payload) => ed25519Sign(seed, preimage(network, purpose, payload));
