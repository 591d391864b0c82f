// The one encoding: a profile of MessagePack in which a value has exactly one form (spec/encoding.md).
//
// In memory: booleans, integers as numbers, text as strings, bytes as Uint8Array, arrays, and maps as Map.

import { compareNames, hex, isBytes, join, sameBytes, utf8 } from './bytes.js';
import { RuleBroken } from './errors.js';
import { Foreign, LooseMap, Malformed, readMessagePack } from './messagepack.js';
import { LIMITS } from './registry.js';

const NAME = /^[a-z0-9][a-z0-9._-]{0,47}$/;
const FORBIDDEN =
  /[\p{Cs}\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\p{Noncharacter_Code_Point}]/u;

/** @param {unknown} value @returns {value is string} */
export const isName = (value) => typeof value === 'string' && NAME.test(value);

/** @param {string} text */
export const isText = (text) => !FORBIDDEN.test(text);

/** @param {unknown} value @returns {value is number} */
export const isInteger = (value) => Number.isSafeInteger(value);

/** @param {unknown} value @returns {value is number} */
export const isUnsigned = (value) => isInteger(value) && /** @type {number} */ (value) >= 0;

/** @param {unknown} value @returns {value is Map<string, any>} */
export const isMap = (value) => value instanceof Map;

/** The length of a text in code points. @param {string} text */
export const lengthOf = (text) => [...text].length;

/**
 * Decode bytes that claim to be one canonical value.
 * @param {Uint8Array} wire
 * @param {number} bytesMax  the bound of whatever they claim to be
 * @returns {any} the value
 * @throws {RuleBroken} ENC-1 to ENC-7
 */
export function decode(wire, bytesMax) {
  if (wire.length > bytesMax) throw new RuleBroken('ENC-1', `${wire.length} bytes`);
  let loose;
  try {
    loose = readMessagePack(wire);
  } catch (error) {
    if (error instanceof Malformed) throw new RuleBroken('ENC-2', error.message);
    throw error;
  }
  const look = { lowest: 8, found: '' };
  const value = looked(loose, 1, look);
  if (look.lowest < 8) throw new RuleBroken(`ENC-${look.lowest}`, look.found);
  if (!sameBytes(encode(value), wire)) throw new RuleBroken('ENC-7', 'not the canonical form');
  return value;
}

/**
 * Look at a value part by part, note the lowest rule that is broken, and return it with maps as Map.
 * @param {import('./messagepack.js').Loose} loose @param {number} depth
 * @param {{lowest: number, found: string}} look @returns {any}
 */
function looked(loose, depth, look) {
  const note = (/** @type {number} */ rule, /** @type {string} */ found) => {
    if (rule < look.lowest) Object.assign(look, { lowest: rule, found });
  };
  if (loose instanceof Foreign) note(2, loose.name);
  else if (typeof loose === 'bigint') note(3, 'an integer beyond 2^53 - 1');
  else if (typeof loose === 'string') {
    if (!isText(loose)) note(4, 'a forbidden code point');
  } else if (Array.isArray(loose)) {
    if (depth > LIMITS.DEPTH_MAX) note(6, 'nested too deep');
    else return loose.map((item) => looked(item, depth + 1, look));
  } else if (loose instanceof LooseMap) {
    if (depth > LIMITS.DEPTH_MAX) note(6, 'nested too deep');
    else return lookedMap(loose, depth, look, note);
  }
  return loose;
}

/**
 * @param {LooseMap} loose
 * @param {number} depth
 * @param {{lowest: number, found: string}} look
 * @param {(rule: number, found: string) => void} note
 */
function lookedMap(loose, depth, look, note) {
  const last = new Map(loose.entries.map(([key, value]) => [distinct(key), [key, value]]));
  const map = new Map();
  for (const [key, value] of last.values()) {
    if (!isName(key)) note(5, 'a key that is no name');
    map.set(key, looked(value, depth + 1, look));
  }
  return map;
}

/** A word that equal keys share. @param {unknown} key */
const distinct = (key) =>
  isBytes(key) ? `bytes ${hex(key)}` : key instanceof Foreign ? key.name : `${typeof key} ${key}`;

/**
 * Encode a value in its one form; a plain object counts as a map.
 * @param {any} value
 * @returns {Uint8Array}
 * @throws {TypeError} the value, or a part of it, does not exist in the encoding
 */
export function encode(value) {
  /** @type {Uint8Array[]} */
  const parts = [];
  write(value, parts);
  return join(parts);
}

/** @param {any} value @param {Uint8Array[]} parts @returns {void} */
function write(value, parts) {
  if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xc3 : 0xc2));
  else if (isInteger(value)) parts.push(integer(value));
  else if (typeof value === 'string') {
    if (!isText(value)) throw new TypeError('text with a forbidden code point');
    const bytes = utf8(value);
    parts.push(
      bytes.length < 32 ? Uint8Array.of(0xa0 | bytes.length) : sized(bytes.length, 0xd9, 0xda, 0xdb),
      bytes,
    );
  } else if (isBytes(value)) parts.push(sized(value.length, 0xc4, 0xc5, 0xc6), value);
  else if (Array.isArray(value)) {
    parts.push(value.length < 16 ? Uint8Array.of(0x90 | value.length) : sized(value.length, 0, 0xdc, 0xdd));
    for (const item of value) write(item, parts);
  } else if (value instanceof Map || (typeof value === 'object' && value !== null)) writeMap(value, parts);
  else throw new TypeError(`no such value in the encoding: ${String(value)}`);
}

/** @param {Map<string, any> | {[name: string]: any}} value @param {Uint8Array[]} parts */
function writeMap(value, parts) {
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  entries.sort(([a], [b]) => compareNames(a, b));
  parts.push(entries.length < 16 ? Uint8Array.of(0x80 | entries.length) : sized(entries.length, 0, 0xde, 0xdf));
  for (const [key, item] of entries) {
    if (!isName(key)) throw new TypeError(`not a name: ${key}`);
    write(key, parts);
    write(item, parts);
  }
}

/**
 * The shortest header that holds a length; a head of 0 says that there is none of 8 bits.
 * @param {number} length @param {number} head8 @param {number} head16 @param {number} head32
 */
function sized(length, head8, head16, head32) {
  if (length < 0x100 && head8 !== 0) return Uint8Array.of(head8, length);
  if (length < 0x10000) return Uint8Array.of(head16, length >> 8, length & 0xff);
  return Uint8Array.of(head32, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

/** @param {number} value */
function integer(value) {
  if (value >= -0x20 && value < 0x80) return Uint8Array.of(value & 0xff);
  const isNegative = value < 0;
  const exponent =
    [0, 1, 2].find((e) => (isNegative ? -value <= 2 ** (8 * 2 ** e - 1) : value < 2 ** (8 * 2 ** e))) ?? 3;
  const whole = new DataView(new ArrayBuffer(8));
  whole.setBigInt64(0, BigInt(value));
  return Uint8Array.of((isNegative ? 0xd0 : 0xcc) + exponent, ...new Uint8Array(whole.buffer, 8 - 2 ** exponent));
}
