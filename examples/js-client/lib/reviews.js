// What the parties of an engagement promised to say of each other, and said (spec/work.md, reviews).

import { compareNames, hex } from './bytes.js';
import { endingsOf, underLine, witnessesOf } from './engagement.js';
import { inTime, once } from './evidence.js';
import { grouped } from './grouped.js';
import { partiesOf } from './lineage.js';
import { seenAt } from './milestones.js';
import { LIMITS } from './registry.js';
import { isPromised, namedCommit } from './sealing.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {[author: string, status: string, commit: string, review: string]} ReviewState
 */

const REVIEW_DAYS = 14;

/** @param {Record_} review */
const subjectOf = ({ body }) => hex(body.get('subject'));

/**
 * The last ms of a party's time, or infinity while nothing has ended.
 * @param {Evidence} evidence @param {Document} engagement @param {string} party
 */
function lastMsOf(evidence, engagement, party) {
  const days = LIMITS.DAY_MS * (engagement.terms.get('review_days') ?? REVIEW_DAYS);
  const seers = new Set([party, ...witnessesOf(engagement)]);
  const moments = endingsOf(evidence, engagement).map(({ record, moment }) => {
    if (record === null || record.author === party) return moment;
    return Math.max(moment, seenAt(evidence, record.id, seers) ?? Infinity); // RVW-5
  });
  return Math.min(...moments, Infinity) + days;
}

/**
 * The commits that count: of each party, as many as there are others (RVW-2).
 * @param {Evidence} evidence @param {Document} engagement @param {Record_[]} reviews
 */
function countedCommits(evidence, engagement, reviews) {
  const parties = partiesOf(engagement);
  const commits = underLine(evidence, 'review-commit', engagement).filter(({ author }) => parties.has(author));
  return [...grouped(commits, ({ author }) => author)].flatMap(([author, own]) => {
    const named = new Set(
      reviews
        .filter((review) => parties.has(review.author) && review.author !== author && subjectOf(review) === author)
        .flatMap(({ body }) => (body.has('counterpart') ? [hex(body.get('counterpart'))] : [])),
    );
    const inOrder = own.sort((a, b) => Number(named.has(b.id)) - Number(named.has(a.id)) || inTime(a, b));
    return inOrder.slice(0, parties.size - 1);
  });
}

/** Derive what became of the reviews of an engagement. */
export const reviewsOf = once((evidence, /** @type {Document} */ engagement) => {
  const parties = partiesOf(engagement);
  const all = underLine(evidence, 'review', engagement);
  const commits = countedCommits(evidence, engagement, all);
  const lastMs = new Map([...parties].map((party) => [party, lastMsOf(evidence, engagement, party)]));
  const isOver = (/** @type {string} */ party, /** @type {number} */ ms) => ms > (lastMs.get(party) ?? Infinity);
  const opened = (/** @type {Record_} */ review) => {
    const commit = namedCommit(evidence, review, 'review-commit');
    return commit !== undefined && commits.includes(commit) && isPromised(evidence, review, commit)
      ? commit
      : undefined; // RVW-4
  };
  const between = all
    .filter((review) => parties.has(review.author) && parties.has(subjectOf(review)))
    .filter((review) => review.author !== subjectOf(review));
  const counted = [...grouped(between, (review) => `${review.author} ${subjectOf(review)}`)]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([, ofOne]) => {
      const inOrder = ofOne.sort(inTime);
      return inOrder.find((review) => opened(review) !== undefined) ?? inOrder[0]; // RVW-3
    });
  const statusOf = (/** @type {Record_} */ review) => {
    const commit = opened(review);
    if (evidence.successorOf(review) !== undefined) return 'withdrawn';
    return commit === undefined || isOver(review.author, commit.rev) ? 'late' : 'revealed';
  };
  const revealed = new Set(counted.map(opened));
  const promises = commits
    .filter((commit) => !revealed.has(commit))
    .sort((a, b) => compareNames(a.author, b.author) || inTime(a, b));
  return /** @type {ReviewState[]} */ ([
    ...counted.map((review) => [review.author, statusOf(review), opened(review)?.id ?? '', review.id]),
    ...promises.map(({ id, author }) => [
      author,
      isOver(author, evidence.nowMs) ? 'unrevealed' : 'committed',
      id,
      '',
    ]),
  ]);
});
