// What is known of an identity (spec/state.md, person).

import { compareNames, hex } from './bytes.js';
import { dayOf } from './days.js';
import { backingOf } from './endorsements.js';
import { partiesOf } from './lineage.js';
import { isTombstone } from './record.js';
import { hasFormed, teamsOf } from './team.js';

/**
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {[id: string, class_: string, isShown: boolean]} EndorsementState
 * @typedef {{identity: string, stale: boolean, endorsements: EndorsementState[], teams: string[]}} PersonState
 */

/**
 * The live record of somebody's only one in the commons.
 * @param {Evidence} evidence
 * @param {string} author
 * @param {string} kind
 */
export function statementOf(evidence, author, kind) {
  const record = evidence.liveAt({ author, space: 'commons', kind, slot: 0 });
  return record === undefined || isTombstone(record) ? undefined : record;
}

/**
 * Derive what is known of an identity whose genesis is held.
 * @param {Evidence} evidence @param {string} identity
 * @returns {PersonState}
 */
export function personState(evidence, identity) {
  const shown = (statementOf(evidence, identity, 'profile')?.body.get('shown') ?? []).map(hex);
  const availability = statementOf(evidence, identity, 'availability');
  /** @type {EndorsementState[]} */
  const endorsements = evidence
    .referring('endorsement', 'subject', identity)
    .filter((endorsement) => evidence.successorOf(endorsement) === undefined)
    .map((endorsement) => [
      endorsement.id,
      backingOf(evidence, endorsement).class_,
      shown.includes(endorsement.id),
    ]);
  return {
    identity,
    stale: availability !== undefined && dayOf(evidence.nowMs) > availability.body.get('until'),
    endorsements: endorsements.sort(([a], [b]) => compareNames(a, b)),
    teams: teamsOf(evidence)
      .filter((team) => hasFormed(evidence, team) && partiesOf(team).has(identity))
      .map(({ id }) => id),
  };
}
