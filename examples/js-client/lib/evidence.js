// What states are derived from: live records, exhibited ones, documents, chains (spec/state.md, evidence).

import { openDocument, readCosignature } from './agreement.js';
import { isDue } from './days.js';
import { exhibited } from './kinds.js';
import { addressOf, compareOrder, isTombstone } from './record.js';
import { KINDS } from './registry.js';
import { judgeAuthor } from './rules.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./agreement.js').Cosignature} Cosignature
 * @typedef {import('./agreement.js').Completion} Completion
 */

/** Everything that counts at one moment, arranged for asking. */
export class Evidence {
  /** @type {Map<string, Record_>} by address */
  #live;
  /** @type {Map<string, Record_>} by id */
  #counted = new Map();
  /** @type {Map<string, Document>} by id */
  documents = new Map();
  /** @type {Map<string, Completion>} by document */
  completions = new Map();

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
    return [...this.#counted.values()].filter((record) => record.kind === kind);
  }

  /**
   * Counted records of a kind that refer to an id.
   * @param {string} kind
   * @param {string} relation
   * @param {string} target
   */
  referring(kind, relation, target) {
    return this.counted(kind).filter(({ refs }) => refs.some(([word, id]) => word === relation && id === target));
  }

  /** @param {string} id @returns {Record_ | undefined} */
  find(id) {
    return this.#counted.get(id);
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
   * Whether an identity has declined a document or a bid.
   * @param {string} identity
   * @param {string} relation
   * @param {string} target
   */
  hasDeclined(identity, relation, target) {
    return this.referring('decline', relation, target).some(({ author }) => author === identity);
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
