// Whether an opportunity is open, awarded or lapsed, and how its bids stand (spec/state.md, opportunity).

import { compareNames, hex } from './bytes.js';
import { byId, once } from './evidence.js';
import { isComplete, standingOf } from './lineage.js';
import { addressOf, compareOrder } from './record.js';
import { aboutAny, callOf, madeAt, ruleOfNumbers, unrevealed } from './sealing.js';
import { leadOf } from './team.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./sealing.js').Call} Call
 * @typedef {[id: string, status: string, rule: string]} BidState
 * @typedef {{id: string, latest: string, status: string, reason: string, bids: BidState[], awards: string[]}} OpportunityState
 */

/** @param {Record_} record @param {string} field @returns {string} the id in a field of the body */
const idIn = ({ body }, field) => hex(body.get(field));

/** Every version that is linked to one by `revises`, in either direction; the latest is the last. */
export const versionsOf = once((evidence, /** @type {Record_} */ one) => {
  const versions = new Set([one]);
  for (const version of versions) {
    const before = version.body.has('revises') ? evidence.findOf('opportunity', idIn(version, 'revises')) : undefined;
    const linked = evidence.referring('opportunity', 'revises', version.id);
    for (const other of before === undefined ? linked : [...linked, before]) {
      if (addressOf(other) === addressOf(one)) versions.add(other);
    }
  }
  return [...versions].sort(compareOrder);
});

/** @param {Evidence} evidence @param {Record_[]} versions ascending */
function awardsOf(evidence, versions) {
  const ids = new Set(versions.map(({ id }) => id));
  const namesBid = (/** @type {Record_} */ award) => {
    const bid = evidence.findOf('bid', idIn(award, 'bid'));
    return bid !== undefined && ids.has(idIn(bid, 'opportunity'));
  };
  return aboutAny(evidence, 'award', versions)
    .filter((award) => award.author === versions[0].author && namesBid(award)) // STA-1
    .sort((a, b) => compareNames(idIn(a, 'opportunity'), idIn(b, 'opportunity')) || compareNames(a.id, b.id));
}

/**
 * @param {Evidence} evidence
 * @param {Record_} latest
 * @param {Set<string>} awarded
 * @returns {[status: string, reason: string]}
 */
function statusOf(evidence, latest, awarded) {
  if (awarded.size > 0) return [awarded.size === 1 ? 'awarded' : 'contested', '']; // STA-2
  const closed = latest.body.get('closed');
  if (closed !== undefined) return ['withdrawn', closed.get('reason')];
  if (evidence.successorOf(latest) !== undefined) return ['withdrawn', 'deleted'];
  if (evidence.nowMs > latest.body.get('decide_by')) return ['lapsed', ''];
  return [evidence.nowMs > latest.body.get('bids_close') ? 'closed-to-bids' : 'open', ''];
}

/** @param {Evidence} evidence @param {Call} call @param {Record_} bid @param {Record_} version that it names */
function ruleBroken(evidence, call, bid, version) {
  if (bid.author === version.author) return 'BID-1';
  if (madeAt(evidence, call, bid, version) > version.body.get('bids_close')) return 'BID-2';
  if (bid.body.has('team') && !isTeamFit(evidence, bid)) return 'BID-3';
  return bid.space === version.space ? ruleOfNumbers(evidence, call, bid, version) : 'BID-4';
}

/** @param {Evidence} evidence @param {Record_} bid of a team */
function isTeamFit(evidence, bid) {
  const team = evidence.documents.get(idIn(bid, 'team'));
  if (team?.type !== 'team' || leadOf(team) !== bid.author) return false;
  return isComplete(evidence, team) && standingOf(evidence, team).status !== 'contested';
}

/**
 * @param {Evidence} evidence @param {Call} call @param {Record_} bid @param {Record_} version
 * @param {Set<string>} awarded
 * @returns {BidState}
 */
function bidState(evidence, call, bid, version, awarded) {
  const rule = ruleBroken(evidence, call, bid, version);
  const status = () => {
    if (rule !== '') return 'void';
    if (awarded.has(bid.id)) return awarded.size === 1 ? 'awarded' : 'standing';
    if (evidence.successorOf(bid) !== undefined) return 'withdrawn';
    const declines = evidence.referring('decline', 'bid', bid.id);
    if (declines.some(({ author }) => author === version.author)) return 'declined';
    return evidence.nowMs > bid.body.get('valid_until') ? 'expired' : 'standing';
  };
  return [bid.id, status(), rule];
}

/** Derive how an opportunity stands, asked about by any counted version of it. */
export const opportunityState = once((evidence, /** @type {Record_} */ opportunity) => {
  const versions = versionsOf(evidence, opportunity);
  const latest = versions[versions.length - 1];
  const awards = awardsOf(evidence, versions);
  const awarded = new Set(awards.map((award) => idIn(award, 'bid')));
  const [status, reason] = statusOf(evidence, latest, awarded);
  const call = callOf(evidence, versions);
  const versionOf = new Map(versions.map((version) => [version.id, version]));
  const bids = call.bids
    .map((bid) => {
      const version = /** @type {Record_} */ (versionOf.get(idIn(bid, 'opportunity')));
      return bidState(evidence, call, bid, version, awarded);
    })
    .sort(([a], [b]) => compareNames(a, b));
  return { id: opportunity.id, latest: latest.id, status, reason, bids, awards: awards.map(({ id }) => id) };
});

/** What stands around the bids: commits that nobody opened, and what the client has made clear; ids ascending. */
export const surroundings = once((evidence, /** @type {Record_} */ opportunity) => {
  const versions = versionsOf(evidence, opportunity);
  const clarifications = aboutAny(evidence, 'clarification', versions)
    .filter(({ author }) => author === opportunity.author) // STA-5
    .sort(byId);
  return {
    unrevealed: unrevealed(evidence, callOf(evidence, versions)).map(({ id }) => id),
    clarifications: clarifications.map(({ id }) => id),
  };
});

/**
 * The bid that an opportunity was awarded to, where there is exactly one.
 * @param {Evidence} evidence @param {Record_} opportunity
 */
export function awardedBid(evidence, opportunity) {
  const awards = awardsOf(evidence, versionsOf(evidence, opportunity));
  const bids = new Set(awards.map((award) => idIn(award, 'bid')));
  const [bid] = bids;
  return bids.size === 1 ? evidence.findOf('bid', bid) : undefined;
}
