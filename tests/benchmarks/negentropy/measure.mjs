// Reads the sets of the benchmark from standard input and says what range-based reconciliation costs on them.
//
// The implementation is that of a client: who is sent the ids of a range takes note of what differs, and does not send
// its own ids back as a server would. Between peers that is enough: what it has and the other lacks it can send at
// once, and for what it lacks it asks by id, which is counted here.
//
// Every set is all numbers below `size` without some; a record's time is its number, so that the newest come last.

import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'

import { nip77 } from 'nostr-tools'

const { Negentropy, NegentropyStorageVector } = nip77

const ID_BYTES = 32
const LENGTH_BYTES = 4

const idOf = (number) => createHash('sha256').update(`benchmark item ${number}`).digest('hex')

function storageOf(ids, size, lacked) {
  const absent = new Set(lacked)
  const storage = new NegentropyStorageVector()
  for (let number = 0; number < size; number += 1) {
    if (!absent.has(number)) storage.insert(number, ids[number])
  }
  storage.seal()
  return storage
}

function measured({ name, size, opener, answerer }, ids) {
  // Messages of any length: with a bound it would take more of them, and say some things again.
  const initiator = new Negentropy(storageOf(ids, size, opener), Number.MAX_SAFE_INTEGER)
  const responder = new Negentropy(storageOf(ids, size, answerer), Number.MAX_SAFE_INTEGER)
  const cost = { name, bytes: 0, roundTrips: 0, found: 0, openerCpu: 0, answererCpu: 0 }
  const counted = (side, work) => {
    const began = process.cpuUsage()
    const result = work()
    const used = process.cpuUsage(began)
    cost[side] += (used.user + used.system) / 1e6
    return result
  }
  const has = () => {
    cost.found += 1
  }
  const needs = () => {
    cost.found += 1
    cost.bytes += ID_BYTES
  }
  let message = counted('openerCpu', () => initiator.initiate())
  while (message) {
    // It says nothing where the protocol would have it say that nothing is left: one byte, its version.
    const answer = counted('answererCpu', () => responder.reconcile(message, has, needs)) ?? '61'
    cost.bytes += message.length / 2 + answer.length / 2 + 2 * LENGTH_BYTES
    cost.roundTrips += 1
    message = counted('openerCpu', () => initiator.reconcile(answer, has, needs))
  }
  return cost
}

const cases = JSON.parse(await text(process.stdin))
const ids = Array.from({ length: Math.max(...cases.map((one) => one.size)) }, (_, number) => idOf(number))
process.stdout.write(JSON.stringify(cases.map((one) => measured(one, ids))))
