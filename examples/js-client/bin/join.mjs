#!/usr/bin/env node
// Joins a running Folkmoot network: publishes a profile, hears what others say, and takes a seat that is offered.

import { parseArgs } from 'node:util';
import { hex } from '../lib/bytes.js';
import { readText, textOf } from '../lib/ids.js';
import { readOrMakeKeys } from '../net/keyfile.js';
import { Member } from '../net/member.js';

const USAGE = `usage: node bin/join.mjs --peer ADDRESS [options]
  --peer ADDRESS     a node to connect to, with /p2p/ and its id at the end; may be given again
  --network NAME     the network to join (main)
  --keys FILE        where the keys are, or are to be made (folkmoot-keys.json)
  --name NAME        publish a profile under this name
  --accept ID        sign this offer (doc1…), or whatever this identity drafts (folk1…); may be given again
  --until-formed     leave once a team with a seat of ours has formed
  --state            tell the state hash whenever it changes
  --json             one JSON object a line instead of text`;

/** @satisfies {import('node:util').ParseArgsOptionsConfig} */
const OPTIONS = {
  peer: { type: 'string', multiple: true },
  network: { type: 'string', default: 'main' },
  keys: { type: 'string', default: 'folkmoot-keys.json' },
  name: { type: 'string' },
  accept: { type: 'string', multiple: true },
  'until-formed': { type: 'boolean', default: false },
  state: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** Tell what happened. @param {boolean} isJson @returns {import('../net/member.js').Tell} */
const teller = (isJson) => (event, fields) => {
  const inWords = Object.entries(fields).map(([name, value]) => {
    const said = typeof value === 'string' ? value : JSON.stringify(value);
    return `  ${name.padEnd(10)} ${said}\n`;
  });
  process.stdout.write(isJson ? `${JSON.stringify({ event, ...fields })}\n` : `${event}\n${inWords.join('')}`);
};

async function main() {
  const { values: options } = parseArgs({ options: OPTIONS });
  const { peer: peers = [], accept = [] } = options;
  if (options.help || peers.length === 0) throw new TypeError(USAGE);
  const accepted = new Set(accept.map((text) => hex(readText(text, ['doc', 'folk']).id)));
  const tell = teller(options.json);
  const { keys, paper } = await readOrMakeKeys(options.keys, options.network);
  const wishes = { accepted, untilFormed: options['until-formed'], state: options.state };
  const member = new Member(keys, wishes, tell);
  tell('identity', { identity: member.identity, keys: options.keys });
  if (paper !== null) {
    process.stderr.write(
      `Write this paper key down; it is shown once and kept nowhere: ${textOf('paper', paper)}\n`,
    );
  }
  const leaving = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => leaving.abort());
  await member.join(peers, options.name, leaving.signal);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
