// What a record of a known kind may say: the rules that need nothing but the record (spec/kinds.md and its pages).

import { compareCosignatures, openDocument, readCosignature } from './agreement.js';
import { ascends, bytesAscend, hex } from './bytes.js';
import { dayOf } from './days.js';
import { checkTerms, haveNamesOfTheirOwn, termRefs } from './documents.js';
import { must, ruleBrokenBy } from './errors.js';
import { KINDS, LIMITS } from './registry.js';
import { compareReferences, isTombstone, openRecord } from './record.js';
import { hasShape } from './shapes.js';

/**
 * @typedef {import('./record.js').Record_} Record_
 * @typedef {import('./record.js').Reference} Reference
 *
 * What the page of a kind says beyond shapes.
 * @typedef {object} Page
 * @property {(record: Record_, network: string) => void} [check]  the rules of the kind itself, in their order
 * @property {(record: Record_, network: string) => Reference[]} [refs]  what the body implies
 * @property {(record: Record_, network: string) => number[]} [deadlines]
 */

/** @param {Map<string, any>} map @param {...[string, string]} pairs relation and field @returns {Reference[]} */
const fromFields = (map, ...pairs) =>
  pairs.filter(([, field]) => map.has(field)).map(([relation, field]) => [relation, hex(map.get(field))]);

/** What refers to the id in each field, under its own name. @param {...string} fields */
const named =
  (...fields) =>
  (/** @type {Record_} */ { body }) =>
    fromFields(body, ...fields.map((field) => /** @type {[string, string]} */ ([field, field])));

/** @param {Record_} record @param {string} network */
const carried = ({ body }, network) => openDocument(network, body.get('document'));

/** @param {Record_} record @param {string} network @returns {Reference[]} */
function documentRefs(record, network) {
  const { id, prev, terms } = carried(record, network);
  return [['document', id], ...(prev === null ? [] : [/** @type {Reference} */ (['prev', prev])]), ...termRefs(terms)];
}

/** The record inside an exhibit. @param {Record_} exhibit @param {string} network */
export const exhibited = (exhibit, network) => openRecord(network, exhibit.body.get('record'));

/** @type {{[kind: string]: Page}} */
const PAGES = {
  profile: {
    check: ({ body }) => {
      const shown = (body.get('shown') ?? []).map(hex);
      must(new Set(shown).size === shown.length, 'PRO-1');
    },
    refs: ({ body }) => (body.get('shown') ?? []).map((/** @type {Uint8Array} */ id) => ['shows', hex(id)]),
  },
  availability: {
    check: ({ body }) => {
      const days = body.get('until') - body.get('from');
      must(days >= 0 && days <= 366, 'AVL-1');
    },
  },
  opportunity: {
    check: ({ body }) => {
      must(body.get('bids_close') <= body.get('decide_by'), 'OPP-1');
      const budget = body.get('budget') ?? new Map();
      must(!budget.has('max_minor') || budget.get('max_minor') >= (budget.get('min_minor') ?? 0), 'OPP-2');
      must(haveNamesOfTheirOwn(body.get('flow_down') ?? []), 'OPP-3');
    },
    refs: ({ body }) => [
      ...fromFields(body, ['revises', 'revises']),
      ...fromFields(body.get('parent') ?? new Map(), ['parent', 'opportunity']),
    ],
    deadlines: ({ body }) => [body.get('bids_close'), body.get('decide_by')],
  },
  bid: {
    check: ({ body }) => must(body.has('commit') === body.has('salt'), 'BID-5'),
    refs: (record) => [...named('opportunity', 'commit', 'counter')(record), ...fromFields(record.body, ['document', 'team'])],
    deadlines: ({ body }) => [body.get('valid_until')],
  },
  award: { refs: ({ body }) => fromFields(body, ['opportunity', 'opportunity'], ['bid', 'bid']) },
  decline: {
    check: ({ body }) => must(body.has('bid') !== body.has('document'), 'DEC-1'),
    refs: ({ body }) => fromFields(body, ['bid', 'bid'], ['document', 'document']),
  },
  draft: {
    check: (record, network) => {
      const document = carried(record, network);
      must(document.drafter === record.author, 'DRF-1');
      checkTerms(document);
    },
    refs: documentRefs,
    deadlines: (record, network) => [carried(record, network).acceptBy],
  },
  accept: {
    check: ({ body }) => readCosignature(body.get('cosignature')),
    refs: ({ body }) => fromFields(body, ['document', 'document']),
  },
  agreement: {
    check: (record, network) => {
      const cosignatures = record.body.get('cosignatures').map(readCosignature);
      must(ascends(cosignatures, compareCosignatures), 'AGM-1');
      checkTerms(carried(record, network));
    },
    refs: documentRefs,
    deadlines: (record, network) => [carried(record, network).acceptBy],
  },
  exhibit: {
    check: (record, network) => {
      must(ruleBrokenBy(() => exhibited(record, network)) === null, 'EXH-1');
      must(exhibited(record, network).author !== record.author, 'EXH-2');
    },
    refs: (record, network) => {
      const inside = exhibited(record, network);
      return [['exhibits', inside.id], ...inside.refs];
    },
  },
  endorsement: {
    check: ({ author, body }) => {
      must(hex(body.get('subject')) !== author, 'END-1');
      must(!body.has('milestone') || body.has('basis'), 'END-2');
    },
    refs: ({ body }) => fromFields(body, ['subject', 'subject'], ['document', 'basis']),
  },
  post: { refs: ({ body }) => fromFields(body, ['about', 'about'], ['replies', 'replies']) },
  question: { refs: named('opportunity') },
  clarification: { refs: named('opportunity', 'question') },
  'bid-commit': { refs: named('opportunity') },
  'bid-list': { check: ({ body }) => must(bytesAscend(body.get('commits')), 'BDL-1'), refs: named('opportunity') },
  counter: {
    check: ({ body }) => {
      must(body.has('bid') !== body.has('document'), 'COU-1');
      must(body.has('bid') || !body.has('price'), 'COU-1');
      must(body.has('document') || !(body.has('party') || body.has('share')), 'COU-1');
    },
    refs: named('bid', 'document'),
  },
  apply: { refs: named('document') },
  leave: { refs: named('document') },
  delivery: { refs: named('document') },
  'review-of-delivery': {
    check: ({ body }) => {
      const failed = body.get('failed') ?? [];
      must((body.get('verdict') === 'reject') === failed.length > 0, 'DRV-1');
      must(ascends(failed, (/** @type {number} */ a, /** @type {number} */ b) => a - b), 'DRV-1');
    },
    refs: named('delivery'),
  },
  payment: { refs: named('document') },
  seen: {
    check: ({ body }) => must(bytesAscend(body.get('of')), 'SEE-1'),
    refs: ({ body }) => body.get('of').map((/** @type {Uint8Array} */ id) => ['of', hex(id)]),
  },
  closing: { refs: named('document') },
  dispute: { refs: named('about') },
  'dispute-step': {
    check: ({ body }) => must((body.get('step') === 'finding') === body.has('reason'), 'DIS-1'),
    refs: named('dispute'),
  },
  vouch: {
    check: ({ author, body }) => must(hex(body.get('subject')) !== author, 'VOU-1'),
    refs: named('subject'),
  },
  'review-commit': { refs: named('document') },
  review: {
    check: ({ body }) => must(body.has('commit') === body.has('salt'), 'RVW-1'),
    refs: named('document', 'subject', 'commit', 'counterpart'),
  },
  pattern: { refs: named('derived_from') },
  'pattern-outcome': { refs: named('pattern', 'document') },
};

/** @param {Reference[]} refs what a body implies, in any order, perhaps twice @returns {Reference[]} */
function inOrder(refs) {
  const sorted = [...refs].sort(compareReferences);
  return sorted.filter((ref, i) => i === 0 || compareReferences(sorted[i - 1], ref) !== 0);
}

/**
 * The references that a body implies.
 * @param {Record_} record @param {string} network @returns {Reference[]}
 */
export const impliedRefs = (record, network) =>
  isTombstone(record) ? [] : inOrder(PAGES[record.kind]?.refs?.(record, network) ?? []);

/**
 * Refuse a record of a known kind that has not the form of its kind.
 * @param {string} network @param {Record_} record
 * @throws {RuleBroken} KND-1 to KND-8, and the rules of the kind
 */
export function checkKind(network, record) {
  const kind = KINDS.get(record.kind);
  if (kind === undefined) return;
  must(record.slot < kind.slots, 'KND-1');
  must(record.expires <= dayOf(record.rev) + kind.days_max, 'KND-2');
  must(!kind.commons_only || record.space === 'commons', 'KND-3');
  if (isTombstone(record)) return;
  must(hasShape(record.body, kind.body), 'KND-4');
  const page = PAGES[record.kind] ?? {};
  page.check?.(record, network);
  must(JSON.stringify(record.refs) === JSON.stringify(impliedRefs(record, network)), 'KND-5');
  for (const deadline of page.deadlines?.(record, network) ?? []) {
    must(record.expires - dayOf(deadline) >= LIMITS.EVIDENCE_MARGIN_DAYS, 'KND-6');
  }
  if (record.kind === 'exhibit') checkInside(network, exhibited(record, network));
  must(!kind.evidence || record.wire.length <= LIMITS.EXHIBITED_BYTES_MAX, 'KND-8');
}

/** @param {string} network @param {Record_} inside */
function checkInside(network, inside) {
  must((KINDS.get(inside.kind)?.evidence ?? false) && !isTombstone(inside), 'KND-7');
  checkKind(network, inside);
}
