#!/usr/bin/env node
// Answers the questions of a conformance harness: one JSON object a line in, one a line out, in their order.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { answer, canAnswer } from '../lib/answers.js';
import { RuleBroken } from '../lib/errors.js';
import { OPENERS, remembering } from '../lib/openers.js';
import { FrameBroken } from '../lib/talking.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const openers = remembering(OPENERS, 500);
let network = '';

/** @param {{do: string, [name: string]: any}} request @returns {object} what is said beside its number */
function said(request) {
  if (request.do === 'begin') {
    network = request.network;
    return { ok: { client: 'folkmoot-js-client', version, spec: '0.1' } };
  }
  if (!canAnswer(request.do)) return { unsupported: true };
  try {
    return { ok: answer(request.do, request, network, openers) };
  } catch (error) {
    // The outermost handler of one question: whatever broke is told to whoever asked, and the next one is answered.
    if (error instanceof FrameBroken) return { refuse: error.rule, frame: error.frame };
    if (error instanceof RuleBroken) return { refuse: error.rule };
    return { failed: String(error).slice(0, 500) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ n: request.n, ...said(request) })}\n`);
}
