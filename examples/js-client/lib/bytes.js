// Bytes: hex, comparison, joining. Everything here is about `Uint8Array`.

const ASCII = new TextEncoder();

/** @param {unknown} value @returns {value is Uint8Array} */
export const isBytes = (value) => value instanceof Uint8Array;

/** @param {unknown} value @param {number} length @returns {value is Uint8Array} */
export const isBytesOf = (value, length) => isBytes(value) && value.length === length;

/** @param {string} text @returns {Uint8Array} the text in UTF-8 */
export const utf8 = (text) => ASCII.encode(text);

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** @param {Uint8Array} bytes @returns {string} */
export function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte];
  return text;
}

/** @param {number} code of a character @returns {number} the value of a lower-case hex digit */
function digit(code) {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  throw new TypeError('not hex');
}

/** @param {string} text lower-case hex @returns {Uint8Array} */
export function unhex(text) {
  if (text.length % 2 !== 0) throw new TypeError('not hex');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = 16 * digit(text.charCodeAt(2 * i)) + digit(text.charCodeAt(2 * i + 1));
  }
  return bytes;
}

/** @param {Uint8Array[]} parts @returns {Uint8Array} */
export function join(parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Compare as unsigned bytes; what is the beginning of the other comes first.
 * @param {Uint8Array} a @param {Uint8Array} b @returns {number}
 */
export function compareBytes(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
export const sameBytes = (a, b) => compareBytes(a, b) === 0;

/** Compare names, which are ASCII, or any other strings of ASCII such as hex. */
export const compareNames = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Whether each element is greater than the one before it.
 * @template T
 * @param {T[]} items
 * @param {(a: T, b: T) => number} compare
 */
export const ascends = (items, compare) => items.every((item, i) => i === 0 || compare(items[i - 1], item) < 0);

/** Whether byte strings ascend, each once. @param {Uint8Array[]} items */
export const bytesAscend = (items) => ascends(items, compareBytes);
