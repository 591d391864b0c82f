// Whether an opportunity is open, awarded or lapsed, and how its bids stand (spec/state.md, opportunity).

import { compareNames, hex } from './bytes.js';
import { addressOf, compareOrder } from './record.js';
import { formation, leadOf, teamState } from './team.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {[id: string, status: string, rule: string]} BidState
 * @typedef {{id: string, latest: string, status: string, reason: string, bids: BidState[], awards: string[]}} OpportunityState
 */

/** @param {Record_} record @param {string} field @returns {string} the id in a field of the body */
const idIn = ({ body }, field) => hex(body.get(field));

/**
 * Every version that is linked to one by `revises`, in either direction.
 * @param {Evidence} evidence
 * @param {Record_} one
 */
function versionsOf(evidence, one) {
  const candidates = evidence.counted('opportunity').filter((other) => addressOf(other) === addressOf(one));
  const isLinked = (/** @type {Record_} */ a, /** @type {Record_} */ b) =>
    [
      [a, b],
      [b, a],
    ].some(([later, earlier]) => later.body.has('revises') && idIn(later, 'revises') === earlier.id);
  const versions = [one];
  for (const version of versions) {
    versions.push(...candidates.filter((other) => !versions.includes(other) && isLinked(version, other)));
  }
  return versions.sort(compareOrder);
}

/** @param {Evidence} evidence @param {Record_[]} versions ascending */
function awardsOf(evidence, versions) {
  const ids = new Set(versions.map(({ id }) => id));
  const namesBid = (/** @type {Record_} */ award) => {
    const bid = evidence.find(idIn(award, 'bid'));
    return bid?.kind === 'bid' && ids.has(idIn(bid, 'opportunity'));
  };
  return evidence
    .counted('award')
    .filter((award) => ids.has(idIn(award, 'opportunity')))
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

/** @param {Evidence} evidence @param {Record_} bid @param {Record_} version that it names */
function ruleBroken(evidence, bid, version) {
  if (bid.author === version.author) return 'BID-1';
  if (bid.rev > version.body.get('bids_close')) return 'BID-2';
  if (bid.body.has('team') && !isTeamFit(evidence, bid)) return 'BID-3';
  return bid.space === version.space ? '' : 'BID-4';
}

/** @param {Evidence} evidence @param {Record_} bid of a team */
function isTeamFit(evidence, bid) {
  const team = evidence.documents.get(idIn(bid, 'team'));
  if (team?.type !== 'team' || leadOf(team) !== bid.author) return false;
  return formation(evidence, team).isComplete && teamState(evidence, team).status !== 'contested';
}

/**
 * @param {Evidence} evidence
 * @param {Record_} bid
 * @param {Record_} version
 * @param {Set<string>} awarded
 * @returns {BidState}
 */
function bidState(evidence, bid, version, awarded) {
  const rule = ruleBroken(evidence, bid, version);
  const status = () => {
    if (rule !== '') return 'void';
    if (awarded.has(bid.id)) return awarded.size === 1 ? 'awarded' : 'standing';
    if (evidence.successorOf(bid) !== undefined) return 'withdrawn';
    if (evidence.hasDeclined(version.author, 'bid', bid.id)) return 'declined';
    return evidence.nowMs > bid.body.get('valid_until') ? 'expired' : 'standing';
  };
  return [bid.id, status(), rule];
}

/**
 * Derive how an opportunity stands.
 * @param {Evidence} evidence @param {Record_} opportunity any counted version of it
 * @returns {OpportunityState}
 */
export function opportunityState(evidence, opportunity) {
  const versions = versionsOf(evidence, opportunity);
  const latest = versions[versions.length - 1];
  const awards = awardsOf(evidence, versions);
  const awarded = new Set(awards.map((award) => idIn(award, 'bid')));
  const [status, reason] = statusOf(evidence, latest, awarded);
  const byId = new Map(versions.map((version) => [version.id, version]));
  const bids = evidence
    .counted('bid')
    .flatMap((bid) => {
      const version = byId.get(idIn(bid, 'opportunity'));
      return version === undefined ? [] : [bidState(evidence, bid, version, awarded)];
    })
    .sort(([a], [b]) => compareNames(a, b));
  return { id: opportunity.id, latest: latest.id, status, reason, bids, awards: awards.map(({ id }) => id) };
}
