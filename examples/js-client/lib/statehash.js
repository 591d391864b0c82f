// One number for everything derived, by which two nodes compare themselves (spec/state.md, state hash).

import { compareNames, hex, join, unhex } from './bytes.js';
import { disputeState } from './disputes.js';
import { encode } from './encoding.js';
import { endingsOf, engagementStatus } from './engagement.js';
import { byId } from './evidence.js';
import { milestonesOf } from './milestones.js';
import { sha256 } from './native.js';
import { opportunityState, surroundings } from './opportunity.js';
import { patternState } from './patterns.js';
import { personState } from './person.js';
import { linkOf } from './recursion.js';
import { reviewsOf } from './reviews.js';
import { teamState } from './team.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./milestones.js').Milestone} Milestone
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {any[]} Line
 */

/** @param {Evidence} evidence @param {Record_} record @returns {Line[]} */
function opportunityLines(evidence, record) {
  const { id, latest, status, bids, awards } = opportunityState(evidence, record);
  const bidsOfIt = bids.map(([bid, word, rule]) => [unhex(bid), word, rule]);
  /** @type {Line[]} */
  const lines = [['opportunity', unhex(id), unhex(latest), status, bidsOfIt, awards.map(unhex)]];
  const { unrevealed, clarifications } = surroundings(evidence, record);
  if (unrevealed.length + clarifications.length > 0) {
    lines.push(['around', unhex(id), unrevealed.map(unhex), clarifications.map(unhex)]);
  }
  const { link, rule } = linkOf(evidence, record);
  if (link !== 'root') lines.push(['link', unhex(id), link, rule]);
  return lines;
}

/** @param {Evidence} evidence @param {Document} document @returns {Line[]} */
function documentLines(evidence, document) {
  if (document.type === 'team') {
    const { id, status, seats, refused } = teamState(evidence, document);
    return [['team', unhex(id), status, seats, refused.map(([record, rule]) => [unhex(record), rule])]];
  }
  return document.type === 'engagement' ? engagementLines(evidence, document) : [];
}

/** @param {Evidence} evidence @param {Document} document @returns {Line[]} */
function engagementLines(evidence, document) {
  const id = unhex(document.id);
  const milestones = milestonesOf(evidence, document).map((/** @type {Milestone} */ milestone) => {
    return [milestone.status, milestone.payments.map(({ place, status }) => [place, status])];
  });
  const endings = endingsOf(evidence, document).map(({ way, isOneSided, id: proof }) => [
    way,
    isOneSided,
    unhex(proof),
  ]);
  const reviews = reviewsOf(evidence, document).map(([author, status, commit, review]) => [
    unhex(author),
    status,
    unhex(commit),
    unhex(review),
  ]);
  const line = ['engagement', id, engagementStatus(evidence, document), milestones, endings];
  return reviews.length === 0 ? [line] : [line, ['reviews', id, reviews]];
}

/** @param {Evidence} evidence @param {Record_} record @returns {Line} */
function disputeLine(evidence, record) {
  const { id, status, steps, reason } = disputeState(evidence, record);
  return ['dispute', unhex(id), status, steps.map(unhex), reason];
}

/** @param {Evidence} evidence @param {Record_} record @returns {Line} */
function patternLine(evidence, record) {
  const { id, used_by: users, outcomes } = patternState(evidence, record);
  return ['pattern', unhex(id), users.map(unhex), outcomes.map(unhex)];
}

/** @param {Evidence} evidence @param {string} identity @returns {Line} */
function personLine(evidence, identity) {
  const { stale, endorsements, teams } = personState(evidence, identity);
  const endorsementsOfIt = endorsements.map(([id, class_, isShown]) => [unhex(id), class_, isShown]);
  return ['person', unhex(identity), stale, endorsementsOfIt, teams.map(unhex)];
}

/**
 * @param {Evidence} evidence
 * @returns {string} in hex
 */
export function stateHash(evidence) {
  const chains = evidence.chains.sort((a, b) => compareNames(a.identity, b.identity));
  const counted = (/** @type {string} */ kind) => evidence.counted(kind).sort(byId);
  /** @type {Line[]} */
  const lines = [
    ...chains.map((chain) => {
      const ids = chain.kept.map(({ id }) => id).sort(compareNames);
      return ['operations', unhex(chain.identity), ids.map(unhex), chain.isDisputed];
    }),
    ...evidence.allLive.sort(byId).map(({ id }) => ['record', unhex(id)]),
    ...counted('opportunity').flatMap((record) => opportunityLines(evidence, record)),
    ...[...evidence.documents.values()].sort(byId).flatMap((document) => documentLines(evidence, document)),
    ...counted('dispute').map((record) => disputeLine(evidence, record)),
    ...counted('pattern').map((record) => patternLine(evidence, record)),
    ...chains.map(({ identity }) => personLine(evidence, identity)),
  ];
  return hex(sha256(join(lines.map(encode))));
}
