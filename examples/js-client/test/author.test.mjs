// A writer's own care: keys, slots, times, and what it does not sign.

import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDocument } from '../lib/agreement.js';
import { Author, newIdentity } from '../lib/author.js';
import { unhex } from '../lib/bytes.js';
import { encode } from '../lib/encoding.js';
import { Replica } from '../lib/replica.js';
import { readOrMakeKeys } from '../net/keyfile.js';
import { canBeShown } from '../net/seats.js';

const NETWORK = 'test';
const NOW_MS = 1_728_043_200_000;
const { secrets } = newIdentity(NETWORK);
const author = new Author(NETWORK, secrets);

/** A replica that holds the author's genesis. */
function replica() {
  const made = new Replica(NETWORK);
  made.absorb([author.genesis], [], NOW_MS);
  return made;
}

/** @param {Replica} held @param {string} text */
function posted(held, text) {
  const post = author.say(held, 'post', { text }, NOW_MS);
  assert.deepEqual(held.absorb([], [post], NOW_MS), [{ verdict: 'accept', rule: '' }]);
  return post;
}

/** @param {object} terms @param {object} fields */
function offer(terms = {}, fields = {}) {
  const document = {
    type: 'team',
    network: NETWORK,
    drafter: unhex(author.identity),
    nonce: new Uint8Array(16),
    drafted: NOW_MS,
    accept_by: NOW_MS + 1000,
    parties: [{ capacity: 'lead', identity: unhex(author.identity) }],
    rule: 'all',
    terms: { name: 'One', purpose: 'Work', lead: 0, ...terms },
    ...fields,
  };
  return openDocument(NETWORK, encode(document));
}

test('an identity that was just made may speak', () => {
  const held = replica();
  const profile = author.say(held, 'profile', { name: 'Jo' }, NOW_MS);
  assert.deepEqual(held.absorb([], [profile], NOW_MS), [{ verdict: 'accept', rule: '' }]);
});

test('two identities differ, and so do their paper keys', () => {
  const [one, other] = [newIdentity(NETWORK), newIdentity(NETWORK)];
  assert.notDeepEqual(one.paper, other.paper);
  assert.notEqual(new Author(NETWORK, one.secrets).identity, new Author(NETWORK, other.secrets).identity);
});

test('what is said anew at one address is greater, also within one millisecond', () => {
  const held = replica();
  for (const name of ['Jo', 'Jo the Second', 'Jo the Third']) {
    const profile = author.say(held, 'profile', { name }, NOW_MS);
    assert.deepEqual(held.absorb([], [profile], NOW_MS), [{ verdict: 'accept', rule: '' }]);
  }
  assert.deepEqual(
    held.live(NOW_MS).map(({ body }) => body.get('name')),
    ['Jo the Third'],
  );
});

test('a device takes its own class of slots first, then the others, and says when there are none', () => {
  const held = replica();
  const slots = Array.from({ length: 128 }, (_, i) => posted(held, `post ${i}`).slot);
  assert.deepEqual(slots.slice(0, 16), [0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120]);
  assert.equal(new Set(slots).size, 128);
  assert.throws(() => posted(held, 'one too many'), /every slot for post is taken/);
});

test('a document is signed only when every part of it can be shown', () => {
  assert.ok(canBeShown(offer()));
  assert.ok(!canBeShown(offer({ motto: 'Onwards' })));
  assert.ok(!canBeShown(offer({}, { penalty: 'all of it' })));
  assert.ok(!canBeShown(offer({}, { type: 'marriage' })));
});

test('keys are made once, for their owner alone, and for one network', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folkmoot-'));
  try {
    const path = join(folder, 'keys.json');
    const made = await readOrMakeKeys(path, NETWORK);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.notEqual(made.paper, null);
    assert.deepEqual(await readOrMakeKeys(path, NETWORK), { keys: made.keys, paper: null });
    await assert.rejects(readOrMakeKeys(path, 'main'), /these keys are of the network test/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
