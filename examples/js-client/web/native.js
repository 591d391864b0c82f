// What lib/native.js takes from Node.js, in JavaScript for browsers, whose own cryptography answers only later.
//
// Of the library's Ed25519 only the points are used to verify: its verification multiplies by the cofactor.

import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, equalBytes } from '@noble/curves/utils.js';
import { scrypt as scryptOf } from '@noble/hashes/scrypt.js';
import { sha256 as sha256Of, sha512 } from '@noble/hashes/sha2.js';
import { shake128 as shake128Of } from '@noble/hashes/sha3.js';
import { join } from '../lib/bytes.js';

const { Point } = ed25519;

/** @param {Uint8Array} bytes @returns {Uint8Array} */
export const sha256 = (bytes) => sha256Of(bytes);

/** @param {Uint8Array} bytes @param {number} length of what is returned @returns {Uint8Array} */
export const shake128 = (bytes, length) => shake128Of(bytes, { dkLen: length });

/** @param {Uint8Array} password @param {Uint8Array} salt @returns {Uint8Array} */
export const scrypt = (password, salt) => scryptOf(password, salt, { N: 1024, r: 8, p: 1, dkLen: 32 });

/** @param {number} length @returns {Uint8Array} */
export const dice = (length) => crypto.getRandomValues(new Uint8Array(length));

/** @param {Uint8Array} seed 32 secret bytes @returns {Uint8Array} */
export const publicKeyOf = (seed) => ed25519.getPublicKey(seed);

/** @param {Uint8Array} seed @param {Uint8Array} message @returns {Uint8Array} */
export const ed25519Sign = (seed, message) => ed25519.sign(message, seed);

/** @param {Uint8Array} bytes @returns {InstanceType<typeof Point> | null} */
function pointOf(bytes) {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return null; // the library has no other way to say that no point has these bytes
  }
}

/**
 * Whether the equation without cofactor holds.
 * @param {Uint8Array} key
 * @param {Uint8Array} signature
 * @param {Uint8Array} message
 */
export function ed25519Holds(key, signature, message) {
  const point = pointOf(key);
  const [R, S] = [signature.subarray(0, 32), bytesToNumberLE(signature.subarray(32))];
  if (point === null || S >= Point.Fn.ORDER) return false;
  const k = Point.Fn.create(bytesToNumberLE(sha512(join([R, key, message]))));
  const expected = Point.BASE.multiplyUnsafe(S).subtract(point.multiplyUnsafe(k));
  return equalBytes(expected.toBytes(), R);
}
