// Which cells an item is in: the same row for the same seed in every language (spec/reconcile.md, mapping).
//
// The state is 64 bits; it is kept in two halves of 32, because a number of JavaScript counts exactly up to 2^53 only.

const MULTIPLIER_HIGH = 0xda942042;
const MULTIPLIER_LOW = 0xe4dd58b5;
const INCREMENT_HIGH = 0x9e3779b9;
const INCREMENT_LOW = 0x7f4a7c15;
const TWO_26 = 2 ** 26;
const TWO_32 = 2 ** 32;

/** @typedef {[high: number, low: number]} Seed  64 bits, as two unsigned integers of 32 */

/**
 * The step after a state.
 * @param {Seed} seed
 * @returns {Seed}
 */
function following([high, low]) {
  const low0 = low & 0xffff;
  const low1 = low >>> 16;
  const p00 = low0 * (MULTIPLIER_LOW & 0xffff);
  const p01 = low0 * (MULTIPLIER_LOW >>> 16);
  const p10 = low1 * (MULTIPLIER_LOW & 0xffff);
  const p11 = low1 * (MULTIPLIER_LOW >>> 16);
  const middle = Math.floor(p00 / 0x10000) + (p01 % 0x10000) + (p10 % 0x10000);
  const lowSum = (middle % 0x10000) * 0x10000 + (p00 % 0x10000) + INCREMENT_LOW;
  const carried = Math.floor(p01 / 0x10000) + Math.floor(p10 / 0x10000) + Math.floor(middle / 0x10000);
  const crossed = (Math.imul(high, MULTIPLIER_LOW) >>> 0) + (Math.imul(low, MULTIPLIER_HIGH) >>> 0);
  const highSum = p11 + carried + crossed + INCREMENT_HIGH + (lowSum >= TWO_32 ? 1 : 0);
  return [highSum % TWO_32, lowSum % TWO_32];
}

/**
 * The indices of the cells that an item is in, ascending, all below a limit.
 * @param {Seed} seed @param {number} limit at most 2^26 - 2, so that every product is exact
 * @returns {Generator<number, void, void>}
 */
export function* indices(seed, limit) {
  let state = seed;
  let index = 0;
  while (index < limit) {
    yield index;
    state = following(state);
    const [high, low] = state;
    const a = high >>> 6;
    const b = (high & 0x3f) * 0x100000 + (low >>> 12);
    const s = Math.max(a, b) + 1;
    const product = (2 * index + 3) * (TWO_26 - s);
    index += 1 + (product - (product % (2 * s))) / (2 * s);
  }
}
