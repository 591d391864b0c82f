// Whether a team has formed: a function of documents, co-signatures and operations (spec/state.md, team).

import { complete, readCosignature } from './agreement.js';
import { compareNames } from './bytes.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {{id: string, status: string, seats: string[], refused: [string, string][], superseded_by: string}} TeamState
 */

/** The identity that leads, or `null` while that seat is open. @param {Document} team */
export const leadOf = ({ parties, terms }) => parties[terms.get('lead')].identity;

/** @param {Document} document @returns {Set<string>} */
const membersOf = ({ parties }) =>
  new Set(parties.flatMap(({ identity }) => (identity === null ? [] : [identity])));

/**
 * The members who have signed for no seat.
 * @param {Document} document @param {Set<number>} signed
 * @returns {string[]}
 */
function unsignedMembers(document, signed) {
  const signers = new Set([...signed].map((index) => document.parties[index].identity));
  return [...membersOf(document)].filter((member) => !signers.has(member));
}

/**
 * Who has signed by the live agreements, from which alone a team forms.
 * @param {Evidence} evidence
 * @param {Document} document
 */
export function formation(evidence, document) {
  const known = evidence.completions.get(document.id);
  if (known !== undefined) return known;
  const cosignatures = evidence.cosignaturesOf(evidence.live('agreement'), document.id);
  const completion = complete(evidence.network, document, cosignatures, evidence.chainOf);
  evidence.completions.set(document.id, completion);
  return completion;
}

/** The documents from which one descends, by `prev`. @param {Evidence} evidence @param {Document} document */
function ancestors(evidence, document) {
  /** @type {Document[]} */
  const found = [];
  let earlier = evidence.documents.get(document.prev ?? '');
  while (earlier !== undefined && !found.includes(earlier)) {
    found.push(earlier);
    earlier = evidence.documents.get(earlier.prev ?? '');
  }
  return found;
}

/** @param {Evidence} evidence @param {Document} document @returns {Document[]} itself included */
function lineageOf(evidence, document) {
  const all = [...evidence.documents.values()];
  const lineage = [document];
  for (const one of lineage) {
    lineage.push(
      ...all.filter((other) => !lineage.includes(other) && (other.prev === one.id || one.prev === other.id)),
    );
  }
  return lineage;
}

/** @param {Evidence} evidence @param {Document} later @param {Document} earlier */
function supersedes(evidence, later, earlier) {
  const members = membersOf(later);
  return (
    ancestors(evidence, later).includes(earlier) && [...membersOf(earlier)].every((member) => members.has(member))
  );
}

/**
 * @param {Evidence} evidence
 * @param {Document} document
 * @param {Document[]} others
 * @returns {[status: string, by: string]}
 */
function statusWhenComplete(evidence, document, others) {
  const complete_ = others.filter((other) => formation(evidence, other).isComplete);
  const superseding = complete_.filter((other) => supersedes(evidence, other, document)).map(({ id }) => id);
  if (superseding.length > 0) return ['superseded', superseding.sort(compareNames)[0]];
  const isContested = complete_.some((other) => !supersedes(evidence, document, other));
  return [isContested ? 'contested' : 'formed', ''];
}

/**
 * @param {Evidence} evidence
 * @param {Document} document
 * @param {Document[]} others
 * @param {Set<number>} signed
 * @returns {[status: string, by: string]}
 */
function statusBefore(evidence, document, others, signed) {
  const isDeclined = unsignedMembers(document, signed).some((member) =>
    evidence.hasDeclined(member, 'document', document.id),
  );
  if (isDeclined) return ['declined', ''];
  const renewals = others
    .filter((other) => other.drafter === document.drafter && ancestors(evidence, other).includes(document))
    .sort((a, b) => b.drafted - a.drafted || compareNames(b.id, a.id));
  if (renewals.length > 0) return ['superseded', renewals[0].id];
  return [evidence.nowMs > document.acceptBy ? 'lapsed' : 'offered', ''];
}

/**
 * Derive how a team stands.
 * @param {Evidence} evidence @param {Document} document
 * @returns {TeamState}
 */
export function teamState(evidence, document) {
  const formed = formation(evidence, document);
  const accepts = evidence.referring('accept', 'document', document.id);
  const said = accepts.map((accept) => ({ accept, cosignature: readCosignature(accept.body.get('cosignature')) }));
  const all = [
    ...said.map(({ cosignature }) => cosignature),
    ...evidence.cosignaturesOf(evidence.live('agreement'), document.id),
  ];
  const shown = complete(evidence.network, document, all, evidence.chainOf);
  const others = lineageOf(evidence, document).filter((other) => other !== document);
  const [status, by] = formed.isComplete
    ? statusWhenComplete(evidence, document, others)
    : statusBefore(evidence, document, others, shown.signed);
  const rules = new Map(shown.refused.map(([{ encoded }, rule]) => [encoded, rule]));
  /** @type {[string, string][]} */
  const refused = said
    .filter(({ cosignature }) => rules.has(cosignature.encoded))
    .map(({ accept, cosignature }) => [accept.id, rules.get(cosignature.encoded) ?? '']);
  refused.sort(([a], [b]) => compareNames(a, b));
  return {
    id: document.id,
    status,
    seats: document.parties.map((_, index) => seatOf(evidence, document, index, formed, shown)),
    refused: [...refused, ...meantForEarlier(evidence, document, shown.signed)],
    superseded_by: by,
  };
}

/**
 * @param {Evidence} evidence @param {Document} document @param {number} index
 * @param {import('./agreement.js').Completion} formed @param {import('./agreement.js').Completion} shown
 */
function seatOf(evidence, document, index, formed, shown) {
  const { identity } = document.parties[index];
  if (identity === null) return 'open';
  if (formed.repudiated.has(index)) return 'repudiated';
  if (shown.signed.has(index)) return 'signed';
  const isUnsigned = unsignedMembers(document, shown.signed).includes(identity);
  return isUnsigned && evidence.hasDeclined(identity, 'document', document.id) ? 'declined' : 'waiting';
}

/**
 * Accepts of documents from which this one descends, by members who have not signed this one (TEA-3).
 * @param {Evidence} evidence
 * @param {Document} document
 * @param {Set<number>} signed
 * @returns {[string, string][]}
 */
function meantForEarlier(evidence, document, signed) {
  const unsigned = new Set(unsignedMembers(document, signed));
  return ancestors(evidence, document)
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

/** The teams among the documents of the evidence, by id. @param {Evidence} evidence @returns {Document[]} */
export const teamsOf = (evidence) =>
  [...evidence.documents.values()].filter(({ type }) => type === 'team').sort((a, b) => compareNames(a.id, b.id));

/**
 * Whether a document is a team that has formed with these identities in it.
 * @param {Evidence} evidence
 * @param {string} id
 * @param {string[]} members
 */
export function isFormedWith(evidence, id, members) {
  const document = evidence.documents.get(id);
  if (document?.type !== 'team' || teamState(evidence, document).status !== 'formed') return false;
  const held = membersOf(document);
  return members.every((member) => held.has(member));
}
