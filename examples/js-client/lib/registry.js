// The registries of the specification, read from where they are, so that no number is written twice.

import { readFileSync } from 'node:fs';

/** @param {string} name @returns {any} */
const registry = (name) =>
  JSON.parse(readFileSync(new URL(`../../../spec/registries/${name}.json`, import.meta.url), 'utf8'));

/** @type {Record<string, number>} every bound of the protocol, under its name in the registry */
export const LIMITS = Object.fromEntries(
  registry('constants').constants.map((/** @type {any} */ { name, value }) => [name, value]),
);

const kinds = registry('kinds');

/** The edition of the registry of kinds. @type {number} */
export const EDITION = kinds.edition;

/**
 * @typedef {{name: string, slots: number, days_max: number, commons_only: boolean, evidence: boolean, body: Shape}} Kind
 * @typedef {import('./shapes.js').Shape} Shape
 */

/** @type {Map<string, Kind>} the kinds that this client knows */
export const KINDS = new Map(kinds.kinds.map((/** @type {Kind} */ kind) => [kind.name, kind]));

/** @type {Map<string, Shape>} the terms of each type of document that this client knows */
export const TERMS = new Map(registry('documents').types.map((/** @type {any} */ type) => [type.name, type.terms]));

const names = registry('names');

/** @type {string[]} */
export const TEXT_PREFIXES = names.text_prefixes.map((/** @type {any} */ { prefix }) => prefix);

/** @type {string} */
export const WORK_SALT = names.work_salt;

/** @type {string} */
export const BUNDLE_LABEL = names.bundle_label;

/** @type {string} */
export const SYNC_PROTOCOL = names.protocols[0].id;

/** @param {string} network @param {string} space @returns {string} */
export const topicOf = (network, space) => names.topic.replace('<network>', network).replace('<space>', space);

/** @type {Map<string, string>} the verdict of each rule, by its id */
export const VERDICTS = new Map(registry('rules').rules.map((/** @type {any} */ { id, verdict }) => [id, verdict]));
