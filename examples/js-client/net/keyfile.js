// The keys of one person on one network, in a file that only they can read.

import { readFile, writeFile } from 'node:fs/promises';
import { makeKeys, readKeys } from './keys.js';

/**
 * Read the keys, or make them, and an identity with them, where there is no file yet.
 * @param {string} path @param {string} network
 * @returns {Promise<{keys: import('./keys.js').Keys, paper: Uint8Array | null}>} the paper key only when it has just been made
 */
export async function readOrMakeKeys(path, network) {
  try {
    return { keys: readKeys(await readFile(path, 'utf8'), network), paper: null };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const { keys, text, paper } = makeKeys(network);
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  return { keys, paper };
}
