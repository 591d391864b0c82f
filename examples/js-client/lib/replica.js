// What a node holds: the operations kept, the records accepted, and those that wait (spec/rules.md, replica).

import { Chain } from './chain.js';
import { hasExpired, isDue } from './days.js';
import { grouped } from './grouped.js';
import { addressOf, compareOrder } from './record.js';
import { KINDS, LIMITS } from './registry.js';
import { holding, judge, judgeAuthor } from './rules.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./operation.js').Operation} Operation
 */

const WAITING_MAX = 1024;
const CLOSED_MS_MAX = LIMITS.CLOSED_HIDDEN_DAYS * LIMITS.DAY_MS;

/** Operations and records, and what follows when more of them land. */
export class Replica {
  /** @type {Map<string, Chain>} by identity; only operations that are kept */
  #chains = new Map();
  /** @type {Map<string, Record_[]>} by address */
  #addresses = new Map();
  /** @type {Map<string, Record_>} by id: deferred records, and hidden ones, whose authors have closed their identities */
  #waiting = new Map();
  /** @type {Map<string, number>} since when identities are closed, in ms */
  #closedSince = new Map();

  /** @param {string} network @param {number} waitingMax records; of more, the one that has waited longest is let go */
  constructor(network, waitingMax = WAITING_MAX) {
    this.network = network;
    this.waitingMax = waitingMax;
  }

  chainOf = (/** @type {string} */ identity) => this.#chains.get(identity);

  heldAt = (/** @type {Record_} */ record) => this.#addresses.get(addressOf(record)) ?? [];

  unknownWinners = (/** @type {string} */ author, /** @type {string} */ space) =>
    this.winners.filter((record) => record.author === author && record.space === space && !KINDS.has(record.kind));

  get chains() {
    return [...this.#chains.values()];
  }

  get records() {
    return [...this.#addresses.values()].flat();
  }

  get waiting() {
    return [...this.#waiting.values()];
  }

  /** @returns {Operation[]} every operation kept */
  get operations() {
    return this.chains.flatMap((chain) => chain.kept);
  }

  /** The records that are the greatest at their addresses. @returns {Record_[]} */
  get winners() {
    return [...this.#addresses.values()].map((records) =>
      records.reduce((a, b) => (compareOrder(a, b) > 0 ? a : b)),
    );
  }

  /** What is shown at each address, of what has not expired. @param {number} nowMs @returns {Record_[]} */
  live(nowMs) {
    return [...this.#addresses.values()].flatMap((records) => {
      const due = records.filter((record) => isDue(record, nowMs) && !hasExpired(record, nowMs));
      return due.length === 0 ? [] : [due.reduce((a, b) => (compareOrder(a, b) > 0 ? a : b))];
    });
  }

  /**
   * Take records as held, without judging them: they were judged before.
   * @param {Iterable<Record_>} records
   */
  restore(records) {
    for (const record of records) this.#addresses.set(addressOf(record), [...this.heldAt(record), record]);
  }

  /** Take records as waiting for operations of their authors. @param {Iterable<Record_>} records */
  restoreWaiting(records) {
    for (const record of records) this.#wait(record);
  }

  /**
   * Take in what has come: operations first, then what waited for them, then the records.
   * @param {Iterable<Operation>} operations @param {Iterable<Record_>} records @param {number} nowMs
   * @returns {import('./rules.js').Verdict[]} one for each record
   */
  absorb(operations, records, nowMs) {
    const landing = grouped(operations, ({ identity }) => identity);
    for (const [identity, operationsOfIt] of landing) this.#fold(identity, operationsOfIt, nowMs);
    return [...records].map((record) => this.#take(record, nowMs));
  }

  /** @param {string} identity @param {Operation[]} operations @param {number} nowMs */
  #fold(identity, operations, nowMs) {
    const before = this.#chains.get(identity)?.kept ?? [];
    const grown = new Chain(this.network, identity, [...before, ...operations]);
    if (!grown.hasGenesis) return;
    const chain = new Chain(this.network, identity, grown.kept);
    if (chain.kept.length === before.length && chain.kept.every((operation, i) => operation === before[i])) return;
    this.#chains.set(identity, chain);
    if (!chain.isClosed) this.#closedSince.delete(identity);
    else if (!this.#closedSince.has(identity)) this.#closedSince.set(identity, nowMs);
    for (const record of this.records.filter(({ author }) => author === identity)) this.#judgeAnew(record);
    for (const record of this.waiting.filter(({ author }) => author === identity)) this.#tryAgain(record, nowMs);
  }

  /** @param {Record_} record held */
  #judgeAnew(record) {
    const verdict = judgeAuthor(record, this);
    if (verdict.verdict === 'accept') return;
    this.#drop([record]);
    if (mayCount(verdict)) this.#wait(record);
  }

  /** @param {Record_} record that waits @param {number} nowMs */
  #tryAgain(record, nowMs) {
    const verdict = judge(record, this, nowMs);
    if (mayCount(verdict)) return;
    this.#waiting.delete(record.id);
    if (verdict.verdict === 'accept') this.#hold(record, nowMs);
  }

  /** @param {Record_} record @param {number} nowMs */
  #take(record, nowMs) {
    const verdict = judge(record, this, nowMs);
    if (verdict.verdict === 'defer') this.#wait(record);
    if (verdict.verdict === 'accept') this.#hold(record, nowMs);
    return verdict;
  }

  /** @param {Record_} record accepted @param {number} nowMs */
  #hold(record, nowMs) {
    this.#addresses.set(addressOf(record), holding([...this.heldAt(record), record], nowMs));
    this.#dropLeastUnknown(record);
  }

  /** @param {Record_} record just taken */
  #dropLeastUnknown({ author, space, kind }) {
    if (KINDS.has(kind)) return;
    const descending = this.unknownWinners(author, space).sort((a, b) => compareOrder(b, a));
    for (const winner of descending.slice(LIMITS.UNKNOWN_KIND_RECORDS_MAX))
      this.#addresses.delete(addressOf(winner));
  }

  /** @param {Record_[]} records */
  #drop(records) {
    for (const record of records) {
      const left = this.heldAt(record).filter(({ id }) => id !== record.id);
      if (left.length === 0) this.#addresses.delete(addressOf(record));
      else this.#addresses.set(addressOf(record), left);
    }
  }

  /**
   * Let go of what has expired, of what was shown until its winner was due, and of what has been hidden for too long.
   * @param {number} nowMs
   */
  letGo(nowMs) {
    for (const [address, records] of this.#addresses) {
      const left = records.filter((record) => !hasExpired(record, nowMs));
      if (left.length === 0) this.#addresses.delete(address);
      else this.#addresses.set(address, holding(left, nowMs));
    }
    for (const record of this.waiting) {
      const closedMs = nowMs - (this.#closedSince.get(record.author) ?? nowMs);
      if (hasExpired(record, nowMs) || closedMs >= CLOSED_MS_MAX) this.#waiting.delete(record.id);
    }
  }

  /** @param {Record_} record */
  #wait(record) {
    this.#waiting.set(record.id, record);
    if (this.#waiting.size > this.waitingMax) {
      const [oldest] = this.#waiting.keys();
      this.#waiting.delete(oldest);
    }
  }
}

/**
 * Whether a record that does not count now may do so later: operations of its author are missing, or have closed the
 * identity, which a higher rank may undo.
 * @param {import('./rules.js').Verdict} verdict
 */
const mayCount = ({ verdict, rule }) => verdict === 'defer' || rule === 'AUT-3';
