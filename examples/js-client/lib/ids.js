// Ids as people see them: bech32m, with a prefix that says what is named (spec/ids.md).

import { must } from './errors.js';
import { TEXT_PREFIXES } from './registry.js';

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const BECH32M = 0x2bc830a3;
const GROUPS = 52;
const CHARACTERS_MAX = 90;

/** @param {number[]} groups */
function polymod(groups) {
  let sum = 1;
  for (const group of groups) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ group;
    for (let i = 0; i < 5; i++) if ((top >> i) & 1) sum ^= GENERATOR[i];
  }
  return sum;
}

/** @param {string} prefix */
function spread(prefix) {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** @param {string} prefix @param {Uint8Array} id 32 bytes @returns {string} */
export function textOf(prefix, id) {
  const bits = [...id].map((byte) => byte.toString(2).padStart(8, '0')).join('') + '0000';
  const groups = (bits.match(/.{5}/g) ?? []).map((five) => Number.parseInt(five, 2));
  const sum = polymod([...spread(prefix), ...groups, 0, 0, 0, 0, 0, 0]) ^ BECH32M;
  const check = [25, 20, 15, 10, 5, 0].map((shift) => (sum >>> shift) & 31);
  return `${prefix}1${[...groups, ...check].map((group) => ALPHABET[group]).join('')}`;
}

/**
 * Read the text form of an id.
 * @param {string} text
 * @param {string[]} [expected] the prefixes that make sense here; none means any
 * @returns {{prefix: string, id: Uint8Array}}
 * @throws {RuleBroken} IDS-1 to IDS-4
 */
export function readText(text, expected = []) {
  must(text.length <= CHARACTERS_MAX && /^[\x21-\x7e]+$/.test(text), 'IDS-1', 'no id');
  must(text === text.toLowerCase() || text === text.toUpperCase(), 'IDS-1', 'capitals and small letters');
  const lower = text.toLowerCase();
  const end = lower.lastIndexOf('1');
  const prefix = lower.slice(0, Math.max(end, 0));
  must(TEXT_PREFIXES.includes(prefix), 'IDS-1', 'unknown prefix');
  const groups = [...lower.slice(end + 1)].map((character) => ALPHABET.indexOf(character));
  must(!groups.includes(-1), 'IDS-1', 'a character outside the alphabet');
  must(polymod([...spread(prefix), ...groups]) === BECH32M, 'IDS-2', 'the checksum does not fit');
  must(groups.length === GROUPS + 6, 'IDS-3', 'not 32 bytes');
  const bits = groups
    .slice(0, GROUPS)
    .map((group) => group.toString(2).padStart(5, '0'))
    .join('');
  must(bits.endsWith('0000'), 'IDS-3', 'padding that is not zero');
  must(expected.length === 0 || expected.includes(prefix), 'IDS-4', `names something else: ${prefix}`);
  return {
    prefix,
    id: Uint8Array.from(bits.slice(0, 256).match(/.{8}/g) ?? [], (eight) => Number.parseInt(eight, 2)),
  };
}
