// What was delivered, accepted and paid under an engagement (spec/work.md, milestones and payments).

import { dayOf } from './days.js';
import { clientOf, lineOf, witnessesOf } from './engagement.js';
import { inTime, once } from './evidence.js';
import { partiesOf } from './lineage.js';
import { LIMITS } from './registry.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./record.js').Record_} Record_
 *
 * @typedef {{status: string, moment: number | null}} Answer  moment: when it was accepted
 * @typedef {{place: number, status: string, receivedAt: number | null}} Payment
 *   receivedAt: when all was there
 * @typedef {object} Milestone
 * @property {string} status
 * @property {number | null} acceptedAt
 * @property {Set<string>} deliverers
 * @property {boolean} isAsFirstDelivered
 * @property {boolean} isLate
 * @property {Payment[]} payments
 */

/**
 * The index in one document of a milestone of another one: by its name, and its place among those of that name.
 * @param {Document} from @param {number} index @param {Document} to
 */
function sameMilestone(from, index, to) {
  const named = (/** @type {Document} */ { terms }) =>
    terms.get('milestones').map((/** @type {any} */ one) => one.get('name'));
  const [theirs, ours] = [named(from), named(to)];
  if (index >= theirs.length) return undefined;
  const ordinal = theirs.slice(0, index).filter((/** @type {string} */ name) => name === theirs[index]).length;
  const places = [...ours.keys()].filter((place) => ours[place] === theirs[index]);
  return places[ordinal];
}

/**
 * The first time at which somebody counts as having seen something.
 * @param {Evidence} evidence @param {string} id @param {Set<string | null>} seers
 */
export function seenAt(evidence, id, seers) {
  const receipts = evidence.referring('seen', 'of', id).filter(({ author }) => seers.has(author));
  return receipts.sort(inTime)[0]?.rev;
}

/**
 * What became of one delivery, by the terms of an engagement of the line.
 * @param {Evidence} evidence @param {Record_} delivery @param {string | null} client of the document that it names
 * @param {Document} engagement @param {number} index
 * @returns {Answer}
 */
function answerTo(evidence, delivery, client, engagement, index) {
  const milestone = engagement.terms.get('milestones')[index];
  const days = LIMITS.DAY_MS * milestone.get('accept_days');
  const onSilence = milestone.get('on_silence');
  const seers = new Set([client, ...witnessesOf(engagement)]);
  const seen = seenAt(evidence, delivery.id, seers); // DLV-3
  const over = seen === undefined ? Infinity : Math.max(delivery.rev, seen) + days;
  const hasPassed = evidence.nowMs > over;
  const silent = onSilence === 'accept' && hasPassed ? over : Infinity;
  const reviews = reviewsOf(evidence, delivery, client, milestone);
  const accepting = reviews.filter(({ body }) => body.get('verdict') === 'accept').sort(inTime);
  if (accepting.length > 0) return { status: 'accepted', moment: Math.min(accepting[0].rev, silent) };
  const isRejected = reviews.some(({ rev, body }) => body.get('verdict') === 'reject' && rev <= silent); // DLV-4
  if (silent < Infinity && !isRejected) return { status: 'deemed-accepted', moment: silent };
  if (isRejected) return { status: 'rejected', moment: null };
  if (onSilence === 'reject' && hasPassed) return { status: 'deemed-rejected', moment: null };
  const isClaimed = onSilence === 'accept' && seen === undefined && evidence.nowMs > delivery.rev + days;
  return { status: isClaimed ? 'acceptance-claimed' : 'delivered', moment: null };
}

/**
 * @param {Evidence} evidence @param {Record_} delivery @param {string | null} client @param {Map<string, any>} milestone
 */
const reviewsOf = (evidence, delivery, client, milestone) =>
  evidence
    .referring('review-of-delivery', 'delivery', delivery.id)
    .filter(({ author, body }) => {
      const failed = body.get('failed') ?? [];
      const isNamed = failed.every((/** @type {number} */ place) => place < milestone.get('criteria').length);
      return author === client && isNamed; // DLV-2
    });

/**
 * The counted deliveries of a milestone under any document of the line, oldest first.
 * @param {Evidence} evidence @param {Document} engagement @param {number} index
 */
const deliveriesOf = (evidence, engagement, index) =>
  lineOf(evidence, engagement)
    .flatMap((document) =>
      evidence
        .referring('delivery', 'document', document.id)
        .filter(({ author }) => partiesOf(document).has(author) && author !== clientOf(document)) // DLV-1
        .filter(({ body }) => sameMilestone(document, body.get('milestone'), engagement) === index)
        .map((delivery) => ({ delivery, answer: answerTo(evidence, delivery, clientOf(document), engagement, index) })),
    )
    .sort((a, b) => inTime(a.delivery, b.delivery));

/**
 * What each place is due, divided by the shares.
 * @param {Document} engagement @param {number} amount @returns {Map<number, bigint>}
 */
function divided({ parties, terms }, amount) {
  const whole = BigInt(amount);
  const workers = [...parties.keys()].filter((place) => parties[place].capacity !== 'client');
  const shares = terms.get('shares');
  const total = shares === undefined ? workers.length : LIMITS.SHARES_TOTAL;
  const shareOf = (/** @type {number} */ place) => (shares === undefined ? 1 : shares[place]);
  const paid = workers.filter((place) => shareOf(place) > 0);
  const parts = new Map(paid.map((place) => [place, (whole * BigInt(shareOf(place))) / BigInt(total)]));
  const rest = whole - [...parts.values()].reduce((sum, part) => sum + part, 0n);
  parts.set(paid[0], (parts.get(paid[0]) ?? 0n) + rest);
  return parts;
}

/**
 * The payments that each payee says to have received, oldest first.
 * @param {Evidence} evidence @param {Document} engagement @param {number} index @param {string | null} payee
 */
const receivedBy = (evidence, engagement, index, payee) =>
  lineOf(evidence, engagement)
    .flatMap((document) =>
      evidence
        .referring('payment', 'document', document.id)
        .filter(({ author, body }) => author === payee && body.get('way') === 'received') // PMT-1
        .filter(({ body }) => body.get('currency') === engagement.terms.get('currency')) // PMT-1
        .filter(({ body }) => sameMilestone(document, body.get('milestone'), engagement) === index),
    )
    .sort(inTime);

/** When payments came to an amount, or null. @param {Record_[]} payments oldest first @param {bigint} amount */
function reachedAt(payments, amount) {
  let sum = 0n;
  for (const { rev, body } of payments) {
    sum += BigInt(body.get('amount_minor'));
    if (sum >= amount) return rev;
  }
  return null;
}

/**
 * @param {Evidence} evidence @param {Document} engagement @param {number} index @param {number | null} acceptedAt
 * @returns {Payment[]}
 */
function paymentsOf(evidence, engagement, index, acceptedAt) {
  const { parties, terms } = engagement;
  /** @type {Map<string | null, {place: number, amount: bigint}>} */
  const due = new Map();
  for (const [place, amount] of divided(engagement, terms.get('milestones')[index].get('amount_minor'))) {
    const { identity } = parties[place];
    const first = due.get(identity);
    due.set(identity, { place: first?.place ?? place, amount: amount + (first?.amount ?? 0n) });
  }
  const lastDay = acceptedAt === null ? 0 : dayOf(acceptedAt) + terms.get('pay_days');
  const word = acceptedAt === null ? 'not-due' : dayOf(evidence.nowMs) > lastDay ? 'overdue' : 'due';
  const somethingDue = [...due].filter(([, { amount }]) => amount > 0n);
  return somethingDue.map(([payee, { place, amount }]) => {
    const receivedAt = reachedAt(receivedBy(evidence, engagement, index, payee), amount);
    return { place, status: receivedAt === null ? word : 'received', receivedAt };
  });
}

/** Derive the milestones of a complete engagement, in their order; of another one there are none. */
export const milestonesOf = once((evidence, /** @type {Document} */ engagement) => {
  /** @type {Map<string, any>[]} */
  const agreed = lineOf(evidence, engagement).length === 0 ? [] : engagement.terms.get('milestones');
  return agreed.map((terms, index) => {
    const deliveries = deliveriesOf(evidence, engagement, index);
    const earliest = Math.min(...deliveries.map(({ answer }) => answer.moment ?? Infinity));
    const settling = deliveries.find(({ answer }) => answer.moment === earliest) ?? deliveries.at(-1);
    const acceptedAt = settling?.answer.moment ?? null;
    return /** @type {Milestone} */ ({
      status: settling?.answer.status ?? 'open',
      acceptedAt,
      deliverers: new Set(deliveries.map(({ delivery }) => delivery.author)),
      isAsFirstDelivered: acceptedAt !== null && settling === deliveries[0],
      isLate: dayOf(settling?.delivery.rev ?? evidence.nowMs) > terms.get('due_day'),
      payments: paymentsOf(evidence, engagement, index, acceptedAt),
    });
  });
});
