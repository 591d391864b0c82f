// What a node does with a record that it receives: the rules in their order, the first that fails decides (spec/rules.md).

import { dayOf, hasExpired, isDue } from './days.js';
import { ruleBrokenBy } from './errors.js';
import { checkKind } from './kinds.js';
import { addressOf, compareOrder } from './record.js';
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
 * @property {(author: string, space: string) => Record_[]} unknownWinners  the winners of unknown kinds
 * @property {import('./agreement.js').ChainOf} chainOf
 */

/**
 * Whether a record of an unknown kind is among the greatest of its author in its space.
 * @param {Record_} record
 * @param {Holdings} holdings
 */
function isAmongGreatest(record, { unknownWinners }) {
  const isGreaterElsewhere = (/** @type {Record_} */ other) =>
    addressOf(other) !== addressOf(record) && compareOrder(other, record) > 0;
  const greater = unknownWinners(record.author, record.space).filter(isGreaterElsewhere);
  return greater.length < LIMITS.UNKNOWN_KIND_RECORDS_MAX;
}

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
  /** @type {(() => string | null)[]} */
  const rules = [
    () => (held.some(({ id }) => id === record.id) ? 'SLT-1' : null),
    () => (isKnown || record.slot < LIMITS.UNKNOWN_KIND_SLOTS ? null : 'UNK-1'),
    () => ruleBrokenBy(() => checkKind(holdings.network, record)),
    () => (hasExpired(record, nowMs) ? 'CLK-1' : null),
    () => (dayOf(record.rev) > dayOf(nowMs) + 1 ? 'CLK-2' : null),
    () => ruleOfAuthor(record, holdings),
    () => (isKnown || isAmongGreatest(record, holdings) ? null : 'UNK-2'),
    () => (holding([...held, record], nowMs).includes(record) ? null : 'SLT-2'),
  ];
  for (const rule of rules) {
    const broken = rule();
    if (broken !== null) return verdictBy(broken);
  }
  return verdictBy(null);
}
