// Two sides that talk in memory, whatever they hold: in the end both hold the same, unless one of them lies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, unhex, utf8 } from '../lib/bytes.js';
import { sha256 } from '../lib/native.js';
import { estimate } from '../lib/reconcile/estimate.js';
import { checkOf, seedOf } from '../lib/reconcile/item.js';
import { indices } from '../lib/reconcile/mapping.js';
import { Sketch } from '../lib/reconcile/sketch.js';
import { helloOf, Session } from '../lib/sync/session.js';
import { firstSymbols } from '../lib/sync/teller.js';

const NOW_MS = 1_728_043_200_000;
const DAY_MS = 86_400_000;

/** @param {string} name */
const itemOf = (name) => hex(sha256(utf8(name)).subarray(0, 16));

/** @param {string} name @param {number} count */
const itemsOf = (name, count) => Array.from({ length: count }, (_, place) => itemOf(`${name} ${place}`));

/** One side: a set of items that grows, in memory. */
class Side {
  /** @type {Uint8Array[]} frames for the other side */
  outbox = [];
  /** @type {string[]} the names of the messages sent */
  told = [];
  finished = '';

  /**
   * @param {string[]} items @param {boolean} opens
   * @param {{spaces?: string[], now?: number, choose?: import('../lib/sync/session.js').Host['choose']}} own
   */
  constructor(items, opens, { spaces = ['commons'], now = NOW_MS, choose = firstSymbols } = {}) {
    this.items = new Set(items);
    /** @type {string[]} what the bundles of the other side would hold */
    this.received = [];
    let nonces = 0;
    this.session = new Session(helloOf('test', spaces, now), opens, {
      set: () => ({ sketch: new Sketch([...this.items].map(unhex)), items: [...this.items].map(unhex) }),
      dice: () => sha256(utf8(`${opens} ${nonces++}`)).subarray(0, 16),
      choose,
      bundles: (offer) => {
        const beginnings = offer.map(hex);
        const meant = [...this.items].filter((item) => beginnings.some((beginning) => item.startsWith(beginning)));
        return { bundles: meant.map(unhex), count: meant.length };
      },
      settle: () => ({ identities: [], items: [] }),
    });
  }

  /** @param {import('../lib/sync/session.js').Effect[]} effects */
  carryOut(effects) {
    for (const effect of effects) {
      if ('send' in effect) {
        this.outbox.push(effect.send);
        this.told.push(new TextDecoder().decode(effect.send.subarray(2, 2 + (effect.send[1] & 0x1f))));
      } else if ('receive' in effect) this.items.add(hex(effect.receive));
      else if ('finished' in effect) this.finished = effect.finished;
    }
  }
}

/** Let two sides talk until neither says anything more. @param {Side} opener @param {Side} answerer */
function converse(opener, answerer) {
  for (const side of [opener, answerer]) side.carryOut(side.session.start());
  while (opener.outbox.length + answerer.outbox.length > 0) {
    for (const [from, to] of [
      [opener, answerer],
      [answerer, opener],
    ]) {
      for (const frame of from.outbox.splice(0)) to.carryOut(to.session.take(frame));
    }
  }
}

/** @param {Side} opener @param {Side} answerer */
function assertSame(opener, answerer) {
  assert.deepEqual([...opener.items].sort(), [...answerer.items].sort());
  assert.ok(opener.session.isOver && answerer.session.isOver);
  assert.equal(opener.finished, answerer.finished);
}

const COMMON = itemsOf('common', 400);

for (const [ours, theirs] of [
  [0, 0],
  [1, 0],
  [0, 1],
  [7, 9],
  [60, 0],
  [0, 200],
]) {
  test(`of sets that differ by ${ours} and ${theirs} items each side gets what it lacks`, () => {
    const opener = new Side([...COMMON, ...itemsOf('ours', ours)], true);
    const answerer = new Side([...COMMON, ...itemsOf('theirs', theirs)], false);
    converse(opener, answerer);
    assertSame(opener, answerer);
    assert.equal(opener.items.size, COMMON.length + ours + theirs);
  });
}

for (const [what, own] of /** @type {[string, object][]} */ ([
  ['of another day', { now: NOW_MS - DAY_MS }],
  ['with more spaces', { spaces: ['commons', 'design.fr'] }],
])) {
  test(`an opener ${what} is asked by the other side`, () => {
    const opener = new Side([...COMMON, ...itemsOf('ours', 3)], true, own);
    const answerer = new Side([...COMMON, ...itemsOf('theirs', 4)], false);
    converse(opener, answerer);
    assertSame(opener, answerer);
    assert.ok(opener.told.includes('cells') && !answerer.told.includes('cells'));
  });
}

test('symbols that are too few are followed by more', () => {
  const opener = new Side(COMMON, true);
  const answerer = new Side([...COMMON, ...itemsOf('theirs', 20)], false, { choose: () => 20 });
  converse(opener, answerer);
  assertSame(opener, answerer);
  assert.ok(opener.told.includes('more') && !opener.told.includes('again'));
});

test('items that were made to confuse symbols without a key do not withstand a key', () => {
  const isInTheFirstAlone = (/** @type {string} */ item) => [...indices(seedOf(checkOf(unhex(item))), 43)].length === 1;
  const planted = itemsOf('planted', 5000).filter(isInTheFirstAlone).slice(0, 2);
  assert.equal(planted.length, 2);
  const opener = new Side(COMMON, true);
  const answerer = new Side([...COMMON, ...planted], false, { choose: () => 1 }); // the asker gives up at cell 42
  converse(opener, answerer);
  assertSame(opener, answerer);
  assert.deepEqual(
    opener.told.filter((name) => name === 'again'),
    ['again'],
  );
});

test('a list is followed by another round, in which nothing differs', () => {
  const opener = new Side([...COMMON, ...itemsOf('ours', 30)], true);
  const answerer = new Side([...COMMON, ...itemsOf('theirs', 5)], false, { choose: () => 0 });
  converse(opener, answerer);
  assertSame(opener, answerer);
  assert.equal(opener.finished, 'equal');
  assert.equal(opener.told.filter((name) => name === 'summary').length, 2);
});

for (const difference of [0, 1, 10, 100, 1000]) {
  test(`a difference of ${difference} is estimated to about a half`, () => {
    const other = new Sketch([...COMMON, ...itemsOf('ours', difference)].map(unhex));
    const guessed = estimate(other.estimator(), new Sketch(COMMON.map(unhex)).estimator());
    assert.ok(guessed >= difference * 0.6 && guessed <= difference * 1.6, `${guessed}`);
  });
}
