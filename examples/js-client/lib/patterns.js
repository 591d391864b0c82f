// Who uses a way of working, and what came of it (spec/work.md, patterns).

import { compareNames, hex } from './bytes.js';
import { byId, inTime, once } from './evidence.js';
import { grouped } from './grouped.js';
import { isComplete, partiesOf } from './lineage.js';

/**
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {import('./record.js').Record_} Record_
 */

const USING = ['team', 'engagement'];

/** The complete documents that name a pattern, by id. @param {Evidence} evidence @param {string} pattern */
const usersOf = (evidence, pattern) =>
  [...evidence.documents.values()]
    .filter(({ type, terms }) => USING.includes(type) && hex(terms.get('pattern') ?? new Uint8Array()) === pattern)
    .filter((document) => isComplete(evidence, document))
    .sort(byId);

/** What outcomes say was measured: of each measure all values, ascending. @param {Record_[]} outcomes */
function measuresOf(outcomes) {
  /** @type {Map<string, number[]>} */
  const values = new Map();
  for (const { body } of outcomes) {
    const measures = [...(body.get('measures') ?? [])].reverse(); // of one that stands twice the first stays
    const own = new Map(measures.map((measure) => [measure.get('name'), measure.get('value')]));
    for (const [name, value] of own) values.set(name, [...(values.get(name) ?? []), value]);
  }
  for (const known of values.values()) known.sort((a, b) => a - b);
  return Object.fromEntries(values);
}

/** Derive what has become of a pattern. */
export const patternState = once((evidence, /** @type {Record_} */ pattern) => {
  const users = usersOf(evidence, pattern.id);
  const partiesOfUser = new Map(users.map((document) => [document.id, partiesOf(document)]));
  const said = evidence
    .referring('pattern-outcome', 'pattern', pattern.id)
    .filter(({ author, body }) => partiesOfUser.get(hex(body.get('document')))?.has(author)); // PTN-1
  const latest = [...grouped(said.sort(inTime), ({ author, body }) => `${author} ${hex(body.get('document'))}`)]
    .map(([, ofOne]) => ofOne[ofOne.length - 1])
    .sort((a, b) => compareNames(a.id, b.id));
  return {
    id: pattern.id,
    used_by: users.map(({ id }) => id),
    outcomes: latest.map(({ id }) => id),
    measures: measuresOf(latest),
  };
});
