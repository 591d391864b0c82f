// The cryptography of the page gives the same answers as that of Node.js, on the vectors and on what either makes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { unhex, utf8 } from '../lib/bytes.js';
import { mayBeNamed } from '../lib/keys.js';
import * as native from '../lib/native.js';
import * as files from '../web/files.js';
import * as web from '../web/native.js';

const SPEC = new URL('../../../spec/', import.meta.url);

/** @param {string} suite @returns {any[]} */
const cases = (suite) => JSON.parse(readFileSync(new URL(`vectors/${suite}.json`, SPEC), 'utf8')).cases;

test('the page has all that the client takes from Node.js', () => {
  assert.deepEqual(Object.keys(web).sort(), Object.keys(native).sort());
});

test('the page holds every registry as it is', () => {
  for (const name of ['constants', 'documents', 'kinds', 'names', 'relations', 'rules']) {
    const url = new URL(`registries/${name}.json`, SPEC);
    assert.deepEqual(JSON.parse(files.readFileSync(url)), JSON.parse(readFileSync(url, 'utf8')));
  }
  assert.throws(() => files.readFileSync(new URL('registries/secrets.json', SPEC)));
});

test('digests, and keys out of seeds, are the same', () => {
  for (let length = 0; length < 300; length += 37) {
    const bytes = native.dice(length);
    assert.deepEqual(web.sha256(bytes), native.sha256(bytes));
    assert.deepEqual(web.shake128(bytes, 100), native.shake128(bytes, 100));
    assert.deepEqual(web.scrypt(bytes, utf8('salt')), native.scrypt(bytes, utf8('salt')));
  }
  const seed = web.dice(32);
  assert.equal(seed.length, 32);
  assert.deepEqual(web.publicKeyOf(seed), native.publicKeyOf(seed));
  assert.deepEqual(web.ed25519Sign(seed, utf8('yes')), native.ed25519Sign(seed, utf8('yes')));
});

test('a signature holds for both or for neither', () => {
  const seed = native.dice(32);
  const [key, message] = [native.publicKeyOf(seed), utf8('yes')];
  const signature = native.ed25519Sign(seed, message);
  assert.ok(web.ed25519Holds(key, signature, message));
  assert.ok(!web.ed25519Holds(key, signature, utf8('no')));
  for (let bit = 0; bit < 8 * 64; bit += 5) {
    const bent = Uint8Array.from(signature);
    bent[bit >> 3] ^= 1 << (bit & 7);
    assert.ok(!web.ed25519Holds(key, bent, message));
  }
  for (let byte = 0; byte < 32; byte++) {
    const other = Uint8Array.from(key);
    other[byte] ^= 1; // about half of these are no points at all
    assert.ok(!web.ed25519Holds(other, signature, message));
  }
});

for (const suite of ['ed25519', 'keys']) {
  test(`the equation holds in the cases of ${suite} in which it should`, () => {
    const signed = cases(suite).filter(({ signature = '' }) => signature.length === 128);
    let reached = 0;
    for (const vector of signed) {
      const [key, signature, message] = [vector.key, vector.signature, vector.message].map(unhex);
      if (!mayBeNamed(key) || !mayBeNamed(signature.subarray(0, 32))) continue; // refused before anybody computes
      assert.equal(web.ed25519Holds(key, signature, message), vector.expect === 'accept', vector.name);
      reached += 1;
    }
    assert.ok(reached > 0);
  });
}
