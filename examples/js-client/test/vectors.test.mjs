// Every case of every suite in spec/vectors, asked of this client.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { answer } from '../lib/answers.js';
import { RuleBroken } from '../lib/errors.js';

const VECTORS = new URL('../../../spec/vectors/', import.meta.url);
const NETWORK = 'test';
const suites = readdirSync(VECTORS)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8')));

/** @typedef {{[name: string]: any}} Fields */

/** @param {string} what @param {Fields} asked @returns {Fields} the answer, or the rule that refuses */
function ask(what, asked) {
  try {
    return answer(what, asked, NETWORK);
  } catch (error) {
    if (error instanceof RuleBroken)
      return { refuse: error.rule, ...('frame' in error ? { frame: error.frame } : {}) };
    throw error;
  }
}

/** Every expected field is in the answer. @param {Fields} got @param {Fields} expected */
function has(got, expected) {
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(got[name], value, name);
}

/**
 * Ask a question whose answer is either a refusal by the rule of the case, or some of its fields.
 * @param {string} what
 * @param {Fields} vector
 * @param {string[]} fields
 */
function plain(what, vector, fields) {
  const expected = Object.fromEntries(fields.filter((name) => name in vector).map((name) => [name, vector[name]]));
  has(ask(what, vector), vector.expect === 'refuse' ? { refuse: vector.rule } : expected);
}

/** @param {any[]} items */
const sorted = (items) => [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** @type {{[suite: string]: (vector: Fields) => void}} */
const RUNNERS = {
  encoding(vector) {
    plain('decode', vector, ['value']);
    if ('value' in vector) has(ask('encode', vector), { wire: vector.wire });
  },
  'text-forms'(vector) {
    plain('read-id', vector, ['prefix', 'id']);
    if (vector.expect === 'accept') has(ask('write-id', vector), { text: vector.text.toLowerCase() });
  },
  keys(vector) {
    const counts = vector.expect === 'accept';
    if ('salt' in vector) plain('commitment', vector, ['digest']);
    if ('preimage' in vector) plain('preimage', vector, ['preimage', 'digest']);
    else has(ask('signature' in vector ? 'verify' : 'check-key', vector), { counts });
  },
  ed25519: (vector) => has(ask('verify', vector), { counts: vector.expect === 'accept' }),
  record: (vector) =>
    plain('open-record', vector, [
      ...['id', 'kind', 'author', 'device', 'space', 'slot', 'rev', 'expires', 'refs', 'tombstone'],
    ]),
  kinds: (vector) => plain('check-record', vector, ['id']),
  identity(vector) {
    if ('wire' in vector) return plain('open-operation', vector, ['id', 'identity', 'parent', 'rank', 'close']);
    if ('landing' in vector) {
      return has(ask('land-operation', vector), { path: vector.path, kept: false, rule: vector.rule });
    }
    for (const operations of [vector.operations, vector.operations.toReversed()]) {
      if ('path' in vector) plain('read-chain', { ...vector, operations }, ['path', 'rivals', 'kept', 'closed']);
      for (const question of vector.standing ?? []) {
        has(ask('standing', { ...question, operations }), { standing: question.standing });
      }
    }
  },
  agreement(vector) {
    if ('operations' in vector) {
      const { signed, missing, repudiated } = vector;
      const got = ask('complete', vector);
      has(got, { signed, missing, repudiated });
      assert.deepEqual(sorted(got.refused), sorted(vector.refused));
    } else if ('document' in vector) plain('open-document', vector, ['id', 'unknown']);
    else plain('read-cosignature', vector, []);
  },
  bundle(vector) {
    if ('gossip' in vector) plain('check-gossip', vector, []);
    else plain('open-bundle', vector, ['operations', 'records', 'damages']);
  },
  rules(vector) {
    const got = ask('absorb', vector);
    has(got, { verdict: vector.expect, rule: vector.rule ?? '', after: sorted(vector.after) });
    if ('kept' in vector) has(got, { kept: sorted(vector.kept) });
  },
  sync(vector) {
    if (vector.expect === 'accept') return plain('talk', vector, ['effects']);
    has(ask('talk', vector), { refuse: vector.rule, frame: vector.frames.length - 1 });
  },
  state(vector) {
    for (const held of [vector.held, vector.held.toReversed()]) {
      const asked = Object.fromEntries(
        Object.entries({
          opportunity: vector.opportunity?.id,
          team: vector.team?.id,
          person: vector.person?.identity,
        }).filter(([, id]) => id !== undefined),
      );
      const got = ask('derive', {
        ...vector,
        opportunity: undefined,
        team: undefined,
        person: undefined,
        ...asked,
        held,
      });
      for (const subject of Object.keys(asked)) assert.deepEqual(got[subject], vector[subject]);
      has(got, { state_hash: vector.state_hash });
    }
  },
};

/** What follows from work is for full nodes, which this client is not. */
const FOR_FULL_NODES = ['trust', 'work'];

for (const { suite, cases } of suites.filter((one) => !FOR_FULL_NODES.includes(one.suite))) {
  test(suite, async (t) => {
    assert.ok(cases.length > 0);
    for (const vector of cases) await t.test(vector.name, () => RUNNERS[suite](vector));
  });
}
