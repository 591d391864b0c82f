// A node on the network: hears gossip, judges it, holds what it accepts, passes it on, and syncs with its peers.

import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { gossipsub, StrictSign, TopicValidatorResult } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { openBundle, openGossip, packGossip } from '../lib/bundle.js';
import { hasExpired } from '../lib/days.js';
import { RuleBroken } from '../lib/errors.js';
import { checkKind } from '../lib/kinds.js';
import { sha256 } from '../lib/native.js';
import { LIMITS, SYNC_PROTOCOL, topicOf } from '../lib/registry.js';
import { Replica } from '../lib/replica.js';
import { helloOf } from '../lib/session.js';
import { converse } from './conversation.js';

const SPACE = 'commons';
const SUBSCRIBER_MS_MAX = 5_000;

/**
 * @typedef {import('../lib/record.js').Record_} Record_
 * @typedef {import('../lib/operation.js').Operation} Operation
 */

export class Node {
  /** @type {any} the libp2p node, while this one runs */
  #host = null;

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
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
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
    await this.#host.handle(SYNC_PROTOCOL, (/** @type {any} */ stream) => this.#talk(stream));
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
    this.replica.expire(nowMs);
    const before = this.replica.operations.length;
    const verdicts = this.replica.absorb(operations, records, nowMs).map(({ verdict }) => verdict);
    if (verdicts.includes('accept') || this.replica.operations.length !== before) this.onChange();
    return verdicts;
  }

  /** @param {any} peer */
  async #syncWith(peer) {
    try {
      await this.#talk(await this.#host.dialProtocol(peer, SYNC_PROTOCOL));
    } catch (error) {
      this.onTrouble(`no sync with ${peer}: ${error}`);
    }
  }

  /**
   * The outermost handler of one session: whatever goes wrong in it ends this session and nothing else.
   * @param {any} stream
   */
  async #talk(stream) {
    try {
      await converse(stream, helloOf(this.network, [SPACE], Date.now()), {
        listing: (spaces) => this.#listing(spaces),
        wires: (ids) => this.#wires(ids),
        receive: (bundle) => {
          const { operations, records } = openBundle(this.network, bundle, LIMITS.SYNC_FRAME_BYTES_MAX);
          this.#absorb(operations, records);
        },
      });
    } catch (error) {
      this.onTrouble(`a sync ended early: ${error}`);
    }
  }

  /** @param {string[]} spaces */
  #listing(spaces) {
    const nowMs = Date.now();
    const records = this.replica.winners.filter(
      (record) => spaces.includes(record.space) && !hasExpired(record, nowMs),
    );
    return { operations: this.replica.operations.map(({ id }) => id), records: records.map(({ id }) => id) };
  }

  /** @param {import('../lib/session.js').Listing} ids */
  #wires(ids) {
    const pick = (/** @type {{id: string, wire: Uint8Array}[]} */ items, /** @type {string[]} */ wanted) => {
      const chosen = new Set(wanted);
      return items.filter(({ id }) => chosen.has(id)).map(({ wire }) => wire);
    };
    return {
      operations: pick(this.replica.operations, ids.operations),
      records: pick(this.replica.records, ids.records),
    };
  }
}
