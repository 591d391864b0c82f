// A node on the network: hears gossip, judges it, holds what it accepts, passes it on, and syncs with its peers.

import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { gossipsub, StrictSign, TopicValidatorResult } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { openGossip, packGossip } from '../lib/bundle.js';
import { dayOf } from '../lib/days.js';
import { RuleBroken } from '../lib/errors.js';
import { checkKind } from '../lib/kinds.js';
import { sha256 } from '../lib/native.js';
import { LIMITS, SYNC_PROTOCOL, topicOf } from '../lib/registry.js';
import { Replica } from '../lib/replica.js';
import { Declined } from '../lib/sync/declined.js';
import { helloOf } from '../lib/sync/session.js';
import { Shelf, Sketched } from '../lib/sync/shelf.js';
import { converse } from './conversation.js';
import { ways } from './transports.js';

const SPACE = 'commons';
const SUBSCRIBER_MS_MAX = 5_000;
const PEERS_REMEMBERED_MAX = 256;

/**
 * @typedef {import('../lib/record.js').Record_} Record_
 * @typedef {import('../lib/operation.js').Operation} Operation
 */

export class Node {
  /** @type {any} the libp2p node, while this one runs */
  #host = null;
  #sketched = new Sketched();
  /** @type {Map<string, Declined>} by peer, the one we spoke with last at the end */
  #declined = new Map();

  /**
   * @param {string} network @param {Uint8Array} seed of the libp2p identity
   * @param {{onChange: () => void, onTrouble: (said: string) => void}} listener
   */
  constructor(network, seed, { onChange, onTrouble }) {
    this.network = network;
    this.seed = seed;
    this.onChange = onChange;
    this.onTrouble = onTrouble;
    this.replica = new Replica(network);
    this.topic = topicOf(network, SPACE);
  }

  get addresses() {
    return this.#host.getMultiaddrs().map(String);
  }

  async start() {
    this.#host = await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', this.seed),
      ...ways,
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: {
        identify: identify(),
        pubsub: gossipsub({
          globalSignaturePolicy: StrictSign,
          msgIdFn: (message) => sha256(message.data),
          allowPublishToZeroTopicPeers: true,
          ignoreDuplicatePublishError: true,
          fallbackToFloodsub: false,
          maxInboundDataLength: LIMITS.GOSSIP_BYTES_MAX,
        }),
      },
    });
    const { pubsub } = this.#host.services;
    pubsub.topicValidators.set(this.topic, (/** @type {any} */ peer, /** @type {any} */ message) =>
      this.#hear(peer, message),
    );
    pubsub.subscribe(this.topic);
    await this.#host.handle(SYNC_PROTOCOL, (/** @type {any} */ stream, /** @type {any} */ connection) =>
      this.#talk(stream, connection.remotePeer, false),
    );
  }

  async stop() {
    await this.#host.stop();
  }

  /** Connect to a node and sync with it. @param {string} address */
  async meet(address) {
    const connection = await this.#host.dial(multiaddr(address));
    await this.#syncWith(connection.remotePeer);
  }

  /** Sync with every node that is connected; one that fails is named, and the others are not kept from it. */
  async sync() {
    await Promise.all(this.#host.getPeers().map((/** @type {any} */ peer) => this.#syncWith(peer)));
  }

  /**
   * Take in records of one author's own, and tell the network.
   *
   * By gossip, and by a sync only where nobody heard it: a node that has a record from a sync already when the message
   * comes does not pass the message on.
   * @param {Operation[]} operations of the author @param {Record_[]} records
   */
  async publish(operations, records) {
    const verdicts = this.replica.absorb(operations, records, Date.now());
    const refused = verdicts.find(({ verdict }) => verdict !== 'accept');
    if (refused !== undefined) throw new Error(`our own statement would be refused: ${refused.rule}`);
    await this.#subscriber();
    const { pubsub } = this.#host.services;
    const { recipients } = await pubsub.publish(this.topic, packGossip(this.network, operations, records));
    if (recipients.length === 0) await this.sync();
    this.onChange();
  }

  /** Wait until somebody would hear, or long enough. */
  async #subscriber() {
    const { pubsub } = this.#host.services;
    if (pubsub.getSubscribers(this.topic).length > 0) return;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, SUBSCRIBER_MS_MAX);
      const heard = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
      pubsub.addEventListener('subscription-change', heard, { once: true });
    });
  }

  /** Judge a message of gossip before it is passed on. @param {any} peer who passed it on @param {any} message */
  #hear(peer, message) {
    if (message.type !== 'signed' || message.from.type !== 'Ed25519') return TopicValidatorResult.Reject;
    try {
      const { operations, records } = openGossip(this.network, SPACE, message.data);
      for (const record of records) checkKind(this.network, record);
      const verdicts = this.#absorb(operations, records);
      if (verdicts.includes('defer')) void this.#syncWith(peer);
      return verdicts.includes('accept') ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore;
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      this.onTrouble(`a message of ${peer} was refused by ${error.rule}`);
      return TopicValidatorResult.Reject;
    }
  }

  /** @param {Operation[]} operations @param {Record_[]} records */
  #absorb(operations, records) {
    const nowMs = Date.now();
    this.replica.letGo(nowMs);
    const before = this.replica.operations.length;
    const verdicts = this.replica.absorb(operations, records, nowMs).map(({ verdict }) => verdict);
    if (verdicts.includes('accept') || this.replica.operations.length !== before) this.onChange();
    return verdicts;
  }

  /** @param {any} peer */
  async #syncWith(peer) {
    try {
      await this.#talk(await this.#host.dialProtocol(peer, SYNC_PROTOCOL), peer, true);
    } catch (error) {
      this.onTrouble(`no sync with ${peer}: ${error}`);
    }
  }

  /**
   * The outermost handler of one session: whatever goes wrong in it ends this session and nothing else.
   * @param {any} stream @param {any} peer @param {boolean} opens whether we opened the stream
   */
  async #talk(stream, peer, opens) {
    const nowMs = Date.now();
    const declined = this.#declinedBy(String(peer));
    declined.turnTo(dayOf(nowMs));
    const shelf = new Shelf(this.replica, this.#sketched, declined, (operations, records) =>
      this.#absorb(operations, records),
    );
    try {
      await converse(stream, opens, helloOf(this.network, [SPACE], nowMs), shelf);
    } catch (error) {
      this.onTrouble(`a sync ended early: ${error}`);
    }
  }

  /** What a peer has declined, as far as that is remembered. @param {string} peer */
  #declinedBy(peer) {
    const declined = this.#declined.get(peer) ?? new Declined();
    this.#declined.delete(peer);
    this.#declined.set(peer, declined);
    if (this.#declined.size > PEERS_REMEMBERED_MAX) {
      const [longestAgo] = this.#declined.keys();
      this.#declined.delete(longestAgo);
    }
    return declined;
  }
}
