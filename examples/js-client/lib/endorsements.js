// What stands behind an endorsement: nothing, shared work, or accepted work (spec/state.md, endorsements).

import { hex } from './bytes.js';
import { engagementStatus, isOverForCause } from './engagement.js';
import { once } from './evidence.js';
import { formation, partiesOf, standingNow } from './lineage.js';
import { milestonesOf } from './milestones.js';
import { hasFormed } from './team.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {{class_: string, why: string}} Backing  why: the reason for no higher class than E1, or empty
 */

/** @param {string} why @returns {Backing} */
const bare = (why) => ({ class_: 'E1', why });

/** @param {Evidence} evidence @param {Document} document @param {string[]} pair */
function isRepudiated(evidence, document, pair) {
  const { repudiated } = formation(evidence, document);
  return [...repudiated].some((place) => pair.includes(document.parties[place].identity ?? ''));
}

/** @param {Document} document @param {string[]} pair */
const holdsBoth = (document, pair) => pair.every((identity) => partiesOf(document).has(identity));

/** STA-3. @param {Evidence} evidence @param {Document} basis @param {string[]} pair @returns {Backing} */
function backedByTeam(evidence, basis, pair) {
  const now = standingNow(evidence, basis);
  if (!holdsBoth(basis, pair) || !holdsBoth(now, pair)) return bare('not-shared');
  if (!hasFormed(evidence, now)) return bare('not-in-force');
  return isRepudiated(evidence, now, pair) ? bare('repudiated') : { class_: 'E2', why: '' };
}

/**
 * STA-6.
 * @param {Evidence} evidence @param {Document} basis @param {string[]} pair @param {number | undefined} milestone
 * @returns {Backing}
 */
function backedByWork(evidence, basis, pair, milestone) {
  const now = standingNow(evidence, basis);
  if (!holdsBoth(basis, pair) || !holdsBoth(now, pair)) return bare('not-shared');
  if (!['in-force', 'closed'].includes(engagementStatus(evidence, now))) return bare('not-in-force');
  if (isRepudiated(evidence, basis, pair) || isRepudiated(evidence, now, pair)) return bare('repudiated');
  if (isOverForCause(evidence, now)) return bare('closed-for-cause');
  const accepted = milestonesOf(evidence, basis).map(({ acceptedAt }) => acceptedAt !== null);
  const isAccepted = milestone === undefined ? accepted.includes(true) : accepted[milestone] === true;
  return isAccepted ? { class_: 'E3', why: '' } : { class_: 'E2', why: 'nothing-accepted' };
}

/** Derive the class of an endorsement. */
export const backingOf = once((evidence, /** @type {Record_} */ endorsement) => {
  const { author, body } = endorsement;
  if (!body.has('basis')) return bare('none-named');
  const basis = evidence.documents.get(hex(body.get('basis')));
  if (basis === undefined) return bare('not-held');
  const pair = [author, hex(body.get('subject'))];
  if (basis.type === 'engagement') return backedByWork(evidence, basis, pair, body.get('milestone'));
  return basis.type === 'team' ? backedByTeam(evidence, basis, pair) : bare('not-held');
});
