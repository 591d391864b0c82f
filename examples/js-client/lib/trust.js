// How far one person's own ties reach another: the greatest flow along them (spec/trust.md).

import { compareNames, hex } from './bytes.js';
import { endingsOf, engagementStatus } from './engagement.js';
import { backingOf } from './endorsements.js';
import { grouped } from './grouped.js';
import { partiesOf, standingDocuments } from './lineage.js';

/**
 * @typedef {import('./evidence.js').Evidence} Evidence
 * @typedef {[giver: string, receiver: string, kind: string]} Tie
 * @typedef {Map<string, Map<string, number>>} Room  what can still flow from one place to another
 */

/** @type {{[kind: string]: number}} */
const CARRIES = { vouch: 4, engagement: 8, 'endorsement-e3': 4, 'endorsement-e2': 2 };
const PASSES_ON = [64, 32, 16, 8, 4, 2, 0];
const DISTANCE_MAX = PASSES_ON.length - 1;
const REACHED_MAX = 2000;
const END = 'end';

/** @param {Evidence} evidence @returns {Tie[]} TRU-1 */
const vouches = (evidence) =>
  evidence
    .counted('vouch')
    .filter((vouch) => evidence.successorOf(vouch) === undefined)
    .map(({ author, body }) => [author, hex(body.get('subject')), 'vouch']);

/** @param {Evidence} evidence @returns {Tie[]} TRU-2 */
const endorsements = (evidence) =>
  evidence
    .counted('endorsement')
    .filter((endorsement) => evidence.successorOf(endorsement) === undefined)
    .map((endorsement) => {
      const { class_ } = backingOf(evidence, endorsement);
      const { author, body } = endorsement;
      return /** @type {Tie} */ ([author, hex(body.get('subject')), `endorsement-${class_.toLowerCase()}`]);
    })
    .filter(([, , kind]) => kind in CARRIES);

/** @param {Evidence} evidence @returns {Tie[]} TRU-3 */
const engagements = (evidence) =>
  standingDocuments(evidence, 'engagement')
    .filter((engagement) => engagementStatus(evidence, engagement) === 'closed')
    .filter((engagement) => !endingsOf(evidence, engagement)[0].isOneSided)
    .flatMap((engagement) => {
      const parties = [...partiesOf(engagement)];
      return parties.flatMap((giver) =>
        parties.map((receiver) => /** @type {Tie} */ ([giver, receiver, 'engagement'])),
      );
    });

/** @param {Tie} tie */
const notToOneself = ([giver, receiver]) => giver !== receiver;

/** Several of one kind carry no more than one. @param {Tie[]} ties @returns {Tie[]} */
const distinct = (ties) => [...new Map(ties.filter(notToOneself).map((tie) => [tie.join(' '), tie])).values()];

/** The ties that the evidence shows. @param {Evidence} evidence */
export const tiesOf = (evidence) =>
  [...vouches(evidence), ...endorsements(evidence), ...engagements(evidence)].filter(notToOneself);

/**
 * How far everybody within reach is from a viewer.
 * @param {Map<string, Tie[]>} from ties by who gives them @param {string} viewer
 * @returns {Map<string, number>}
 */
function distances(from, viewer) {
  const found = new Map([[viewer, 0]]);
  let nearest = [viewer];
  for (let distance = 1; distance <= DISTANCE_MAX; distance++) {
    const next = new Set(nearest.flatMap((giver) => (from.get(giver) ?? []).map(([, receiver]) => receiver)));
    nearest = [...next].filter((identity) => !found.has(identity)).sort(compareNames);
    nearest = nearest.slice(0, REACHED_MAX - found.size);
    for (const identity of nearest) found.set(identity, distance);
  }
  return found;
}

/** @param {Room} room @param {string} from @param {string} to @param {number} amount */
function widen(room, from, to, amount) {
  for (const end of [from, to]) if (!room.has(end)) room.set(end, new Map());
  const out = /** @type {Map<string, number>} */ (room.get(from));
  out.set(to, (out.get(to) ?? 0) + amount);
}

/**
 * What can flow where: into an identity under its own name, and out of it under that name with a mark.
 * @param {Tie[]} ties @param {Map<string, number>} reached @param {Set<string>} group
 */
function roomOf(ties, reached, group) {
  /** @type {Room} */
  const room = new Map();
  for (const [identity, distance] of reached) {
    if (group.has(identity)) widen(room, identity, END, Infinity);
    else widen(room, identity, `${identity}+`, PASSES_ON[distance]);
  }
  for (const [giver, receiver, kind] of ties) {
    if (reached.has(giver) && reached.has(receiver) && !group.has(giver)) {
      widen(room, `${giver}+`, receiver, CARRIES[kind]);
    }
  }
  return room;
}

/**
 * A shortest way from a viewer to the end along which something can still flow.
 * @param {Room} room @param {string} viewer
 */
function wayThrough(room, viewer) {
  /** @type {Map<string, string>} */
  const cameFrom = new Map([[viewer, '']]);
  for (const [place] of cameFrom) {
    if (place === END) break;
    for (const [next, left] of room.get(place) ?? []) {
      if (left > 0 && !cameFrom.has(next)) cameFrom.set(next, place);
    }
  }
  /** @type {[from: string, to: string][]} */
  const way = [];
  for (let place = END; cameFrom.get(place); ) {
    const before = /** @type {string} */ (cameFrom.get(place));
    way.unshift([before, place]);
    place = before;
  }
  return way;
}

/** The greatest flow, way by way. @param {Room} room @param {string} viewer */
function greatestFlow(room, viewer) {
  let flow = 0;
  for (let way = wayThrough(room, viewer); way.length > 0; way = wayThrough(room, viewer)) {
    const amount = Math.min(...way.map(([from, to]) => room.get(from)?.get(to) ?? 0));
    for (const [from, to] of way) {
      widen(room, from, to, -amount);
      widen(room, to, from, amount);
    }
    flow += amount;
  }
  return flow;
}

/**
 * How much a viewer trusts the members of a group together.
 * @param {Tie[]} ties @param {string} viewer @param {string[]} group
 * @returns {{amount: number, reached: Map<string, number>}}
 */
export function trustIn(ties, viewer, group) {
  const known = distinct(ties);
  const reached = distances(grouped(known, ([giver]) => giver), viewer);
  const others = new Set(group.filter((identity) => identity !== viewer && reached.has(identity)));
  return { amount: others.size === 0 ? 0 : greatestFlow(roomOf(known, reached, others), viewer), reached };
}
