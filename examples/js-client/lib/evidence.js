// What states are derived from: live records, exhibited ones, documents, chains (spec/state.md, evidence).

import { openDocument, readCosignature } from './agreement.js';
import { compareNames } from './bytes.js';
import { isDue } from './days.js';
import { grouped } from './grouped.js';
import { exhibited } from './kinds.js';
import { addressOf, compareOrder, isTombstone } from './record.js';
import { KINDS } from './registry.js';
import { judgeAuthor } from './rules.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./agreement.js').Cosignature} Cosignature
 * @typedef {{id: string, rev: number}} Dated
 */

/** Compare acts by the time that they claim, and then by id. @param {Dated} a @param {Dated} b */
export const inTime = (a, b) => a.rev - b.rev || compareNames(a.id, b.id);

/** @param {{id: string}} a @param {{id: string}} b */
export const byId = (a, b) => compareNames(a.id, b.id);

/**
 * A fold over the evidence that is done once for each thing it is asked about.
 * @template {{id: string}} S
 * @template T
 * @param {(evidence: Evidence, subject: S) => T} fold
 * @returns {(evidence: Evidence, subject: S) => T}
 */
export function once(fold) {
  /** @type {WeakMap<Evidence, Map<string, T>>} */
  const known = new WeakMap();
  return (evidence, subject) => {
    const folded = known.get(evidence) ?? new Map();
    known.set(evidence, folded);
    if (!folded.has(subject.id)) folded.set(subject.id, fold(evidence, subject));
    return folded.get(subject.id);
  };
}

/** Everything that counts at one moment, arranged for asking. */
export class Evidence {
  /** @type {Map<string, Record_>} by address */
  #live;
  /** @type {Map<string, Record_>} by id */
  #counted = new Map();
  /** @type {Map<string, Record_[]>} counted records, by kind */
  #ofKind;
  /** @type {Map<string, Record_[]>} counted records, by kind and what they refer to */
  #referring = new Map();
  /** @type {Map<string, Document>} by id */
  documents = new Map();

  /** @param {import('./replica.js').Replica} replica @param {number} nowMs */
  constructor(replica, nowMs) {
    this.network = replica.network;
    this.nowMs = nowMs;
    this.chainOf = replica.chainOf;
    this.chains = replica.chains;
    this.#live = new Map(replica.live(nowMs).map((record) => [addressOf(record), record]));
    for (const record of this.#live.values()) {
      if (KINDS.has(record.kind) && !isTombstone(record)) this.#counted.set(record.id, record);
    }
    for (const exhibit of this.live('exhibit')) {
      const inside = exhibited(exhibit, this.network);
      const { rule } = judgeAuthor(inside, replica);
      const isAuthorised = rule === '' || rule === 'AUT-3'; // closing an identity takes no evidence back
      if (isDue(inside, nowMs) && isAuthorised) this.#counted.set(inside.id, inside);
    }
    this.#ofKind = grouped(this.#counted.values(), ({ kind }) => kind);
    for (const record of this.#counted.values()) {
      for (const [relation, target] of record.refs) {
        const words = `${record.kind} ${relation} ${target}`;
        const known = this.#referring.get(words);
        if (known === undefined) this.#referring.set(words, [record]);
        else known.push(record);
      }
    }
    for (const record of [...this.counted('draft'), ...this.counted('agreement')]) {
      const document = openDocument(this.network, record.body.get('document'));
      this.documents.set(document.id, document);
    }
  }

  /** Every live record, tombstones included. @returns {Record_[]} */
  get allLive() {
    return [...this.#live.values()];
  }

  /** Live records of a known kind that are no tombstones. @param {string} kind @returns {Record_[]} */
  live(kind) {
    return this.allLive.filter((record) => record.kind === kind && !isTombstone(record));
  }

  /** @param {string} kind @returns {Record_[]} */
  counted(kind) {
    return [...(this.#ofKind.get(kind) ?? [])];
  }

  /**
   * Counted records of a kind that refer to an id.
   * @param {string} kind
   * @param {string} relation
   * @param {string} target
   */
  referring(kind, relation, target) {
    return [...(this.#referring.get(`${kind} ${relation} ${target}`) ?? [])];
  }

  /** @param {string} id @returns {Record_ | undefined} */
  find(id) {
    return this.#counted.get(id);
  }

  /** A counted record of one kind. @param {string} kind @param {string} id */
  findOf(kind, id) {
    const record = this.find(id);
    return record?.kind === kind ? record : undefined;
  }

  /** What is live at an address. @param {{author: string, space: string, kind: string, slot: number}} address */
  liveAt(address) {
    return this.#live.get(addressOf(/** @type {Record_} */ (address)));
  }

  /** The live record at its address, if greater. @param {Record_} record */
  successorOf(record) {
    const live = this.liveAt(record);
    return live !== undefined && compareOrder(live, record) > 0 ? live : undefined;
  }

  /**
   * The co-signatures that agreements carry for a document.
   * @param {Record_[]} agreements
   * @param {string} document
   */
  cosignaturesOf(agreements, document) {
    return agreements
      .filter(({ refs }) => refs.some(([relation, id]) => relation === 'document' && id === document))
      .flatMap(({ body }) => /** @type {Cosignature[]} */ (body.get('cosignatures').map(readCosignature)));
  }
}
