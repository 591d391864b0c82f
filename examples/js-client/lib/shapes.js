// What a value may be, said as data: the shapes of the registries (spec/kinds.md).

import { isBytes } from './bytes.js';
import { isInteger, isMap, lengthOf } from './encoding.js';

/**
 * @typedef {{shape: 'text', length_max: number} | {shape: 'choice', words: string[]} | {shape: 'flag'}
 *   | {shape: 'integer', least: number, greatest: number} | {shape: 'bytes', length_min: number, length_max: number}
 *   | {shape: 'many', least: number, most: number, item: Shape} | {shape: 'anything'}
 *   | {shape: 'fields', required: {[name: string]: Shape}, optional: {[name: string]: Shape}}} Shape
 */

/**
 * Whether a number is within bounds, both included.
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
const within = (value, least, most) => value >= least && value <= most;

/**
 * Whether a decoded value has a shape.
 * @param {any} value @param {Shape} shape
 * @returns {boolean}
 */
export function hasShape(value, shape) {
  switch (shape.shape) {
    case 'text':
      return typeof value === 'string' && within(lengthOf(value), 1, shape.length_max);
    case 'choice':
      return typeof value === 'string' && shape.words.includes(value);
    case 'integer':
      return isInteger(value) && within(value, shape.least, shape.greatest);
    case 'flag':
      return typeof value === 'boolean';
    case 'bytes':
      return isBytes(value) && within(value.length, shape.length_min, shape.length_max);
    case 'many':
      return (
        Array.isArray(value) &&
        within(value.length, shape.least, shape.most) &&
        value.every((item) => hasShape(item, shape.item))
      );
    case 'fields':
      return (
        isMap(value) &&
        Object.entries(shape.required).every(
          ([name, inner]) => value.has(name) && hasShape(value.get(name), inner),
        ) &&
        Object.entries(shape.optional).every(
          ([name, inner]) => !value.has(name) || hasShape(value.get(name), inner),
        )
      );
    case 'anything':
      return true;
    default:
      throw new TypeError(`a shape that this client does not know: ${JSON.stringify(shape)}`);
  }
}

/**
 * The keys that a shape does not name, at any depth, each with those around it.
 * @param {any} value @param {Shape} shape @param {string} where
 * @returns {string[]}
 */
export function unnamed(value, shape, where) {
  if (shape.shape === 'many' && Array.isArray(value)) return value.flatMap((item) => unnamed(item, shape.item, where));
  if (shape.shape !== 'fields' || !isMap(value)) return [];
  const known = { ...shape.required, ...shape.optional };
  return [...value.entries()].flatMap(([name, inner]) => {
    const place = where === '' ? name : `${where}.${name}`;
    return Object.hasOwn(known, name) ? unnamed(inner, known[name], place) : [place];
  });
}
