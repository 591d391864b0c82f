// How many items two sets differ in, roughly, from 112 bytes of each (spec/reconcile.md, estimator).

const LEVELS = 14;
const LEVEL_BYTES = 8;
const LEVEL_BITS = 8 * LEVEL_BYTES;
const DIFFERENCE_MAX = 2 ** 22;

export const ESTIMATOR_BYTES = LEVELS * LEVEL_BYTES;

/** Parities of the items of a set, in levels of which each holds half as many items as the one before. */
export class Estimator {
  bytes = new Uint8Array(ESTIMATOR_BYTES);

  /** Put an item in, or take it out. @param {Uint8Array} check of the item */
  toggle(check) {
    const bit = check[7] & 0x3f;
    const level = Math.min(trailingZeros(check, 6), LEVELS - 1);
    this.bytes[level * LEVEL_BYTES + (bit >> 3)] ^= 1 << (bit & 7);
  }
}

/** How many of the bits from one on are zero. @param {Uint8Array} check 8 bytes, highest first @param {number} from */
function trailingZeros(check, from) {
  let bit = from;
  while (bit < 64 && ((check[7 - (bit >> 3)] >> (bit & 7)) & 1) === 0) bit++;
  return bit - from;
}

/** @param {number} byte */
function ones(byte) {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** How likely a difference makes so many ones on each level, as a logarithm. @param {number[]} counts @param {number} difference */
function likelihood(counts, difference) {
  return counts.reduce((sum, count, level) => {
    const share = 2 ** -Math.min(level + 1, LEVELS - 1);
    const odd = (1 - Math.exp((-2 * difference * share) / LEVEL_BITS)) / 2;
    return sum + count * Math.log(Math.max(odd, Number.MIN_VALUE)) + (LEVEL_BITS - count) * Math.log1p(-odd);
  }, 0);
}

/**
 * The difference that two estimators make likeliest, to about a tenth.
 * @param {Uint8Array} a @param {Uint8Array} b
 */
export function estimate(a, b) {
  const counts = new Array(LEVELS).fill(0);
  for (const [at, byte] of a.entries()) counts[Math.floor(at / LEVEL_BYTES)] += ones(byte ^ b[at]);
  if (counts.every((count) => count === 0)) return 0;
  let best = 1;
  for (let difference = 1; difference <= DIFFERENCE_MAX; difference = Math.ceil(difference * 1.02)) {
    if (likelihood(counts, difference) > likelihood(counts, best)) best = difference;
  }
  return best;
}

/** How many symbols to send for a difference. @param {number} difference */
export const symbolsFor = (difference) =>
  12 + Math.ceil((187 * difference) / 125) + Math.ceil(Math.floor(Math.sqrt(625 * difference)) / 10);
