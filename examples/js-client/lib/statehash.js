// One number for everything derived, by which two nodes compare themselves (spec/state.md, state hash).

import { compareNames, hex, join, unhex } from './bytes.js';
import { encode } from './encoding.js';
import { sha256 } from './native.js';
import { opportunityState } from './opportunity.js';
import { personState } from './person.js';
import { teamsOf, teamState } from './team.js';

/** @typedef {import('./evidence.js').Evidence} Evidence */

/** @param {{id: string}} a @param {{id: string}} b */
const byId = (a, b) => compareNames(a.id, b.id);

/**
 * @param {Evidence} evidence
 * @returns {string} in hex
 */
export function stateHash(evidence) {
  const chains = evidence.chains.sort((a, b) => compareNames(a.identity, b.identity));
  const operations = chains.map((chain) => {
    const ids = chain.kept.map(({ id }) => id).sort(compareNames);
    return ['operations', unhex(chain.identity), ids.map(unhex), chain.isDisputed];
  });
  const records = evidence.allLive.sort(byId).map(({ id }) => ['record', unhex(id)]);
  const opportunities = evidence
    .counted('opportunity')
    .sort(byId)
    .map((record) => {
      const { id, latest, status, bids, awards } = opportunityState(evidence, record);
      const bidsOfIt = bids.map(([bid, word, rule]) => [unhex(bid), word, rule]);
      return ['opportunity', unhex(id), unhex(latest), status, bidsOfIt, awards.map(unhex)];
    });
  const teams = teamsOf(evidence).map((document) => {
    const { id, status, seats, refused } = teamState(evidence, document);
    return ['team', unhex(id), status, seats, refused.map(([record, rule]) => [unhex(record), rule])];
  });
  const people = chains.map(({ identity }) => {
    const { stale, endorsements, teams: formed } = personState(evidence, identity);
    const endorsementsOfIt = endorsements.map(([id, class_, isShown]) => [unhex(id), class_, isShown]);
    return ['person', unhex(identity), stale, endorsementsOfIt, formed.map(unhex)];
  });
  const parts = [...operations, ...records, ...opportunities, ...teams, ...people];
  return hex(sha256(join(parts.map(encode))));
}
