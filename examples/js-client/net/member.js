// A person on the network: looks at what the node holds, tells what concerns them, and signs what they said they would.

import { unhex } from '../lib/bytes.js';
import { Author } from '../lib/author.js';
import { Evidence } from '../lib/evidence.js';
import { textOf } from '../lib/ids.js';
import { statementOf } from '../lib/person.js';
import { stateHash } from '../lib/statehash.js';
import { Node } from './node.js';
import { canBeShown, offersTo, shown } from './seats.js';

const SYNC_MS = 15_000;

/**
 * @typedef {(event: string, fields: {[name: string]: any}) => void} Tell
 * @typedef {object} Wishes
 * @property {Set<string>} accepted  documents to sign, and identities of which every offer is to be signed
 * @property {boolean} untilFormed  leave once a team with a seat of ours has formed
 * @property {boolean} state  tell the state hash whenever it changes
 */

/** @param {string} id */
const documentText = (id) => textOf('doc', unhex(id));

/** @param {string} id */
const recordText = (id) => textOf('rec', unhex(id));

/** One person with one node. */
export class Member {
  /** What has been told of each team, so that it is told once. @type {Map<string, string>} */
  #told = new Map();
  #hash = '';
  #isLooking = false;
  #isChanged = false;
  /** @type {(error?: unknown) => void} */
  #end = () => {};

  /** @param {import('./keys.js').Keys} keys @param {Wishes} wishes @param {Tell} tell */
  constructor(keys, wishes, tell) {
    this.author = new Author(keys.network, keys.secrets);
    this.wishes = wishes;
    this.tell = tell;
    this.node = new Node(keys.network, keys.node, {
      onChange: () => this.#changed(),
      onTrouble: (said) => tell('trouble', { said }),
    });
  }

  get identity() {
    return textOf('folk', unhex(this.author.identity));
  }

  /**
   * Be on the network until told to leave, or until what was wished for has come.
   * @param {string[]} peers @param {string | undefined} name for the profile @param {AbortSignal} signal
   */
  async join(peers, name, signal) {
    const over = new Promise((resolve, reject) => {
      this.#end = (error) => (error === undefined ? resolve(undefined) : reject(error));
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    over.catch(() => {}); // whoever fails first is heard below, also while we are still joining
    await this.node.start();
    const timer = setInterval(() => void this.#meetAgain(peers), SYNC_MS);
    try {
      this.node.replica.absorb([this.author.genesis], [], Date.now());
      for (const address of peers) await this.node.meet(address);
      this.tell('joined', { listening: this.node.addresses, records: this.node.replica.records.length });
      if (name !== undefined) await this.#introduce(name);
      await over;
    } finally {
      clearInterval(timer);
      await this.node.stop();
    }
  }

  /** Sign a document, or whatever an identity drafts, as soon as it waits for us. @param {string} id in hex */
  accept(id) {
    this.wishes.accepted.add(id);
    this.#changed();
  }

  /** Sync with the nodes we were told of, and connect again to those that went away. @param {string[]} peers */
  async #meetAgain(peers) {
    const met = await Promise.allSettled(peers.map((address) => this.node.meet(address)));
    for (const one of met) if (one.status === 'rejected') this.tell('trouble', { said: String(one.reason) });
  }

  /** Say who we are, unless that has been said. @param {string} name */
  async #introduce(name) {
    const { node, author } = this;
    const evidence = new Evidence(node.replica, Date.now());
    if (statementOf(evidence, author.identity, 'profile')?.body.get('name') === name) return;
    const profile = author.say(node.replica, 'profile', { name }, Date.now());
    await node.publish([author.genesis], [profile]);
    this.tell('profile', { name, record: recordText(profile.id) });
  }

  #changed() {
    this.#isChanged = true;
    if (!this.#isLooking) this.#look().catch((error) => this.#end(error));
  }

  /** Look at what is held until nothing new has come, and act on it. */
  async #look() {
    this.#isLooking = true;
    while (this.#isChanged) {
      this.#isChanged = false;
      const evidence = new Evidence(this.node.replica, Date.now());
      if (this.wishes.state) this.#tellState(evidence);
      for (const offer of offersTo(evidence, this.author.identity)) await this.#consider(offer);
    }
    this.#isLooking = false;
  }

  /** @param {Evidence} evidence */
  #tellState(evidence) {
    const hash = stateHash(evidence);
    if (hash !== this.#hash) this.tell('state', { state_hash: hash });
    this.#hash = hash;
  }

  /** @param {import('./seats.js').Offer} offer */
  async #consider({ document, status, seats }) {
    const isNews = this.#told.get(document.id) !== status;
    this.#told.set(document.id, status);
    if (isNews) this.tell(status, shown(document));
    if (status === 'formed' && this.wishes.untilFormed) this.#end();
    const isWished = this.wishes.accepted.has(document.id) || this.wishes.accepted.has(document.drafter);
    if (status !== 'offered' || !isWished || seats.length === 0) return;
    if (!canBeShown(document)) {
      const why = 'it has parts that this client does not know, and nobody signs what they cannot be shown';
      if (isNews) this.tell('not signed', { document: documentText(document.id), why });
      return;
    }
    for (const seat of seats) await this.#sign(document, seat);
  }

  /** @param {import('../lib/agreement.js').Document} document @param {number} seat */
  async #sign(document, seat) {
    const { node, author } = this;
    const accept = author.accept(node.replica, document, seat, Date.now());
    await node.publish([author.genesis], [accept]);
    this.tell('accepted', { document: documentText(document.id), seat, record: recordText(accept.id) });
  }
}
