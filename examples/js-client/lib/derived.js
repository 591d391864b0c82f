// What is derived of one thing somebody asks about, as the vectors write it.

import { opportunityState } from './opportunity.js';
import { personState } from './person.js';
import { stateHash } from './statehash.js';
import { teamState } from './team.js';

/** @param {{id: string}[]} items */
export const idsOf = (items) => items.map(({ id }) => id);

/**
 * The state hash, and the state of what is asked about: `null` when nothing of that id is held.
 * @param {import('./evidence.js').Evidence} evidence
 * @param {{opportunity?: string, team?: string, person?: string}} asked  one of them, or none
 * @returns {{[name: string]: any}}
 */
export function derived(evidence, { opportunity, team, person }) {
  const hash = stateHash(evidence);
  if (opportunity !== undefined) {
    const record = evidence.find(opportunity);
    const isOne = record?.kind === 'opportunity';
    return { opportunity: isOne ? opportunityState(evidence, record) : null, state_hash: hash };
  }
  if (team !== undefined) {
    const document = evidence.documents.get(team);
    return { team: document?.type === 'team' ? teamState(evidence, document) : null, state_hash: hash };
  }
  if (person === undefined) return { state_hash: hash };
  const isHeld = evidence.chainOf(person)?.hasGenesis;
  return { person: isHeld ? personState(evidence, person) : null, state_hash: hash };
}
