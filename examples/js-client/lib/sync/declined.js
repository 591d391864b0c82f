// What a peer does not want to be offered again, so that it is left out of what it is told (spec/sync.md, declining).

const REMEMBERED_MAX = 16_384;

/** What one peer has declined. Ids of identities and items are hex. */
export class Declined {
  #hosting = 0;
  #day = 0;
  /** @type {Set<string>} */
  identities = new Set();
  /** @type {Set<string>} the first 16 bytes of ids */
  items = new Set();

  /** Forget the items that were declined on another day. @param {number} day by our own clock */
  turnTo(day) {
    if (day !== this.#day) this.items.clear();
    this.#day = day;
  }

  /** Forget the identities that the peer may host by now. @param {number} hosting what the peer says of itself */
  turnToHosting(hosting) {
    if (hosting !== this.#hosting) this.identities.clear();
    this.#hosting = hosting;
  }

  /** @param {string[]} identities @param {string[]} items */
  note(identities, items) {
    for (const id of identities) if (this.identities.size < REMEMBERED_MAX) this.identities.add(id);
    for (const item of items) if (this.items.size < REMEMBERED_MAX) this.items.add(item);
  }

  /** Forget what came from the peer after all. @param {string} identity @param {string} item */
  forget(identity, item) {
    this.identities.delete(identity);
    this.items.delete(item);
  }
}
