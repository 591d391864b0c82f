// Carries the frames of a sync over a libp2p stream: four bytes of length, then the frame (spec/sync.md, stream).

import { byteStream } from '@libp2p/utils';
import { LIMITS } from '../lib/registry.js';
import { bundleFrames, Session } from '../lib/session.js';

const FRAME_MS_MAX = 30_000;
const LENGTH_BYTES = 4;

/**
 * @typedef {import('../lib/session.js').Hello} Hello
 * @typedef {import('../lib/session.js').Listing} Listing
 *
 * What a conversation asks of whoever holds the records.
 * @typedef {object} Shelf
 * @property {(spaces: string[]) => Listing} listing
 * @property {(ids: Listing) => {operations: Uint8Array[], records: Uint8Array[]}} wires
 * @property {(bundle: Uint8Array) => void} receive
 */

/** @param {Uint8Array} frame */
function framed(frame) {
  const written = new Uint8Array(LENGTH_BYTES + frame.length);
  new DataView(written.buffer).setUint32(0, frame.length);
  written.set(frame, LENGTH_BYTES);
  return written;
}

/** @param {import('@libp2p/utils').ByteStream<any>} bytes @returns {Promise<Uint8Array>} */
async function readFrame(bytes) {
  const signal = AbortSignal.timeout(FRAME_MS_MAX);
  const length = (await bytes.read({ bytes: LENGTH_BYTES, signal })).getUint32(0);
  if (length > LIMITS.SYNC_FRAME_BYTES_MAX) throw new Error(`a frame of ${length} bytes`);
  if (length === 0) return new Uint8Array(0);
  return (await bytes.read({ bytes: length, signal })).subarray();
}

/**
 * Hold one conversation, whoever opened the stream: both sides do the same.
 * @param {import('@libp2p/interface').Stream} stream @param {Hello} own @param {Shelf} shelf
 * @returns {Promise<void>} when both sides are done
 * @throws {Error} the other side broke a rule, was too slow, or went away; the stream is gone then
 */
export async function converse(stream, own, shelf) {
  const bytes = byteStream(stream);
  const session = new Session(own, shelf.listing);
  // Writing must not wait for reading: two sides that each wait for the other to read first would stand still.
  let sent = Promise.resolve();
  const send = (/** @type {Uint8Array[]} */ frames) => {
    for (const frame of frames) sent = sent.then(() => bytes.write(framed(frame)));
    sent.catch((error) => stream.abort(error));
  };
  try {
    send([session.hello()]);
    while (!session.isOver) {
      for (const effect of session.take(await readFrame(bytes))) {
        if (effect === 'finished') continue;
        if ('greeted' in effect) send(session.listing());
        else if ('receive' in effect) shelf.receive(effect.receive);
        else {
          const { operations, records } = shelf.wires(effect.offer);
          send(bundleFrames(own.network, operations, records));
        }
      }
    }
    await sent;
    await stream.close();
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
