// Nodes over real libp2p on this machine: what one says the other holds, and a peer that breaks rules harms nobody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { Author, newIdentity } from '../lib/author.js';
import { dice } from '../lib/native.js';
import { SYNC_PROTOCOL } from '../lib/registry.js';
import { Node } from '../net/node.js';

const NETWORK = 'test';
const POSTS = 40;

/** @param {string[]} troubles */
function nodeThatTells(troubles) {
  return new Node(NETWORK, dice(32), { onChange: () => {}, onTrouble: (said) => troubles.push(said) });
}

/** A node that holds posts of an author of its own. @param {string[]} troubles */
function nodeWithPosts(troubles) {
  const node = nodeThatTells(troubles);
  const author = new Author(NETWORK, newIdentity(NETWORK).secrets);
  node.replica.absorb([author.genesis], [], Date.now());
  for (let i = 0; i < POSTS; i++) {
    const post = author.say(node.replica, 'post', { text: `${i} `.repeat(1300) }, Date.now());
    node.replica.absorb([], [post], Date.now());
  }
  return node;
}

test('after a sync both sides hold what either held, in more than one frame', async () => {
  /** @type {string[]} */
  const troubles = [];
  const [one, other] = [nodeWithPosts(troubles), nodeWithPosts(troubles)];
  try {
    await Promise.all([one.start(), other.start()]);
    await one.meet(other.addresses[0]);
    while (other.replica.records.length < 2 * POSTS && troubles.length === 0) await pause(10); // the other reads its last frames
    assert.equal(one.replica.records.length, 2 * POSTS);
    assert.deepEqual(
      new Set(one.replica.records.map(({ id }) => id)),
      new Set(other.replica.records.map(({ id }) => id)),
    );
    assert.deepEqual(troubles, []);
  } finally {
    await Promise.all([one.stop(), other.stop()]);
  }
});

for (const [what, bytes, said] of /** @type {[string, number[], RegExp][]} */ ([
  ['a frame that is too large', [0xff, 0xff, 0xff, 0xff], /a frame of 4294967295 bytes/],
  ['a frame that is no message', [0, 0, 0, 1, 0xc0], /ENC-2/],
  ['an empty frame', [0, 0, 0, 0], /ENC-2/],
  ['a frame out of turn', [0, 0, 0, 6, 0x91, 0xa4, 0x64, 0x6f, 0x6e, 0x65], /SYN-1/],
  ['half a frame', [0, 0, 0, 9, 0x91], /end|clos/i],
])) {
  test(`a peer that sends ${what} ends its own session and nothing else`, async () => {
    /** @type {string[]} */
    const troubles = [];
    const node = nodeThatTells(troubles);
    const hostile = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
    });
    try {
      await hostile.handle(SYNC_PROTOCOL, async (stream) => {
        stream.send(Uint8Array.from(bytes));
        await stream.close();
      });
      await node.start();
      await node.meet(String(hostile.getMultiaddrs()[0]));
      assert.equal(troubles.length, 1);
      assert.match(troubles[0], said);
      await hostile.unhandle(SYNC_PROTOCOL);
      await node.meet(String(hostile.getMultiaddrs()[0]));
      assert.match(troubles[1], /no sync with/);
    } finally {
      await Promise.all([node.stop(), hostile.stop()]);
    }
  });
}
