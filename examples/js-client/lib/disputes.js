// How a disagreement stands, and what a resolver has found (spec/work.md, disputes).

import { compareNames, hex } from './bytes.js';
import { engagementOf } from './engagement.js';
import { inTime, once } from './evidence.js';
import { documentsOf, isComplete, partiesOf, standingOf } from './lineage.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./record.js').Record_} Record_
 *
 * @typedef {object} Matter  what a dispute is about
 * @property {Set<string>} entitled  who may open it
 * @property {Set<string>} sides
 * @property {string | null} resolver
 */

const UNDER_A_DOCUMENT = ['delivery', 'payment', 'closing'];
const WORDS = [
  ['finding', 'found'],
  ['withdraw', 'withdrawn'],
  ['take', 'taken'],
  ['reply', 'replied'],
];

/**
 * The id of the engagement that something is under.
 * @param {Evidence} evidence @param {Record_} about @returns {string}
 */
function engagementIdOf(evidence, { kind, body }) {
  if (UNDER_A_DOCUMENT.includes(kind)) return hex(body.get('document'));
  const delivery = kind === 'review-of-delivery' ? evidence.findOf('delivery', hex(body.get('delivery'))) : undefined;
  return delivery === undefined ? '' : hex(delivery.body.get('document'));
}

/** @param {Evidence} evidence @param {string} id @returns {Matter} */
function matterOf(evidence, id) {
  const about = evidence.find(id);
  if (about?.kind === 'endorsement' || about?.kind === 'review') {
    const subject = hex(about.body.get('subject'));
    return { entitled: new Set([subject]), sides: new Set([subject, about.author]), resolver: null };
  }
  const engagement = engagementOf(evidence, about === undefined ? id : engagementIdOf(evidence, about));
  if (engagement === undefined || !isComplete(evidence, engagement)) {
    return { entitled: new Set(), sides: new Set(), resolver: null };
  }
  const resolver = engagement.terms.get('resolver');
  const parties = partiesOf(engagement);
  return { entitled: parties, sides: parties, resolver: resolver === undefined ? null : hex(resolver) };
}

/** @param {Record_[]} steps in time @param {Record_} dispute @param {Matter} matter */
function countedSteps(steps, dispute, { sides, resolver }) {
  const isTaken = steps.some(({ author, body }) => body.get('step') === 'take' && author === resolver);
  const isEntitled = (/** @type {string} */ author, /** @type {string} */ step) => {
    if (step === 'reply') return sides.has(author) && author !== dispute.author;
    if (step === 'withdraw') return author === dispute.author;
    return author === resolver && (step === 'take' || isTaken);
  };
  return steps.filter(({ author, body }) => isEntitled(author, body.get('step'))); // DSP-2
}

/** @param {Evidence} evidence @param {Record_} dispute @param {Matter} matter @returns {Document | undefined} */
const settlementOf = (evidence, dispute, { sides }) =>
  documentsOf(evidence, 'settlement')
    .filter((settlement) => hex(settlement.terms.get('dispute')) === dispute.id)
    .filter(
      (settlement) => isComplete(evidence, settlement) && standingOf(evidence, settlement).status !== 'superseded',
    )
    .filter((settlement) => {
      const signers = partiesOf(settlement);
      return [dispute.author, ...sides].every((side) => signers.has(side)); // DSP-3
    })
    .sort((a, b) => a.drafted - b.drafted || compareNames(a.id, b.id))[0];

/** Derive how a dispute stands. */
export const disputeState = once((evidence, /** @type {Record_} */ dispute) => {
  const matter = matterOf(evidence, hex(dispute.body.get('about')));
  if (!matter.entitled.has(dispute.author)) {
    return { id: dispute.id, status: 'void', steps: [], reason: '', settlement: '' }; // DSP-1
  }
  const said = evidence.referring('dispute-step', 'dispute', dispute.id).sort(inTime);
  const steps = countedSteps(said, dispute, matter);
  const settlement = settlementOf(evidence, dispute, matter);
  const word = WORDS.find(([step]) => steps.some(({ body }) => body.get('step') === step))?.[1] ?? 'open';
  const finding = steps.findLast(({ body }) => body.get('step') === 'finding');
  return {
    id: dispute.id,
    status: settlement === undefined ? word : 'settled',
    steps: steps.map(({ id }) => id),
    reason: finding?.body.get('reason') ?? '',
    settlement: settlement?.id ?? '',
  };
});
