// Carries the frames of a sync over a libp2p stream: four bytes of length, then the frame (spec/sync.md, stream).

import { byteStream } from '@libp2p/utils';
import { LIMITS } from '../lib/registry.js';
import { Session } from '../lib/sync/session.js';

const FRAME_MS_MAX = 30_000;
const LENGTH_BYTES = 4;

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
 * Hold one conversation.
 * @param {import('@libp2p/interface').Stream} stream @param {boolean} opens whether we opened the stream
 * @param {import('../lib/sync/session.js').Hello} own @param {import('../lib/sync/shelf.js').Shelf} shelf
 * @returns {Promise<void>} when both sides are done
 * @throws {Error} the other side broke a rule, was too slow, or went away; the stream is gone then
 */
export async function converse(stream, opens, own, shelf) {
  const bytes = byteStream(stream);
  const session = new Session(own, opens, shelf);
  // Writing must not wait for reading: two sides that each wait for the other to read first would stand still.
  let sent = Promise.resolve();
  const carryOut = (/** @type {import('../lib/sync/session.js').Effect[]} */ effects) => {
    for (const effect of effects) {
      if ('send' in effect) sent = sent.then(() => bytes.write(framed(effect.send)));
      else shelf.take(effect);
    }
    sent.catch((error) => stream.abort(error));
  };
  try {
    carryOut(session.start());
    while (!session.isOver) carryOut(session.take(await readFrame(bytes)));
    await sent;
    await stream.close();
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}
