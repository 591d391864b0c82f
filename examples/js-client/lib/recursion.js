// How an opportunity hangs on the ones above it (spec/work.md, recursion).

import { hex } from './bytes.js';
import { once } from './evidence.js';
import { isComplete, partiesOf, standingNow, standingOf } from './lineage.js';
import { awardedBid, opportunityState, versionsOf } from './opportunity.js';
import { LIMITS } from './registry.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {{link: string, rule: string}} Link
 */

const WORST_FIRST = ['void', 'lapsed', 'conditional', 'firm'];

/** @param {Record_} record @returns {string | null} the version that it hangs on */
export const parentOf = ({ body }) => (body.has('parent') ? hex(body.get('parent').get('opportunity')) : null);

/**
 * @param {Record_} child @param {Record_} parent
 * @returns {string} the rule by which it does not fit below, or empty
 */
function misfit(child, parent) {
  const [own, above] = [child.body, parent.body];
  const isInTime =
    own.get('decide_by') <= above.get('decide_by') &&
    (!above.has('deliver_by') || (own.get('deliver_by') ?? Infinity) <= above.get('deliver_by'));
  if (!isInTime) return 'SUB-2';
  const clauses = new Map(
    (own.get('flow_down') ?? []).map((/** @type {any} */ one) => [one.get('name'), one.get('text')]),
  );
  const isKept = (above.get('flow_down') ?? []).every(
    (/** @type {any} */ one) => clauses.get(one.get('name')) === one.get('text'),
  );
  return isKept ? '' : 'SUB-3';
}

/**
 * Whether an awarded bid counts on a sub-opportunity (SUB-5).
 * @param {Evidence} evidence @param {Record_} child @param {Record_} bid
 */
function countsOn(evidence, child, bid) {
  const team = teamOf(evidence, bid);
  if (team === null) return bid.author === child.author;
  if (team === undefined || !isComplete(evidence, team) || !partiesOf(team).has(child.author)) return false;
  const versions = new Set(versionsOf(evidence, child).map(({ id }) => id));
  return (team.terms.get('filled_by') ?? []).some((/** @type {any} */ seat) =>
    versions.has(hex(seat.get('opportunity'))),
  );
}

/**
 * The team of a bid as it stands now; `null` where it names none, `undefined` where that is not held.
 * @param {Evidence} evidence @param {Record_} bid
 */
function teamOf(evidence, bid) {
  if (!bid.body.has('team')) return null;
  const team = evidence.documents.get(hex(bid.body.get('team')));
  return team?.type === 'team' ? standingNow(evidence, team) : undefined;
}

/** @param {Evidence} evidence @param {Record_} child @param {Record_} parent @returns {Link} */
function stepOf(evidence, child, parent) {
  const { status } = opportunityState(evidence, parent);
  if (status === 'lapsed' || status === 'withdrawn') return { link: 'lapsed', rule: '' };
  const bid = awardedBid(evidence, parent);
  if (bid === undefined) return { link: 'conditional', rule: '' };
  const won = /** @type {Record_} */ (evidence.find(hex(bid.body.get('opportunity'))));
  const rule = misfit(child, won);
  if (rule !== '') return { link: 'void', rule };
  const team = teamOf(evidence, bid);
  if (team && standingOf(evidence, team).status === 'contested') return { link: 'conditional', rule: '' };
  return countsOn(evidence, child, bid) ? { link: 'firm', rule: '' } : { link: 'lapsed', rule: '' };
}

/** Derive the link of an opportunity to what is above. */
export const linkOf = once((evidence, /** @type {Record_} */ opportunity) => {
  /** @type {Link[]} */
  const steps = [];
  let child = opportunity;
  for (let id = parentOf(child); id !== null; id = parentOf(child)) {
    const parent = evidence.findOf('opportunity', id);
    if (parent === undefined) return { link: 'void', rule: 'SUB-1' };
    if (steps.length + 2 > LIMITS.RECURSION_DEPTH_MAX) return { link: 'void', rule: 'SUB-4' };
    const rule = misfit(child, parent);
    if (rule !== '') return { link: 'void', rule };
    steps.push(stepOf(evidence, child, parent));
    child = parent;
  }
  for (const word of WORST_FIRST) {
    const step = steps.find(({ link }) => link === word);
    if (step !== undefined) return step;
  }
  return { link: 'root', rule: '' };
});
