// Well-formed MessagePack, read into values that still show everything the encoding's rules ask about.
//
// No library from the registry does this: the common ones turn 1.0 into the integer 1, drop keys that stand twice,
// refuse nil as a key, or put replacement characters where text is not UTF-8. Each of these is another answer here.

const NESTING_MAX = 512; // beyond this the specification leaves open what is said
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes that are not one whole MessagePack value. */
export class Malformed extends Error {}

/** Bytes that end within a value. */
export class CutOff extends Malformed {}

/** Something that MessagePack has and Folkmoot has not: nil, a floating-point number, an extension. */
export class Foreign {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }
}

/**
 * A map as it was written: keys of any sort but arrays and maps, perhaps twice, in any order.
 * @typedef {unknown} Loose  boolean, number, bigint, string, Uint8Array, Foreign, Loose[], or LooseMap
 */
export class LooseMap {
  /** @param {[Loose, Loose][]} entries */
  constructor(entries) {
    this.entries = entries;
  }
}

class Reader {
  /** @param {Uint8Array} wire */
  constructor(wire) {
    this.wire = wire;
    this.view = new DataView(wire.buffer, wire.byteOffset, wire.byteLength);
    this.at = 0;
  }

  /** @param {number} length */
  take(length) {
    if (length > this.wire.length - this.at) throw new CutOff('cut off');
    this.at += length;
    return this.at - length;
  }

  /** @param {1 | 2 | 4} width */
  length(width) {
    const at = this.take(width);
    return width === 1 ? this.view.getUint8(at) : width === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  /** @param {number} length */
  bytes(length) {
    const at = this.take(length);
    return this.wire.slice(at, at + length);
  }

  /** @param {number} length */
  text(length) {
    const at = this.take(length);
    try {
      return UTF8.decode(this.wire.subarray(at, at + length));
    } catch (error) {
      if (error instanceof TypeError) throw new Malformed('text that is not UTF-8');
      throw error;
    }
  }

  /** @param {number} length @param {number} depth */
  array(length, depth) {
    if (length > this.wire.length - this.at) throw new CutOff('cut off');
    const items = [];
    for (let i = 0; i < length; i++) items.push(this.value(depth + 1));
    return items;
  }

  /** @param {number} length @param {number} depth */
  map(length, depth) {
    if (2 * length > this.wire.length - this.at) throw new CutOff('cut off');
    /** @type {[Loose, Loose][]} */
    const entries = [];
    for (let i = 0; i < length; i++) {
      const key = this.value(depth + 1);
      if (Array.isArray(key) || key instanceof LooseMap) throw new Malformed('an array or map as key');
      entries.push([key, this.value(depth + 1)]);
    }
    return new LooseMap(entries);
  }

  /** @param {number} length */
  extension(length) {
    const type = this.view.getInt8(this.take(1));
    const at = this.take(length);
    if (type < -1) throw new Malformed('an extension of a reserved type');
    if (type !== -1) return new Foreign('extension');
    const nanoseconds = length === 8 ? this.view.getUint32(at) >>> 2 : length === 12 ? this.view.getUint32(at) : 0;
    if (![4, 8, 12].includes(length) || nanoseconds > 999_999_999) throw new Malformed('no timestamp');
    return new Foreign('timestamp');
  }

  /** @param {bigint} value */
  static narrow(value) {
    const narrow = Number(value);
    return Number.isSafeInteger(narrow) ? narrow : value;
  }

  /** @param {number} depth @returns {Loose} */
  value(depth) {
    if (depth > NESTING_MAX) throw new Malformed('nested too deep to read');
    const first = this.length(1);
    if (first <= 0x7f) return first;
    if (first <= 0x8f) return this.map(first & 0x0f, depth);
    if (first <= 0x9f) return this.array(first & 0x0f, depth);
    if (first <= 0xbf) return this.text(first & 0x1f);
    if (first >= 0xe0) return first - 0x100;
    return this.headed(first, depth);
  }

  /** @param {number} first @param {number} depth @returns {Loose} */
  headed(first, depth) {
    switch (first) {
      case 0xc0:
        return new Foreign('nil');
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.bytes(this.length(1));
      case 0xc5:
        return this.bytes(this.length(2));
      case 0xc6:
        return this.bytes(this.length(4));
      case 0xc7:
        return this.extension(this.length(1));
      case 0xc8:
        return this.extension(this.length(2));
      case 0xc9:
        return this.extension(this.length(4));
      case 0xca:
        this.take(4);
        return new Foreign('float');
      case 0xcb:
        this.take(8);
        return new Foreign('float');
      case 0xcc:
        return this.view.getUint8(this.take(1));
      case 0xcd:
        return this.view.getUint16(this.take(2));
      case 0xce:
        return this.view.getUint32(this.take(4));
      case 0xcf:
        return Reader.narrow(this.view.getBigUint64(this.take(8)));
      case 0xd0:
        return this.view.getInt8(this.take(1));
      case 0xd1:
        return this.view.getInt16(this.take(2));
      case 0xd2:
        return this.view.getInt32(this.take(4));
      case 0xd3:
        return Reader.narrow(this.view.getBigInt64(this.take(8)));
      case 0xd9:
        return this.text(this.length(1));
      case 0xda:
        return this.text(this.length(2));
      case 0xdb:
        return this.text(this.length(4));
      case 0xdc:
        return this.array(this.length(2), depth);
      case 0xdd:
        return this.array(this.length(4), depth);
      case 0xde:
        return this.map(this.length(2), depth);
      case 0xdf:
        return this.map(this.length(4), depth);
      case 0xc1:
        throw new Malformed('the byte c1');
      default:
        return this.extension(1 << (first - 0xd4)); // d4 to d8: fixext of 1, 2, 4, 8, 16
    }
  }
}

/**
 * Read one whole MessagePack value, whatever it holds.
 * @param {Uint8Array} wire @returns {Loose}
 * @throws {Malformed}
 */
export function readMessagePack(wire) {
  const reader = new Reader(wire);
  const value = reader.value(1);
  if (reader.at !== wire.length) throw new Malformed('bytes after the value');
  return value;
}

/**
 * Where the value ends with which bytes begin.
 * @param {Uint8Array} wire @returns {number}
 * @throws {Malformed}
 */
export function endOfMessagePack(wire) {
  const reader = new Reader(wire);
  reader.value(1);
  return reader.at;
}
