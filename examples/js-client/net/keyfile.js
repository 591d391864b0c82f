// The keys of one person on one network, in a file that only they can read.

import { readFile, writeFile } from 'node:fs/promises';
import { hex, unhex } from '../lib/bytes.js';
import { newIdentity } from '../lib/author.js';
import { dice } from '../lib/native.js';

/**
 * @typedef {{network: string, node: Uint8Array, secrets: import('../lib/author.js').Secrets}} Keys
 *   `node` is the seed of the libp2p identity, which has nothing to do with who speaks
 */

/**
 * Read the keys, or make them, and an identity with them, where there is no file yet.
 * @param {string} path @param {string} network
 * @returns {Promise<{keys: Keys, paper: Uint8Array | null}>} the paper key only when it has just been made
 */
export async function readOrMakeKeys(path, network) {
  try {
    return { keys: readKeys(await readFile(path, 'utf8'), network), paper: null };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const { secrets, paper } = newIdentity(network);
  const node = dice(32);
  const { device, rotation, genesis } = secrets;
  const written = { network, node: hex(node), device: hex(device), rotation: hex(rotation), genesis: hex(genesis) };
  await writeFile(path, `${JSON.stringify(written, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return { keys: { network, node, secrets }, paper };
}

/** @param {string} text @param {string} network @returns {Keys} */
function readKeys(text, network) {
  const read = JSON.parse(text);
  if (read.network !== network) throw new Error(`these keys are of the network ${read.network}`);
  const [node, device, rotation, genesis] = [read.node, read.device, read.rotation, read.genesis].map(unhex);
  return { network, node, secrets: { device, rotation, genesis } };
}
