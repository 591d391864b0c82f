// The page: one person who joins from a browser, sees what they are offered, and signs what they choose to.
//
// Everything that others wrote goes onto the page as text, never as markup. Whatever happens is also an event on the
// document, named `folkmoot`, for whoever watches the page from outside.

import { hex } from '../lib/bytes.js';
import { readText, textOf } from '../lib/ids.js';
import { makeKeys, readKeys } from '../net/keys.js';
import { Member } from '../net/member.js';

const EVENTS_MAX = 200;

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);

/** @param {string} tag @param {string} [text] @param {Node[]} [children] */
function made(tag, text = '', children = []) {
  const node = document.createElement(tag);
  node.textContent = text;
  node.append(...children);
  return node;
}

/** @param {any} value */
const inWords = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));

/** Terms and descriptions, in pairs. @param {{[name: string]: any}} fields */
const pairs = (fields) =>
  Object.entries(fields).flatMap(([name, value]) => [made('dt', name.replaceAll('_', ' ')), made('dd', inWords(value))]);

/** Facts of which the latest is shown: the identity, the state hash, the paper key. @type {Map<string, string>} */
const facts = new Map();

/** @param {string} name @param {string} value */
function setFact(name, value) {
  facts.set(name, value);
  element('facts').replaceChildren(...pairs(Object.fromEntries(facts)));
}

/**
 * Read this person's keys from what the browser keeps for this page, or make them.
 * @param {string} network
 */
function keysOf(network) {
  const kept = localStorage.getItem(`folkmoot/${network}`);
  if (kept !== null) return readKeys(kept, network);
  const { keys, text, paper } = makeKeys(network);
  localStorage.setItem(`folkmoot/${network}`, text);
  setFact('paper key: write it down, it is shown once and kept nowhere', textOf('paper', paper));
  return keys;
}

/** A team's document, with a button where a seat waits for this person. @param {Member} member @param {string} status @param {{[name: string]: any}} fields */
function showTeam(member, status, { document: id, ...fields }) {
  const card = element(id) ?? element('teams').appendChild(made('article'));
  card.id = id;
  card.replaceChildren(made('h2', fields.name ?? id), made('p', status), made('dl', '', pairs({ document: id, ...fields })));
  if (status !== 'offered') return;
  const sign = card.appendChild(made('button', 'Sign'));
  sign.addEventListener('click', () => {
    sign.remove();
    member.accept(hex(readText(id, ['doc']).id));
  });
}

/** @param {string} event @param {{[name: string]: any}} fields */
function log(event, fields) {
  const events = element('events');
  events.append(made('li', `${event} ${Object.values(fields).map(inWords).join(' ')}`));
  while (events.childElementCount > EVENTS_MAX) events.firstElementChild.remove();
}

/** @param {string} peer @param {string} network @param {string | undefined} name */
async function join(peer, network, name) {
  /** @type {import('../net/member.js').Tell} */
  const tell = (event, fields) => {
    if (event === 'state') setFact('state hash', fields.state_hash);
    else if ('parties' in fields) showTeam(member, event, fields);
    else log(event, fields);
    document.dispatchEvent(new CustomEvent('folkmoot', { detail: { event, ...fields } }));
  };
  const wishes = { accepted: new Set(), untilFormed: false, state: true };
  const member = new Member(keysOf(network), wishes, tell);
  setFact('identity', member.identity);
  tell('identity', { identity: member.identity });
  await member.join([peer], name, new AbortController().signal); // until the page is closed
}

element('joining').addEventListener('submit', (/** @type {SubmitEvent} */ submitted) => {
  submitted.preventDefault();
  const [peer, network, name] = ['peer', 'network', 'name'].map((id) => element(id).value.trim());
  element('joining').hidden = true;
  log('joining', { work: 'a new identity has work to show, which takes a browser some seconds' });
  // The work holds everything up: what is on the page by now must be painted first.
  requestAnimationFrame(() => setTimeout(() => join(peer, network, name || undefined).catch(stopped)));
});

/** @param {unknown} error which is no `Error` where a browser does not say why it cannot connect */
function stopped(error) {
  const why = error instanceof Error ? error.message : 'the peer does not answer';
  log('stopped', { why });
  element('joining').hidden = false;
  document.dispatchEvent(new CustomEvent('folkmoot', { detail: { event: 'stopped', why } }));
}
