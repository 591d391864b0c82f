// The few things taken from the platform's cryptography: SHA, SHAKE, scrypt, dice, and the Ed25519 of OpenSSL.
//
// OpenSSL checks S·B = R + k·A without multiplying by the cofactor, which is the equation the specification asks for.
// The popular pure JavaScript library verifies with the cofactor by default and would take signatures that others refuse.

import { createHash, createPrivateKey, createPublicKey, randomBytes, scryptSync, sign, verify } from 'node:crypto';
import { join, unhex } from './bytes.js';

const PRIVATE_HEADER = unhex('302e020100300506032b657004220420'); // PKCS #8 and SPKI around 32 bytes, RFC 8410
const PUBLIC_HEADER = unhex('302a300506032b6570032100');

/** @param {Uint8Array} bytes @returns {Uint8Array} */
export const sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** @param {Uint8Array} bytes @param {number} length of what is returned @returns {Uint8Array} */
export const shake128 = (bytes, length) =>
  new Uint8Array(createHash('shake128', { outputLength: length }).update(bytes).digest());

/** @param {Uint8Array} password @param {Uint8Array} salt @returns {Uint8Array} */
export const scrypt = (password, salt) => new Uint8Array(scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 }));

/** @param {number} length @returns {Uint8Array} */
export const dice = (length) => new Uint8Array(randomBytes(length));

/** @param {Uint8Array} seed */
const privateKey = (seed) =>
  createPrivateKey({ key: Buffer.from(join([PRIVATE_HEADER, seed])), format: 'der', type: 'pkcs8' });

/** @param {Uint8Array} seed 32 secret bytes @returns {Uint8Array} */
export function publicKeyOf(seed) {
  const encoded = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(encoded.subarray(PUBLIC_HEADER.length));
}

/** @param {Uint8Array} seed @param {Uint8Array} message @returns {Uint8Array} */
export const ed25519Sign = (seed, message) => new Uint8Array(sign(null, message, privateKey(seed)));

/**
 * Whether the equation without cofactor holds.
 * @param {Uint8Array} key
 * @param {Uint8Array} signature
 * @param {Uint8Array} message
 */
export function ed25519Holds(key, signature, message) {
  const known = createPublicKey({ key: Buffer.from(join([PUBLIC_HEADER, key])), format: 'der', type: 'spki' });
  return verify(null, message, known, signature);
}
