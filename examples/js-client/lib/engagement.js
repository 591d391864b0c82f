// Whether an engagement is in force, what belongs to it, and how it ended (spec/work.md, engagement and closing).

import { compareNames, hex } from './bytes.js';
import { once } from './evidence.js';
import { documentsOf, isComplete, partiesOf, relatives, standingOf, supersedes } from './lineage.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./record.js').Record_} Record_
 *
 * @typedef {object} Ending
 * @property {string} way
 * @property {boolean} isOneSided
 * @property {string} id  of the document or the record
 * @property {number} moment
 * @property {Record_ | null} record  null where all have signed
 */

/** A document of the evidence that is an engagement. @param {Evidence} evidence @param {string} id */
export function engagementOf(evidence, id) {
  const document = evidence.documents.get(id);
  return document?.type === 'engagement' ? document : undefined;
}

/** Whoever commissions. @param {Document} engagement @returns {string | null} */
export const clientOf = ({ parties }) => parties.find(({ capacity }) => capacity === 'client')?.identity ?? null;

/** @param {Document} engagement @returns {string[]} */
export const witnessesOf = ({ terms }) => (terms.get('witnesses') ?? []).map(hex);

/** A complete engagement, those that it supersedes, and those that supersede it; none before it is complete. */
export const lineOf = once((evidence, /** @type {Document} */ engagement) => {
  if (!isComplete(evidence, engagement)) return [];
  const others = relatives(evidence, engagement);
  return [
    engagement,
    ...others.filter((other) => supersedes(evidence, other, engagement) || supersedes(evidence, engagement, other)),
  ];
});

/**
 * Counted records of a kind under any document of the line.
 * @param {Evidence} evidence @param {string} kind @param {Document} engagement
 */
export const underLine = (evidence, kind, engagement) =>
  lineOf(evidence, engagement).flatMap(({ id }) => evidence.referring(kind, 'document', id));

/** @param {Evidence} evidence @param {Document} engagement @returns {Ending[]} those that all have signed */
function signedEndings(evidence, engagement) {
  const line = new Set(lineOf(evidence, engagement).map(({ id }) => id));
  return documentsOf(evidence, 'closing')
    .filter((closing) => line.has(hex(closing.terms.get('engagement'))))
    .filter((closing) => isComplete(evidence, closing) && standingOf(evidence, closing).status !== 'superseded')
    .filter((closing) => {
      const signers = partiesOf(closing);
      return [...partiesOf(engagement)].every((party) => signers.has(party)); // CLS-2
    })
    .map(({ id, terms, drafted }) => ({
      way: terms.get('way'),
      isOneSided: false,
      id,
      moment: drafted,
      record: null,
    }));
}

/** @param {Evidence} evidence @param {Document} engagement @returns {Ending[]} those that one side has said */
const saidEndings = (evidence, engagement) =>
  underLine(evidence, 'closing', engagement)
    .filter(({ author }) => partiesOf(engagement).has(author)) // CLS-1
    .map((record) => {
      const { id, rev: moment, body } = record;
      return { way: body.get('way'), isOneSided: true, id, moment, record };
    });

/** How an engagement ended; the first is the ending. */
export const endingsOf = once((evidence, /** @type {Document} */ engagement) =>
  [...signedEndings(evidence, engagement), ...saidEndings(evidence, engagement)].sort(
    (a, b) =>
      Number(a.isOneSided) - Number(b.isOneSided) || a.moment - b.moment || compareNames(a.id, b.id),
  ),
);

/** The word for where an engagement stands. @param {Evidence} evidence @param {Document} engagement */
export function engagementStatus(evidence, engagement) {
  const { status } = standingOf(evidence, engagement);
  const [ending] = endingsOf(evidence, engagement);
  if (status === 'complete') return ending === undefined ? 'in-force' : 'closed';
  return status === 'contested' && ending?.isOneSided === false ? 'closed' : status;
}

/**
 * Whether one side has ended it for cause, and not all have signed an ending.
 * @param {Evidence} evidence @param {Document} engagement
 */
export function isOverForCause(evidence, engagement) {
  const endings = endingsOf(evidence, engagement);
  return endings.every(({ isOneSided }) => isOneSided) && endings.some(({ way }) => way === 'cause');
}
