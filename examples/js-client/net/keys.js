// The keys of one person on one network, as the text in which they are kept.

import { newIdentity } from '../lib/author.js';
import { hex, unhex } from '../lib/bytes.js';
import { dice } from '../lib/native.js';

/**
 * @typedef {{network: string, node: Uint8Array, secrets: import('../lib/author.js').Secrets}} Keys
 *   `node` is the seed of the libp2p identity, which has nothing to do with who speaks
 */

/**
 * Make keys, and an identity with them.
 * @param {string} network @returns {{keys: Keys, text: string, paper: Uint8Array}} the paper key is not in the text
 */
export function makeKeys(network) {
  const { secrets, paper } = newIdentity(network);
  const node = dice(32);
  const { device, rotation, genesis } = secrets;
  const written = { network, node: hex(node), device: hex(device), rotation: hex(rotation), genesis: hex(genesis) };
  return { keys: { network, node, secrets }, text: `${JSON.stringify(written, null, 2)}\n`, paper };
}

/** @param {string} text @param {string} network @returns {Keys} */
export function readKeys(text, network) {
  const read = JSON.parse(text);
  if (read.network !== network) throw new Error(`these keys are of the network ${read.network}`);
  const [node, device, rotation, genesis] = [read.node, read.device, read.rotation, read.genesis].map(unhex);
  return { network, node, secrets: { device, rotation, genesis } };
}
