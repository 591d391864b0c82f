// Bids promised before they are read, and how many of them one identity may make (spec/sealed.md, spec/work.md).

import { hex, unhex } from './bytes.js';
import { encode } from './encoding.js';
import { byId, inTime } from './evidence.js';
import { digest } from './keys.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./evidence.js').Evidence} Evidence
 *
 * What belongs to the versions of one opportunity.
 * @typedef {object} Call
 * @property {Record_[]} versions
 * @property {Record_[]} bids
 * @property {Record_[]} commits  those that its client has listed, in every list there is
 */

const OPENING = ['commit', 'counterpart', 'salt'];

/**
 * What a commit to a body carries.
 * @param {string} network @param {string} author @param {Uint8Array} salt @param {Map<string, any>} body
 * @returns {string} in hex
 */
export function commitment(network, author, salt, body) {
  const promised = new Map([...body].filter(([name]) => !OPENING.includes(name)));
  return hex(digest(network, 'commit', encode([unhex(author), salt, promised])));
}

/**
 * Whether a record is what a commit by the same author promises.
 * @param {Evidence} evidence @param {Record_} record @param {Record_ | undefined} commit
 */
export const isPromised = ({ network }, { author, body }, commit) =>
  commit !== undefined &&
  commit.author === author &&
  hex(commit.body.get('digest')) === commitment(network, author, body.get('salt'), body);

/**
 * The counted record of a kind that one names in `commit`.
 * @param {Evidence} evidence @param {Record_} record @param {string} kind
 */
export const namedCommit = (evidence, { body }, kind) =>
  body.has('commit') ? evidence.findOf(kind, hex(body.get('commit'))) : undefined;

/** @param {Evidence} evidence @param {string} kind @param {Record_[]} versions */
export const aboutAny = (evidence, kind, versions) =>
  versions.flatMap(({ id }) => evidence.referring(kind, 'opportunity', id));

/** @param {Evidence} evidence @param {Record_[]} versions of one opportunity @returns {Call} */
export function callOf(evidence, versions) {
  const lists = aboutAny(evidence, 'bid-list', versions)
    .filter(({ author }) => author === versions[0].author)
    .map(({ body }) => new Set(body.get('commits').map(hex)));
  const isListed = (/** @type {Record_} */ { id }) => lists.length > 0 && lists.every((list) => list.has(id));
  return {
    versions,
    bids: aboutAny(evidence, 'bid', versions),
    commits: aboutAny(evidence, 'bid-commit', versions).filter(isListed),
  };
}

/**
 * Whether a version, or one that it revises, is sealed.
 * @param {Record_[]} versions @param {Record_} version
 */
export function isSealed(versions, version) {
  const byItsId = new Map(versions.map((one) => [one.id, one]));
  for (let one = /** @type {Record_ | undefined} */ (version); one !== undefined; ) {
    if (one.body.get('mode') === 'sealed') return true;
    one = one.body.has('revises') ? byItsId.get(hex(one.body.get('revises'))) : undefined;
  }
  return false;
}

/** The commit that a bid opens (BID-6). @param {Evidence} evidence @param {Call} call @param {Record_} bid */
function openedBy(evidence, { versions }, bid) {
  const commit = namedCommit(evidence, bid, 'bid-commit');
  const isAboutThis = versions.some(({ id }) => id === hex(commit?.body.get('opportunity') ?? new Uint8Array()));
  return isAboutThis && isPromised(evidence, bid, commit) ? commit : undefined;
}

/**
 * When a bid was made: one that opens a commit on a sealed version, with that.
 * @param {Evidence} evidence @param {Call} call @param {Record_} bid @param {Record_} version
 */
export const madeAt = (evidence, call, bid, version) =>
  ((isSealed(call.versions, version) && openedBy(evidence, call, bid)) || bid).rev;

/**
 * The rule of sealing and of numbers that a bid breaks, or an empty text.
 * @param {Evidence} evidence @param {Call} call @param {Record_} bid @param {Record_} version that it names
 */
export function ruleOfNumbers(evidence, call, bid, version) {
  const isOfSeal = isSealed(call.versions, version);
  const commit = isOfSeal ? openedBy(evidence, call, bid) : undefined;
  if (isOfSeal && commit === undefined) return 'BID-6';
  if (commit !== undefined && !call.commits.includes(commit)) return 'BID-7';
  const isHeldOn = (/** @type {Record_} */ one) => evidence.successorOf(one) === undefined;
  const ahead =
    commit === undefined
      ? call.bids.filter((other) => other.author === bid.author && isHeldOn(other) && inTime(other, bid) < 0)
      : call.commits.filter((other) => other.author === bid.author && inTime(other, commit) < 0);
  const hasPlace = commit !== undefined || isHeldOn(bid);
  if (hasPlace && ahead.length >= (version.body.get('bids_max') ?? Infinity)) return 'BID-8';
  const isSecond =
    commit !== undefined &&
    isHeldOn(bid) &&
    call.bids.some(
      (other) => isHeldOn(other) && inTime(other, bid) < 0 && openedBy(evidence, call, other) === commit,
    );
  return isSecond ? 'BID-8' : '';
}

/**
 * The listed commits that no bid opens, by id.
 * @param {Evidence} evidence @param {Call} call
 */
export function unrevealed(evidence, call) {
  const opened = new Set(call.bids.map((bid) => openedBy(evidence, call, bid)));
  return call.commits.filter((commit) => !opened.has(commit)).sort(byId);
}
