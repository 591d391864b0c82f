// The messages of a sync: bytes to values and back, form only (spec/sync.md, messages).

import { isBytes, isBytesOf } from '../bytes.js';
import { decode, encode, isUnsigned } from '../encoding.js';
import { must } from '../errors.js';
import { ITEM_BYTES } from '../reconcile/item.js';
import { LIMITS } from '../registry.js';

/**
 * @typedef {{name: string, items: any[]}} Message
 * @typedef {(value: any) => boolean} Form
 */

const isNonce = (/** @type {any} */ value) => isBytesOf(value, 16);
const isFingerprint = (/** @type {any} */ value) => isBytesOf(value, 32);

/** @type {{[name: string]: Form[]}} the items of each message but hello, which has rules of its own */
const FORMS = {
  summary: [isUnsigned, isUnsigned, isFingerprint, (value) => isBytesOf(value, 112)],
  equal: [],
  cells: [(value) => isNonce(value) || isBytesOf(value, 0), isFingerprint, isUnsigned, isUnsigned, isBytes],
  list: [isNonce, isUnsigned, isBytes],
  more: [isUnsigned],
  again: [(value) => value === 'cells' || value === 'list', isNonce],
  want: [isBytes],
  places: [isUnsigned, isBytes],
  wanted: [],
  bundle: [isBytes],
  sent: [],
  decline: [
    (value) => Array.isArray(value) && value.every((id) => isBytesOf(id, 32)),
    (value) => isBytes(value) && value.length % ITEM_BYTES === 0,
  ],
  done: [(value) => typeof value === 'boolean'],
};

const HELLO_ITEMS = 6;

/**
 * Read a frame.
 * @param {Uint8Array} frame @returns {Message}
 * @throws {RuleBroken} ENC-1 to ENC-7, SYN-1
 */
export function readMessage(frame) {
  const read = decode(frame, LIMITS.SYNC_FRAME_BYTES_MAX);
  must(Array.isArray(read) && typeof read[0] === 'string', 'SYN-1', 'no message');
  const [name, ...items] = read;
  if (name === 'hello') must(items.length >= HELLO_ITEMS, 'SYN-1', 'half a hello');
  else {
    must(Object.hasOwn(FORMS, name), 'SYN-1', `no message of the name ${name}`);
    const forms = FORMS[name];
    must(items.length === forms.length && forms.every((has, place) => has(items[place])), 'SYN-1', name);
  }
  return { name, items };
}

/** @param {string} name @param {...any} items @returns {Uint8Array} a frame */
export const message = (name, ...items) => encode([name, ...items]);
