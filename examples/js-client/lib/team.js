// Whether a team has formed: a function of documents, co-signatures and operations (spec/state.md, team).

import { compareNames } from './bytes.js';
import { byId } from './evidence.js';
import * as lineage from './lineage.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {{id: string, status: string, seats: string[], refused: [string, string][], superseded_by: string}} TeamState
 */

/** The identity that leads, or `null` while that seat is open. @param {Document} team */
export const leadOf = ({ parties, terms }) => parties[terms.get('lead')].identity;

/**
 * Derive how a team stands.
 * @param {Evidence} evidence @param {Document} document
 * @returns {TeamState}
 */
export function teamState(evidence, document) {
  const { status, by } = lineage.standingOf(evidence, document);
  const rules = new Map(
    lineage.signing(evidence, document).refused.map(([{ encoded }, rule]) => [encoded, rule]),
  );
  /** @type {[string, string][]} */
  const refused = lineage
    .acceptsOf(evidence, document)
    .filter(({ cosignature }) => rules.has(cosignature.encoded))
    .map(({ accept, cosignature }) => [accept.id, rules.get(cosignature.encoded) ?? '']);
  refused.sort(([a], [b]) => compareNames(a, b));
  return {
    id: document.id,
    status: status === 'complete' ? 'formed' : status,
    seats: document.parties.map((_, index) => seatOf(evidence, document, index)),
    refused: [...refused, ...meantForEarlier(evidence, document)],
    superseded_by: by,
  };
}

/** @param {Evidence} evidence @param {Document} document @param {number} index */
function seatOf(evidence, document, index) {
  const { identity } = document.parties[index];
  if (identity === null) return 'open';
  const formed = lineage.formation(evidence, document);
  const hasSigned = lineage.signing(evidence, document).signed.has(index);
  if (formed.repudiated.has(index)) return 'repudiated';
  if (formed.isComplete && lineage.hasLeft(evidence, document, identity)) return 'left';
  if (!formed.isComplete && lineage.hasDeclined(evidence, document, identity)) {
    return hasSigned ? 'withdrawn' : 'declined';
  }
  return hasSigned ? 'signed' : 'waiting';
}

/**
 * Accepts of documents from which this one descends, by members who have signed for no seat of this one (TEA-3).
 * @param {Evidence} evidence
 * @param {Document} document
 * @returns {[string, string][]}
 */
function meantForEarlier(evidence, document) {
  const { signed } = lineage.signing(evidence, document);
  const unsigned = lineage.partiesOf(document);
  for (const index of signed) unsigned.delete(document.parties[index].identity ?? '');
  return lineage
    .ancestors(evidence, document)
    .map(({ id }) => id)
    .sort(compareNames)
    .flatMap((earlier) =>
      evidence
        .referring('accept', 'document', earlier)
        .filter(({ author }) => unsigned.has(author))
        .map(({ id }) => id)
        .sort(compareNames),
    )
    .map((id) => [id, 'TEA-3']);
}

/**
 * The seats of a team, each with the applications that count for it, by id.
 * @param {Evidence} evidence @param {Document} document
 * @returns {{id: string, seats: [status: string, applications: string[]][]}}
 */
export function seatsState(evidence, document) {
  const applications = evidence
    .referring('apply', 'document', document.id)
    .filter((apply) => apply.author !== document.drafter && evidence.successorOf(apply) === undefined) // APP-1
    .sort(byId);
  const seats = teamState(evidence, document).seats.map((status, index) => {
    const forSeat = applications.filter(({ body }) => status === 'open' && body.get('party') === index);
    return /** @type {[string, string[]]} */ ([status, forSeat.map(({ id }) => id)]);
  });
  return { id: document.id, seats };
}

/** The teams among the documents of the evidence, by id. @param {Evidence} evidence @returns {Document[]} */
export const teamsOf = (evidence) => lineage.documentsOf(evidence, 'team');

/** @param {Evidence} evidence @param {Document} document */
export const hasFormed = (evidence, document) =>
  document.type === 'team' && lineage.standingOf(evidence, document).status === 'complete';
