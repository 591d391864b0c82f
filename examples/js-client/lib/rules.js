// What a node does with a record that it receives: the rules in their order, the first that fails decides (spec/rules.md).

import { compareNames, hex, utf8 } from './bytes.js';
import { dayOf, hasExpired, isDue } from './days.js';
import { ruleBrokenBy } from './errors.js';
import { checkKind } from './kinds.js';
import { sha256 } from './native.js';
import { compareOrder } from './record.js';
import { KINDS, LIMITS, VERDICTS } from './registry.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {'accept' | 'defer' | 'ignore' | 'reject'} Word
 * @typedef {{verdict: Word, rule: string}} Verdict  the rule is empty where nothing is broken
 *
 * What a verdict asks of whoever holds the records.
 * @typedef {object} Holdings
 * @property {string} network
 * @property {(record: Record_) => Record_[]} heldAt  the records held at the address of this one
 * @property {(author: string, space: string) => string[]} unknownKinds  of which something is held
 * @property {import('./agreement.js').ChainOf} chainOf
 */

/** By which unknown kinds are chosen. @param {string} kind */
const hashOf = (kind) => hex(sha256(utf8(kind)));

/**
 * The unknown kinds that are held of one author in one space: the eight of least hash.
 * @param {string[]} kinds distinct
 */
export const chosenKinds = (kinds) =>
  [...kinds].sort((a, b) => compareNames(hashOf(a), hashOf(b))).slice(0, LIMITS.UNKNOWN_KINDS_MAX);

/**
 * The records to be held of those at one address: the winner, and until it is due the one to be shown.
 * @param {Record_[]} records of one address @param {number} nowMs
 */
export function holding(records, nowMs) {
  const descending = [...records].sort((a, b) => compareOrder(b, a));
  const [winner] = descending;
  const shown = descending.find((record) => isDue(record, nowMs));
  return shown === undefined || shown === winner ? descending.slice(0, 1) : [winner, shown];
}

/** @param {Record_} record @param {Holdings} holdings */
function ruleOfAuthor({ author, device, rev, id }, { chainOf }) {
  const chain = chainOf(author);
  const standing = chain?.standing(device, ['all', 'daily'], rev, id) ?? 'uncertified';
  if (standing === 'uncertified') return 'AUT-1';
  if (standing === 'revoked') return 'AUT-2';
  return chain?.isClosed ? 'AUT-3' : null;
}

/** @param {string | null} rule @returns {Verdict} */
const verdictBy = (rule) =>
  rule === null
    ? { verdict: 'accept', rule: '' }
    : { verdict: /** @type {Word} */ (VERDICTS.get(rule) ?? 'reject'), rule };

/** What the operations of its author say of a record. @param {Record_} record @param {Holdings} holdings */
export const judgeAuthor = (record, holdings) => verdictBy(ruleOfAuthor(record, holdings));

/**
 * Judge a record that has opened, so REC has been asked already.
 * @param {Record_} record @param {Holdings} holdings @param {number} nowMs
 * @returns {Verdict}
 */
export function judge(record, holdings, nowMs) {
  const held = holdings.heldAt(record);
  const isKnown = KINDS.has(record.kind);
  const kinds = () => [...new Set([...holdings.unknownKinds(record.author, record.space), record.kind])];
  /** @type {(() => string | null)[]} */
  const rules = [
    () => (held.some(({ id }) => id === record.id) ? 'SLT-1' : null),
    () => (isKnown || record.slot < LIMITS.UNKNOWN_KIND_SLOTS ? null : 'UNK-1'),
    () => ruleBrokenBy(() => checkKind(holdings.network, record)),
    () => (hasExpired(record, nowMs) ? 'CLK-1' : null),
    () => (dayOf(record.rev) > dayOf(nowMs) + 1 ? 'CLK-2' : null),
    () => ruleOfAuthor(record, holdings),
    () => (isKnown || chosenKinds(kinds()).includes(record.kind) ? null : 'UNK-2'),
    () => (holding([...held, record], nowMs).includes(record) ? null : 'SLT-2'),
  ];
  for (const rule of rules) {
    const broken = rule();
    if (broken !== null) return verdictBy(broken);
  }
  return verdictBy(null);
}
