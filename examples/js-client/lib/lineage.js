// Where a document stands among those that name each other as the one before (spec/state.md, lineage).

import { complete, readCosignature } from './agreement.js';
import { compareNames } from './bytes.js';
import { once } from './evidence.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./agreement.js').Cosignature} Cosignature
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {{status: string, by: string}} Standing  by: the document that supersedes it, or empty
 */

/** Who holds a place in a document. @param {Document} document @returns {Set<string>} */
export const partiesOf = ({ parties }) =>
  new Set(parties.flatMap(({ identity }) => (identity === null ? [] : [identity])));

/** Who has signed by the live agreements, from which alone a document is complete. */
export const formation = once((evidence, /** @type {Document} */ document) => {
  const cosignatures = evidence.cosignaturesOf(evidence.live('agreement'), document.id);
  return complete(evidence.network, document, cosignatures, evidence.chainOf);
});

/** The accepts of a document, each with its co-signature. @param {Evidence} evidence @param {Document} document */
export const acceptsOf = (evidence, document) =>
  evidence
    .referring('accept', 'document', document.id)
    .map((accept) => ({ accept, cosignature: readCosignature(accept.body.get('cosignature')) }));

/** Who has signed so far, by accepts too, which complete nothing. */
export const signing = once((evidence, /** @type {Document} */ document) => {
  const cosignatures = [
    ...acceptsOf(evidence, document).map(({ cosignature }) => cosignature),
    ...evidence.cosignaturesOf(evidence.live('agreement'), document.id),
  ];
  return complete(evidence.network, document, cosignatures, evidence.chainOf);
});

/** @param {Evidence} evidence @param {Document} document */
export const isComplete = (evidence, document) => formation(evidence, document).isComplete;

/** The documents from which one descends, by `prev`. */
export const ancestors = once((evidence, /** @type {Document} */ document) => {
  /** @type {Document[]} */
  const found = [];
  for (let id = document.prev; id !== null; ) {
    const earlier = evidence.documents.get(id);
    if (earlier !== undefined) found.push(earlier);
    id = earlier?.prev ?? null;
  }
  return found;
});

/** The other documents of the lineage of one. */
export const relatives = once((evidence, /** @type {Document} */ document) => {
  const all = [...evidence.documents.values()];
  const lineage = new Set([document]);
  for (const one of lineage) {
    for (const other of all) if (other.prev === one.id || one.prev === other.id) lineage.add(other);
  }
  lineage.delete(document);
  return [...lineage];
});

/**
 * Whether a party has left a document (STA-4).
 * @param {Evidence} evidence @param {Document} document @param {string} party
 */
export const hasLeft = (evidence, document, party) =>
  evidence.referring('leave', 'document', document.id).some(({ author }) => author === party);

/**
 * Whether one complete document takes the place of another, with all whom that one still binds.
 * @param {Evidence} evidence @param {Document} later @param {Document} earlier
 */
export function supersedes(evidence, later, earlier) {
  if (later.type !== earlier.type || !ancestors(evidence, later).includes(earlier)) return false;
  if (!isComplete(evidence, later) || !isComplete(evidence, earlier)) return false;
  const members = partiesOf(later);
  return [...partiesOf(earlier)].every((party) => members.has(party) || hasLeft(evidence, earlier, party));
}

/** @param {Evidence} evidence @param {Document} document @param {Document} other */
function isRival(evidence, document, other) {
  if (other.type !== document.type || !isComplete(evidence, other)) return false;
  if (supersedes(evidence, document, other)) return false;
  const others = partiesOf(other);
  return [...partiesOf(document)].some(
    (party) => others.has(party) && !hasLeft(evidence, document, party) && !hasLeft(evidence, other, party),
  );
}

/** @param {Evidence} evidence @param {Document} document @returns {Standing} */
function standingWhenComplete(evidence, document) {
  const others = relatives(evidence, document);
  const superseding = others.filter((other) => supersedes(evidence, other, document)).map(({ id }) => id);
  if (superseding.length > 0) return { status: 'superseded', by: superseding.sort(compareNames)[0] };
  const isContested = others.some((other) => isRival(evidence, document, other));
  return { status: isContested ? 'contested' : 'complete', by: '' };
}

/**
 * Whether a party's latest word on a document is no.
 * @param {Evidence} evidence @param {Document} document @param {string} party
 */
export function hasDeclined(evidence, document, party) {
  const counting = [...signing(evidence, document).counting.values()].flat();
  const own = counting.filter(({ index }) => document.parties[index].identity === party);
  return evidence
    .referring('decline', 'document', document.id)
    .some(({ author, rev }) => author === party && own.every(({ at }) => rev > at));
}

/** @param {Evidence} evidence @param {Document} document @returns {Standing} */
function standingBefore(evidence, document) {
  const isDeclined = [...partiesOf(document)].some((party) => hasDeclined(evidence, document, party));
  if (isDeclined) return { status: 'declined', by: '' };
  const renewals = relatives(evidence, document)
    .filter((other) => other.drafter === document.drafter && ancestors(evidence, other).includes(document))
    .sort((a, b) => b.drafted - a.drafted || compareNames(b.id, a.id));
  if (renewals.length > 0) return { status: 'superseded', by: renewals[0].id };
  return { status: evidence.nowMs > document.acceptBy ? 'lapsed' : 'offered', by: '' };
}

/** Derive where a document stands, whatever its type. */
export const standingOf = once((evidence, /** @type {Document} */ document) =>
  isComplete(evidence, document) ? standingWhenComplete(evidence, document) : standingBefore(evidence, document),
);

/**
 * What has taken the place of a complete document by now, over any number of steps; itself, if nothing has.
 * @param {Evidence} evidence @param {Document} document @returns {Document}
 */
export function standingNow(evidence, document) {
  let now = document;
  while (isComplete(evidence, now)) {
    const next = evidence.documents.get(standingOf(evidence, now).by);
    if (next === undefined) break;
    now = next;
  }
  return now;
}

/**
 * Documents of one type, by id.
 * @param {Evidence} evidence @param {string} type
 * @returns {Document[]}
 */
export const documentsOf = (evidence, type) =>
  [...evidence.documents.values()]
    .filter((document) => document.type === type)
    .sort((a, b) => compareNames(a.id, b.id));

/**
 * Documents of one type that all have signed and that nothing has superseded.
 * @param {Evidence} evidence @param {string} type
 */
export const standingDocuments = (evidence, type) =>
  documentsOf(evidence, type).filter(
    (document) => isComplete(evidence, document) && standingOf(evidence, document).status !== 'superseded',
  );
