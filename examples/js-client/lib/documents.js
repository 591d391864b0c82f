// What people sign together: the terms of each type of document (spec/documents.md).

import { hex, isBytesOf } from './bytes.js';
import { isMap } from './encoding.js';
import { must } from './errors.js';
import { TERMS } from './registry.js';
import { hasShape } from './shapes.js';

/**
 * @typedef {import('./agreement.js').Document} Document
 * @typedef {import('./record.js').Reference} Reference
 * @typedef {import('./shapes.js').Shape} Shape
 */

const WHOLE = 10_000;
const NAMED = ['bid', 'dispute', 'engagement', 'opportunity', 'pattern', 'team'];

/** @param {number[]} shares */
const sum = (shares) => shares.reduce((total, share) => total + share, 0);

/** @param {any[]} clauses */
export const haveNamesOfTheirOwn = (clauses) => new Set(clauses.map((one) => one.get('name'))).size === clauses.length;

/** @type {{[type: string]: {shape: string, check?: (document: Document) => void}}} */
const TYPES = {
  team: { shape: 'TEA-1', check: checkTeam },
  engagement: { shape: 'ENG-1', check: checkEngagement },
  closing: { shape: 'CLO-1' },
  settlement: { shape: 'SET-1' },
};

/**
 * Refuse the terms of a type that this client knows when they are none.
 * @param {Document} document
 * @throws {RuleBroken} TEA-1, TEA-2, TEA-4, ENG-1 to ENG-5, CLO-1 or SET-1
 */
export function checkTerms(document) {
  const type = TYPES[document.type];
  if (type === undefined) return;
  must(hasShape(document.terms, /** @type {Shape} */ (TERMS.get(document.type))), type.shape);
  type.check?.(document);
}

/** @param {Document} document */
function checkTeam({ terms, parties }) {
  must(terms.get('lead') < parties.length, 'TEA-2', 'the lead is no party');
  const shares = terms.get('shares');
  must(shares === undefined || (shares.length === parties.length && sum(shares) === WHOLE), 'TEA-2', 'shares');
  const scoping = (terms.get('scoping') ?? []).map((/** @type {any} */ one) => [one.get('party'), one.get('share')]);
  scoping.forEach((/** @type {number[]} */ [party], /** @type {number} */ at) => {
    must(party < parties.length && (at === 0 || scoping[at - 1][0] < party), 'TEA-4');
  });
  must(sum(scoping.map((/** @type {number[]} */ [, share]) => share)) <= WHOLE, 'TEA-4');
}

/** @param {Document} document */
function checkEngagement({ terms, parties }) {
  const clients = parties.flatMap(({ capacity }, index) => (capacity === 'client' ? [index] : []));
  must(clients.length === 1 && parties.length > 1, 'ENG-2');
  const { identity } = parties[clients[0]];
  must(identity === null || parties.filter((party) => party.identity === identity).length === 1, 'ENG-2');
  const shares = terms.get('shares');
  if (shares !== undefined) {
    must(shares.length === parties.length && shares[clients[0]] === 0 && sum(shares) === WHOLE, 'ENG-3');
  }
  const outsiders = [...(terms.get('witnesses') ?? []), ...(terms.has('resolver') ? [terms.get('resolver')] : [])];
  must(!outsiders.some((outsider) => parties.some((party) => party.identity === hex(outsider))), 'ENG-4');
  must(haveNamesOfTheirOwn(terms.get('flow_down') ?? []), 'ENG-5');
}

/** What the terms refer to, whatever their type. @param {Map<string, any>} terms @returns {Reference[]} */
export function termRefs(terms) {
  /** @type {Reference[]} */
  const refs = NAMED.filter((name) => isBytesOf(terms.get(name), 32)).map((name) => [name, hex(terms.get(name))]);
  const filled = terms.get('filled_by');
  for (const seat of Array.isArray(filled) ? filled : []) {
    const by = isMap(seat) ? seat.get('opportunity') : undefined;
    if (isBytesOf(by, 32)) refs.push(['filled_by', hex(by)]);
  }
  return refs;
}
