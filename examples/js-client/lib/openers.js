// How what arrives in hex is opened, many at a time.

import { unhex } from './bytes.js';
import { openOperation } from './operation.js';
import { openRecord } from './record.js';

/**
 * How operations and records are opened, given in hex. What bytes open to never changes, so whoever is asked a lot may
 * remember it.
 * @typedef {object} Openers
 * @property {(network: string, wire: string) => import('./operation.js').Operation} operation
 * @property {(network: string, wire: string) => import('./record.js').Record_} record
 */

/** @type {Openers} */
export const OPENERS = {
  operation: (network, wire) => openOperation(network, unhex(wire)),
  record: (network, wire) => openRecord(network, unhex(wire)),
};

/**
 * Openers that remember what the last wires opened to: whoever asks a million questions asks about the same operations
 * again, and to open one genesis costs as much as to answer ten questions.
 * @param {Openers} open @param {number} most operations, and as many records
 * @returns {Openers}
 */
export const remembering = ({ operation, record }, most) => ({
  operation: remembered(operation, most),
  record: remembered(record, most),
});

/**
 * @template T
 * @param {(network: string, wire: string) => T} open @param {number} most
 * @returns {(network: string, wire: string) => T}
 */
function remembered(open, most) {
  /** @type {Map<string, T>} in the order in which they were last asked for */
  const known = new Map();
  return (network, wire) => {
    const key = `${network} ${wire}`;
    const opened = known.get(key) ?? open(network, wire);
    known.delete(key);
    known.set(key, opened);
    if (known.size > most) known.delete(/** @type {string} */ (known.keys().next().value));
    return opened;
  };
}

/** @param {string[]} wires @param {string} network @param {Openers} open */
export const operationsOf = (wires, network, open) => wires.map((wire) => open.operation(network, wire));

/** @param {string[]} wires @param {string} network @param {Openers} open */
export const recordsOf = (wires, network, open) => wires.map((wire) => open.record(network, wire));
