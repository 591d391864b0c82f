// What is derived of one thing somebody asks about, as the vectors write it.

import { disputeState } from './disputes.js';
import { endingsOf, engagementOf, engagementStatus } from './engagement.js';
import { factsOf } from './facts.js';
import { milestonesOf } from './milestones.js';
import { opportunityState, surroundings } from './opportunity.js';
import { patternState } from './patterns.js';
import { personState } from './person.js';
import { linkOf } from './recursion.js';
import { reviewsOf } from './reviews.js';
import { stateHash } from './statehash.js';
import { seatsState, teamState } from './team.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./milestones.js').Milestone} Milestone
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {(evidence: Evidence, id: string) => object | null} Derivation  null when nothing of that id is held
 */

/** @param {{id: string}[]} items */
export const idsOf = (items) => items.map(({ id }) => id);

/** @param {string} kind @param {(evidence: Evidence, record: Record_) => object} derive @returns {Derivation} */
const ofRecord = (kind, derive) => (evidence, id) => {
  const record = evidence.findOf(kind, id);
  return record === undefined ? null : derive(evidence, record);
};

/** @param {(evidence: Evidence, document: Document) => object} derive @returns {Derivation} */
const ofTeam = (derive) => (evidence, id) => {
  const document = evidence.documents.get(id);
  return document?.type === 'team' ? derive(evidence, document) : null;
};

/** @param {(evidence: Evidence, document: Document) => object} derive @returns {Derivation} */
const ofEngagement = (derive) => (evidence, id) => {
  const document = engagementOf(evidence, id);
  return document === undefined ? null : derive(evidence, document);
};

/** @param {(evidence: Evidence, identity: string) => object} derive @returns {Derivation} */
const ofIdentity = (derive) => (evidence, id) => (evidence.chainOf(id)?.hasGenesis ? derive(evidence, id) : null);

/** @param {Evidence} evidence @param {Record_} record */
function callTold(evidence, record) {
  const { id, bids } = opportunityState(evidence, record);
  const { link, rule } = linkOf(evidence, record);
  return { id, bids, ...surroundings(evidence, record), link: [link, rule] };
}

/** @param {Evidence} evidence @param {Document} document */
const engagementTold = (evidence, document) => ({
  id: document.id,
  status: engagementStatus(evidence, document),
  milestones: milestonesOf(evidence, document).map((/** @type {Milestone} */ { status, acceptedAt, payments }) => {
    const paymentsTold = payments.map((payment) => [payment.place, payment.status]);
    return [status, acceptedAt === null ? '' : String(acceptedAt), paymentsTold];
  }),
  endings: endingsOf(evidence, document).map(({ way, isOneSided, id }) => [way, isOneSided, id]),
});

/** @type {{[subject: string]: Derivation}} */
const DERIVATIONS = {
  opportunity: ofRecord('opportunity', opportunityState),
  team: ofTeam(teamState),
  person: ofIdentity(personState),
  call: ofRecord('opportunity', callTold),
  seats: ofTeam(seatsState),
  engagement: ofEngagement(engagementTold),
  dispute: ofRecord('dispute', disputeState),
  reviews: ofEngagement((evidence, document) => ({ id: document.id, reviews: reviewsOf(evidence, document) })),
  pattern: ofRecord('pattern', patternState),
  facts: ofIdentity(factsOf),
};

/**
 * The state hash, and the state of what is asked about: `null` when nothing of that id is held.
 * @param {Evidence} evidence
 * @param {{[subject: string]: any}} asked  an id under the name of one subject, or none; other arguments are left alone
 * @returns {{[name: string]: any}}
 */
export function derived(evidence, asked) {
  const subject = Object.keys(DERIVATIONS).find((name) => asked[name] !== undefined);
  const told = subject === undefined ? {} : { [subject]: DERIVATIONS[subject](evidence, asked[subject]) };
  return { ...told, state_hash: stateHash(evidence) };
}
