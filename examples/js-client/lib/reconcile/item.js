// An item of a set: the first bytes of an id; and the hash by which it is spread over cells (spec/reconcile.md, items).

import { join } from '../bytes.js';
import { sha256 } from '../native.js';

export const ITEM_BYTES = 16;

const UNKEYED = Uint8Array.of(1);
const KEYED = Uint8Array.of(2);

/** Whether bytes are of the length of an item. @param {Uint8Array} item */
export const checkLength = (item) => {
  if (item.length !== ITEM_BYTES) throw new TypeError(`an item of ${item.length} bytes`);
};

/**
 * The check of an item: eight bytes, of which four travel, and from which its cells follow.
 * @param {Uint8Array} item @param {Uint8Array | null} key of the session, or none
 * @returns {Uint8Array}
 */
export const checkOf = (item, key = null) =>
  sha256(join(key === null ? [UNKEYED, item] : [KEYED, key, item])).subarray(0, 8);

/** @param {Uint8Array} check @returns {import('./mapping.js').Seed} */
export function seedOf(check) {
  const view = new DataView(check.buffer, check.byteOffset, 8);
  return [view.getUint32(0), view.getUint32(4)];
}

/** The key of a session that both sides have a part in. @param {Uint8Array} asker @param {Uint8Array} teller nonces */
export const sessionKey = (asker, teller) => sha256(join([asker, teller]));
