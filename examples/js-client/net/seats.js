// What a person can say yes to: the open offers in which they hold a seat (spec/agreement.md, co-signature).

import { textOf } from '../lib/ids.js';
import { unhex } from '../lib/bytes.js';
import { TERMS } from '../lib/registry.js';
import { teamsOf, teamState } from '../lib/team.js';

/**
 * @typedef {import('../lib/agreement.js').Document} Document
 * @typedef {import('../lib/evidence.js').Evidence} Evidence
 * @typedef {{document: Document, status: string, seats: number[]}} Offer  the seats that wait for this person
 */

/**
 * The teams in which an identity has a seat, with the seats that wait for it.
 * @param {Evidence} evidence
 * @param {string} identity
 * @returns {Offer[]}
 */
export function offersTo(evidence, identity) {
  return teamsOf(evidence)
    .filter(({ parties }) => parties.some((party) => party.identity === identity))
    .map((document) => {
      const { status, seats } = teamState(evidence, document);
      const isWaiting = (/** @type {number} */ index) =>
        document.parties[index].identity === identity && seats[index] === 'waiting';
      return { document, status, seats: [...seats.keys()].filter(isWaiting) };
    });
}

/** Whether this client can show every part of a document, and so may sign it. @param {Document} document */
export const canBeShown = ({ type, unknown, unknownTerms }) =>
  TERMS.has(type) && unknown.length === 0 && unknownTerms.length === 0;

/** Everything that a document says, for a person. @param {Document} document */
export function shown({ id, drafter, acceptBy, parties, terms }) {
  const { opportunity, ...rest } = Object.fromEntries(terms);
  return {
    document: textOf('doc', unhex(id)),
    drafter: textOf('folk', unhex(drafter)),
    accept_by: new Date(acceptBy).toISOString(),
    parties: parties.map(({ capacity, identity }) => ({
      capacity,
      identity: identity === null ? null : textOf('folk', unhex(identity)),
    })),
    ...rest,
    ...(opportunity === undefined ? {} : { opportunity: textOf('rec', opportunity) }),
  };
}
