// What a node holds and derives while messages come and time passes: the question `replay` of the conformance protocol.

import { unpack } from './bundle.js';
import { hex, unhex } from './bytes.js';
import { derived, idsOf } from './derived.js';
import { RuleBroken } from './errors.js';
import { Evidence } from './evidence.js';
import { operationsOf, recordsOf } from './openers.js';
import { Replica } from './replica.js';

/**
 * @typedef {{[name: string]: any}} Fields
 * @typedef {import('./openers.js').Openers} Openers
 * @typedef {[verdict: string, rule: string]} Said
 */

/**
 * Open items one by one; each is what it opened to, or what is said of it.
 * @template T
 * @param {string[]} wires @param {(wire: string) => T} open
 * @returns {({item: T} | {said: Said})[]}
 */
function openEach(wires, open) {
  return wires.map((wire) => {
    try {
      return { item: open(wire) };
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      return { said: ['reject', error.rule] };
    }
  });
}

/** @param {({item: any} | {said: Said})[]} opened @returns {any[]} */
const thatOpened = (opened) => opened.flatMap((one) => ('item' in one ? [one.item] : []));

/**
 * What is said of every item, once those that opened have been judged.
 * @param {({item: any} | {said: Said})[]} opened @param {Said[]} judged
 */
function saidOfAll(opened, judged) {
  const rest = judged.values();
  return opened.map((one) => ('said' in one ? one.said : rest.next().value));
}

/**
 * Take one message in; return what is said of its items, operations before records.
 * @param {Replica} replica @param {Fields} message @param {number} nowMs @param {Openers} open
 * @returns {(Said | undefined)[]}
 */
function take(replica, message, nowMs, open) {
  const { network } = replica;
  const operations = openEach(message.operations, (wire) => open.operation(network, wire));
  const records = openEach(message.records, (wire) => open.record(network, wire));
  const landing = thatOpened(operations);
  const verdicts = replica.absorb(landing, thatOpened(records), nowMs);
  const kept = new Set(idsOf(replica.operations));
  return [
    ...saidOfAll(
      operations,
      landing.map(({ id }) => (kept.has(id) ? ['accept', ''] : ['ignore', 'CHN-5'])),
    ),
    ...saidOfAll(
      records,
      verdicts.map(({ verdict, rule }) => [verdict, rule]),
    ),
  ];
}

/** The items of a message in hex, whichever form it has. @param {string} network @param {Fields} message */
function itemsOf(network, message) {
  if (message.bundle === undefined) return { operations: [], records: [], ...message };
  const { operations, records } = unpack(network, unhex(message.bundle));
  return { operations: operations.map(hex), records: records.map(hex) };
}

/** @param {Replica} replica @param {Fields} message @param {number} nowMs @param {Openers} open */
function receive(replica, message, nowMs, open) {
  let items;
  try {
    items = itemsOf(replica.network, message);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    return [['reject', error.rule]];
  }
  return take(replica, items, nowMs, open);
}

/** @param {Replica} replica @param {Fields} step @param {number} nowMs */
function told(replica, step, nowMs) {
  return {
    winners: idsOf(replica.winners).sort(),
    shown: idsOf(replica.live(nowMs)).sort(),
    kept: idsOf(replica.operations).sort(),
    waits: idsOf(replica.waiting).sort(),
    ...derived(new Evidence(replica, nowMs), step),
  };
}

/**
 * Go through the steps one after the other.
 * @param {Fields} asked @param {string} network @param {Openers} open
 * @returns {Fields}
 * @throws {RuleBroken} something that is held at first does not open
 */
export function replay(asked, network, open) {
  const { operations = [], held = [], waiting = [], messages, steps, end_only: isEndOnly } = asked;
  const replica = new Replica(network, Infinity);
  const beginMs = Number(steps[0]?.now_ms ?? 0);
  replica.absorb(operationsOf(operations, network, open), [], beginMs);
  replica.restore(recordsOf(held, network, open));
  replica.restoreWaiting(recordsOf(waiting, network, open));
  const answers = steps.map((/** @type {Fields} */ step, /** @type {number} */ place) => {
    const nowMs = Number(step.now_ms);
    replica.letGo(nowMs);
    const verdicts = step.message === undefined ? [] : receive(replica, messages[step.message], nowMs, open);
    if (isEndOnly && place < steps.length - 1) return {};
    return { verdicts, ...told(replica, step, nowMs) };
  });
  const { verdicts: _, ...end } = answers.at(-1) ?? {};
  return isEndOnly ? { end } : { steps: answers, end };
}
