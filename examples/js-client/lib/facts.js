// What a person has done, counted from acts (spec/work.md, facts).

import { compareNames, hex } from './bytes.js';
import { dayOf } from './days.js';
import { clientOf, endingsOf, engagementStatus } from './engagement.js';
import { documentsOf, hasLeft, isComplete, partiesOf, standingDocuments } from './lineage.js';
import { milestonesOf } from './milestones.js';
import { opportunityState } from './opportunity.js';
import { reviewsOf } from './reviews.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./milestones.js').Milestone} Milestone
 * @typedef {import('./record.js').Record_} Record_
 */

/** @template T @param {T[]} items @param {(item: T) => boolean} holds */
const count = (items, holds) => items.filter(holds).length;

/** How an engagement ended, or else where it stands. @param {Evidence} evidence @param {Document} engagement */
const outcomeOf = (evidence, engagement) =>
  endingsOf(evidence, engagement)[0]?.way ?? engagementStatus(evidence, engagement);

/**
 * The days from acceptance until each payee had all, of those who have.
 * @param {Milestone} milestone @returns {number[]}
 */
const paymentDays = ({ acceptedAt, payments }) =>
  payments.flatMap(({ receivedAt }) =>
    acceptedAt === null || receivedAt === null ? [] : [Math.max(0, dayOf(receivedAt) - dayOf(acceptedAt))],
  );

/**
 * The latest versions of what somebody has called for.
 * @param {Evidence} evidence @param {string} identity @returns {Record_[]}
 */
const callsBy = (evidence, identity) =>
  evidence
    .counted('opportunity')
    .filter(
      (opportunity) =>
        opportunity.author === identity && opportunityState(evidence, opportunity).latest === opportunity.id,
    );

/**
 * The statuses of the bids that stood until their opportunity was to be decided.
 * @param {Evidence} evidence @param {Record_} call
 */
function bidsToAnswer(evidence, call) {
  return opportunityState(evidence, call)
    .bids.filter(([id]) => {
      const { body } = /** @type {Record_} */ (evidence.findOf('bid', id));
      const version = /** @type {Record_} */ (evidence.find(hex(body.get('opportunity'))));
      const decideBy = version.body.get('decide_by');
      return evidence.nowMs > decideBy && body.get('valid_until') >= decideBy;
    })
    .map(([, status]) => status)
    .filter((status) => status !== 'void' && status !== 'withdrawn');
}

/** Everybody with whom somebody has worked, by id. @param {Document[]} documents @param {string} identity */
function companionsOf(documents, identity) {
  const companions = new Set(documents.flatMap((document) => [...partiesOf(document)]));
  companions.delete(identity);
  return [...companions].sort(compareNames);
}

/**
 * Count what an identity has done.
 * @param {Evidence} evidence @param {string} identity
 */
export function factsOf(evidence, identity) {
  const isIn = (/** @type {Document} */ document) => partiesOf(document).has(identity);
  const engagements = standingDocuments(evidence, 'engagement').filter(isIn);
  const teams = documentsOf(evidence, 'team').filter((team) => isComplete(evidence, team) && isIn(team));
  const commissioned = engagements.filter((engagement) => clientOf(engagement) === identity);
  const worked = engagements.filter((engagement) => !commissioned.includes(engagement));
  /** @type {{[outcome: string]: number}} */
  const outcomes = {};
  for (const engagement of engagements) {
    const outcome = outcomeOf(evidence, engagement);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  /** @type {Milestone[]} */
  const done = worked
    .flatMap((engagement) => milestonesOf(evidence, engagement))
    .filter((/** @type {Milestone} */ { deliverers }) => deliverers.has(identity));
  /** @type {Milestone[]} */
  const owed = commissioned.flatMap((engagement) => milestonesOf(evidence, engagement));
  const calls = callsBy(evidence, identity);
  const answers = calls.flatMap((call) => {
    const isClosed = call.body.has('closed');
    return bidsToAnswer(evidence, call).map((status) => isClosed || status === 'awarded' || status === 'declined');
  });
  const promises = engagements.flatMap((engagement) => reviewsOf(evidence, engagement));
  return {
    identity,
    engagements: outcomes,
    milestones: done.length,
    accepted: count(done, ({ acceptedAt }) => acceptedAt !== null),
    accepted_first_time: count(done, ({ isAsFirstDelivered }) => isAsFirstDelivered),
    late: count(done, ({ isLate }) => isLate),
    payment_days: owed.flatMap(paymentDays).sort((a, b) => a - b),
    payments_overdue: count(
      owed.flatMap(({ payments }) => payments),
      ({ status }) => status === 'overdue',
    ),
    bids_received: answers.length,
    bids_answered: count(answers, (isAnswered) => isAnswered),
    lapsed: count(calls, (call) => opportunityState(evidence, call).status === 'lapsed'),
    unrevealed: count(promises, ([author, status]) => author === identity && status === 'unrevealed'),
    left: count(teams, (team) => hasLeft(evidence, team, identity)),
    companions: companionsOf([...teams, ...engagements], identity),
  };
}
