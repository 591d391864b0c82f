// Every case of every suite in spec/vectors, asked of this client.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { answer } from '../lib/answers.js';
import { RuleBroken } from '../lib/errors.js';
import { OPENERS, remembering } from '../lib/openers.js';

const VECTORS = new URL('../../../spec/vectors/', import.meta.url);
const NETWORK = 'test';
const openers = remembering(OPENERS, 500);
const suites = readdirSync(VECTORS)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, VECTORS), 'utf8')));

/** @typedef {{[name: string]: any}} Fields */

/** @param {string} what @param {Fields} asked @returns {Fields} the answer, or the rule that refuses */
function ask(what, asked) {
  try {
    return answer(what, asked, NETWORK, openers);
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

/** @param {Fields} vector @returns {Fields[][]} the messages in every order that the case names */
const inEveryOrder = ({ messages, orders }) =>
  orders.map((/** @type {string} */ order) => [...order].map((place) => messages[Number(place)]));

/** What can be asked about, and the field that names it. */
const SUBJECTS = {
  ...{ opportunity: 'id', team: 'id', person: 'identity', call: 'id', seats: 'id', engagement: 'id' },
  ...{ dispute: 'id', reviews: 'id', pattern: 'id', facts: 'identity' },
};

/** What is asked about in a case, by its id. @param {Fields} end */
const askedOf = (end) =>
  Object.fromEntries(
    Object.entries(SUBJECTS)
      .filter(([subject]) => end[subject] !== undefined)
      .map(([subject, name]) => [subject, end[subject][name]]),
  );

/** @param {Fields} vector */
function derives({ operations, held, now_ms, state_hash, ...vector }) {
  const asked = askedOf(vector);
  for (const records of [held, held.toReversed()]) {
    const got = ask('derive', { operations, held: records, now_ms, ...asked });
    for (const subject of Object.keys(asked)) assert.deepEqual(got[subject], vector[subject]);
    has(got, { state_hash });
  }
}

/** Which question a case of differences is about, by a field that only such cases have. */
const RECONCILE_FIELDS = [
  ['walk', 'seeds'],
  ['walk-many', 'walks'],
  ['sketch', 'start'],
  ['write-list', 'list'],
  ['read-list', 'parts'],
];

/** The names under which there are sets, whose order says nothing. */
const SETS = ['winners', 'shown', 'kept', 'waits'];

/** @param {Fields} told of a step, with its sets in one order */
const inOneOrder = (told) =>
  Object.fromEntries(Object.entries(told).map(([name, value]) => [name, SETS.includes(name) ? sorted(value) : value]));

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
    if ('orders' in vector) {
      for (const messages of inEveryOrder(vector)) {
        const operations = messages.flatMap((message) => message.operations);
        const held = messages.flatMap((message) => message.records);
        has(ask('derive', { ...askedOf(vector.end), now_ms: vector.now_ms, operations, held }), vector.end);
      }
    } else if ('operations' in vector) {
      const { signed, missing, repudiated } = vector;
      const got = ask('complete', vector);
      has(got, { signed, missing, repudiated });
      assert.deepEqual(sorted(got.refused), sorted(vector.refused));
    } else if ('document' in vector) plain('open-document', vector, ['id', 'unknown']);
    else plain('read-cosignature', vector, []);
  },
  bundle(vector) {
    if ('gossip' in vector) plain('check-gossip', vector, []);
    else if ('file' in vector) plain('open-file', vector, ['bundles', 'operations', 'records', 'damages', 'fault']);
    else plain('open-bundle', vector, ['operations', 'records', 'damages']);
  },
  rules(vector) {
    const got = ask('absorb', vector);
    has(got, { verdict: vector.expect, rule: vector.rule ?? '', after: sorted(vector.after) });
    if ('kept' in vector) has(got, { kept: sorted(vector.kept) });
  },
  sequence(vector) {
    const { operations, held, waiting, messages, now_ms, end } = vector;
    if ('steps' in vector) {
      const steps = vector.steps.map((/** @type {Fields} */ step) => ({ ...step, ...askedOf(step) }));
      const got = ask('replay', { operations, held, waiting, messages, steps });
      for (const [place, step] of vector.steps.entries()) {
        const { now_ms: _now, message: _message, ...expected } = step;
        has(inOneOrder(got.steps[place]), inOneOrder(expected));
      }
      return;
    }
    for (const inOrder of inEveryOrder(vector)) {
      const steps = inOrder.map((_, message) => ({ now_ms, message }));
      Object.assign(steps.at(-1) ?? {}, askedOf(end));
      const got = ask('replay', { operations, held, waiting, messages: inOrder, steps });
      has(inOneOrder(got.end), inOneOrder(end));
    }
  },
  reconcile(vector) {
    const what = RECONCILE_FIELDS.find(([, field]) => field in vector)?.[0] ?? 'find-difference';
    const got = ask(what, vector);
    if (vector.expect === 'refuse') return has(got, { refuse: vector.rule });
    const { solved, size, fingerprint, estimator, symbols, key, theirs, ours, cells, digest } = vector;
    const expected =
      what === 'find-difference'
        ? { solved, right: theirs !== undefined, theirs, ours }
        : what === 'sketch'
          ? { size, fingerprint, estimator, symbols, key }
          : { cells, digest, list: vector.list, placed: vector.placed, values: vector.values };
    has(got, expected);
    if ('lacked' in vector) has(got, { lacked: vector.lacked, extra: vector.extra });
  },
  sync(vector) {
    if (vector.expect === 'accept') return plain('talk', vector, ['effects']);
    has(ask('talk', vector), { refuse: vector.rule, frame: vector.frames.length - 1 });
  },
  state: derives,
  work: derives,
  trust(vector) {
    if ('held' in vector) return assert.deepEqual(sorted(ask('ties', vector).shown), sorted(vector.shown));
    for (const ties of [vector.ties, vector.ties.toReversed()]) {
      const { amount, distance } = vector;
      has(ask('trust', { ...vector, ties }), distance === undefined ? { amount } : { amount, distance });
    }
  },
};

for (const { suite, cases } of suites) {
  test(suite, async (t) => {
    assert.ok(cases.length > 0);
    for (const vector of cases) await t.test(vector.name, () => RUNNERS[suite](vector));
  });
}
