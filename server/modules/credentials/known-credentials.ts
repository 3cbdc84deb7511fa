import type { Principal } from '../../access/identity.ts';
import type { Role } from '../../access/roles.ts';
import type { Lasting, PackedShelf } from '../../memory.ts';

/** What a legacy API key is and may do by itself. */
export interface ApiKey {
  orgId: number;
  name: string;
  role: Role;
  isServerAdmin: boolean;
}

/** An account as authentication needs it. */
export interface Account extends Lasting {
  principal: Principal;
  isDisabled: boolean;
}

/** A key or token as authentication needs it. */
export interface KnownCredential {
  readonly id: number;
  /** The account whose token it is, or its id as long as it is not known; or the key itself. */
  holder: Account | number | ApiKey;
  readonly isRevoked: boolean;
  /** Milliseconds since 1970; null is never. */
  readonly expiresAt: number | null;
  /** The last use that was noted, in minutes since 1970. */
  notedMinute: number;
}

const HASH_LETTERS = 43;
// Five letters in each: of what has more than 31 bits V8 makes an object.
const HASH_WORDS = 9;
const LETTERS_A_WORD = 5;
const WORD_BYTES = 4;

// A row has 64 bytes, as much as a processor fetches at once: the words of the hash, then these.
const MINUTE = 36;
const ID = 40;
const EXPIRY = 48;
const FLAGS = 56;
// Another one whenever a row is filled.
const STAMP = 60;
const ROW_BYTES = 64;

const IS_KEPT = 1;
const IS_REVOKED = 2;
// Asked for since the hand of the clock came by.
const IS_WANTED = 4;

const BLOCK_BITS = 10;
// glibc gives what is large 16 bytes into a page: from here on each row is in one line of the processor's cache, and not in two.
const FIRST_ROW = 48;
const FEWEST_PLACES = 256;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new DataView(new ArrayBuffer(128));
for (let value = 0; value < LETTERS.length; value++) VALUES.setUint8(LETTERS.charCodeAt(value), value);

/**
 * Keys and tokens by the SHA-256 of their secrets in base64url. There may be very many, and one takes 80 bytes here; as an object in a
 * map it takes 170, through which the garbage collector has to go besides. Beyond `most`, one goes that was not asked for lately
 * (the clock algorithm: a hand goes round and takes what nobody wanted since it last came by).
 */
export class KnownCredentials implements PackedShelf<KnownCredential> {
  readonly #most: number;
  readonly #sought = new DataView(new ArrayBuffer(HASH_WORDS * WORD_BYTES));
  #blocks: DataView[] = [];
  #holders: KnownCredential['holder'][] = [];
  #freeRows: number[] = [];
  /** Which row is where, from the first word of its hash on: 1 is the first row, 0 none. */
  #places = new Int32Array(FEWEST_PLACES);
  #size = 0;
  #lastStamp = 0;
  #hand = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  takes(key: string): boolean {
    return key.length === HASH_LETTERS && !key.includes(':');
  }

  get(hash: string): KnownCredential | undefined {
    const row = this.#rowAt(this.#seek(hash));
    if (row === -1) return undefined;
    const block = this.#blockOf(row);
    const start = startOf(row);
    const flags = block.getUint8(start + FLAGS);
    if ((flags & IS_WANTED) === 0) block.setUint8(start + FLAGS, flags | IS_WANTED);
    const expiresAt = block.getFloat64(start + EXPIRY);
    return new Copy(this, row, block.getUint32(start + STAMP), {
      id: block.getFloat64(start + ID),
      holder: this.#holders[row] ?? 0,
      isRevoked: (flags & IS_REVOKED) !== 0,
      expiresAt: expiresAt === Infinity ? null : expiresAt,
      notedMinute: block.getUint32(start + MINUTE),
    });
  }

  set(hash: string, { id, holder, isRevoked, expiresAt, notedMinute }: KnownCredential): void {
    this.delete(hash);
    if (this.#size === this.#most) this.#dropUnwanted();
    if ((this.#size + 1) * 2 > this.#places.length) this.#doublePlaces();
    const row = this.#freeRows.pop() ?? this.#holders.length;
    const block = (this.#blocks[row >> BLOCK_BITS] ??= new DataView(
      new ArrayBuffer(FIRST_ROW + (ROW_BYTES << BLOCK_BITS)),
    ));
    const start = startOf(row);
    this.#places[this.#seek(hash)] = row + 1;
    for (let at = 0; at < HASH_WORDS * WORD_BYTES; at += WORD_BYTES) {
      block.setInt32(start + at, this.#sought.getInt32(at));
    }
    block.setFloat64(start + ID, id);
    block.setFloat64(start + EXPIRY, expiresAt ?? Infinity);
    block.setUint32(start + MINUTE, notedMinute);
    block.setUint8(start + FLAGS, IS_KEPT | (isRevoked ? IS_REVOKED : 0));
    block.setUint32(start + STAMP, ++this.#lastStamp);
    this.#holders[row] = holder;
    this.#size++;
  }

  delete(hash: string): void {
    const place = this.#seek(hash);
    if (this.#rowAt(place) !== -1) this.#drop(place);
  }

  clear(): void {
    this.#blocks = [];
    this.#holders = [];
    this.#freeRows = [];
    this.#places = new Int32Array(FEWEST_PLACES);
    this.#size = 0;
    this.#hand = 0;
  }

  /** Keeps what was written to a copy, where the row still is what it was copied from. */
  write({ row, stamp, holder, notedMinute }: Copy): void {
    const block = this.#blocks[row >> BLOCK_BITS];
    const start = startOf(row);
    if (block === undefined || block.getUint32(start + STAMP) !== stamp) return;
    block.setUint32(start + MINUTE, notedMinute);
    this.#holders[row] = holder;
  }

  /** The place of a hash, which is `sought` from then on, or the empty one where it would be. */
  #seek(hash: string): number {
    const sought = this.#sought;
    for (let word = 0, letter = 0; word < HASH_WORDS; word++) {
      const end = Math.min(letter + LETTERS_A_WORD, HASH_LETTERS);
      let bits = 0;
      while (letter < end) bits = (bits << 6) | VALUES.getUint8(hash.charCodeAt(letter++) & 127);
      sought.setInt32(word * WORD_BYTES, bits);
    }
    let place = sought.getInt32(0) & (this.#places.length - 1);
    for (let row = this.#rowAt(place); row !== -1 && !this.#isSought(row); row = this.#rowAt(place)) {
      place = this.#next(place);
    }
    return place;
  }

  #isSought(row: number): boolean {
    const block = this.#blockOf(row);
    const start = startOf(row);
    for (let at = 0; at < HASH_WORDS * WORD_BYTES; at += WORD_BYTES) {
      if (block.getInt32(start + at) !== this.#sought.getInt32(at)) return false;
    }
    return true;
  }

  #doublePlaces(): void {
    this.#places = new Int32Array(this.#places.length * 2);
    for (let row = 0; row < this.#holders.length; row++) {
      if ((this.#blockOf(row).getUint8(startOf(row) + FLAGS) & IS_KEPT) === 0) continue;
      let place = this.#homeOf(row);
      while (this.#rowAt(place) !== -1) place = this.#next(place);
      this.#places[place] = row + 1;
    }
  }

  #dropUnwanted(): void {
    for (;;) {
      const row = this.#hand;
      this.#hand = (row + 1) % this.#holders.length;
      const block = this.#blockOf(row);
      const flags = block.getUint8(startOf(row) + FLAGS);
      if ((flags & (IS_KEPT | IS_WANTED)) === IS_KEPT) {
        let place = this.#homeOf(row);
        while (this.#rowAt(place) !== row) place = this.#next(place);
        this.#drop(place);
        return;
      }
      block.setUint8(startOf(row) + FLAGS, flags & ~IS_WANTED);
    }
  }

  /** Empties a place and moves up what would not be found behind the gap. */
  #drop(place: number): void {
    const row = this.#rowAt(place);
    const last = this.#places.length - 1;
    let gap = place;
    for (let next = this.#next(gap); this.#rowAt(next) !== -1; next = this.#next(next)) {
      const distance = (next - this.#homeOf(this.#rowAt(next))) & last;
      if (distance < ((next - gap) & last)) continue;
      this.#places[gap] = this.#places[next] ?? 0;
      gap = next;
    }
    this.#places[gap] = 0;
    const block = this.#blockOf(row);
    block.setUint8(startOf(row) + FLAGS, 0);
    block.setUint32(startOf(row) + STAMP, 0);
    this.#holders[row] = 0;
    this.#freeRows.push(row);
    this.#size--;
  }

  #next(place: number): number {
    return (place + 1) & (this.#places.length - 1);
  }

  #rowAt(place: number): number {
    return (this.#places[place] ?? 0) - 1;
  }

  #homeOf(row: number): number {
    return this.#blockOf(row).getInt32(startOf(row)) & (this.#places.length - 1);
  }

  #blockOf(row: number): DataView {
    return this.#blocks[row >> BLOCK_BITS] as DataView;
  }
}

/** What was found in a row. It can be kept for as long as one likes: what is written to it never goes into a row of another state. */
class Copy implements KnownCredential {
  readonly id: number;
  readonly isRevoked: boolean;
  readonly expiresAt: number | null;
  readonly row: number;
  readonly stamp: number;
  readonly #shelf: KnownCredentials;
  #holder: KnownCredential['holder'];
  #notedMinute: number;

  constructor(shelf: KnownCredentials, row: number, stamp: number, credential: KnownCredential) {
    this.id = credential.id;
    this.isRevoked = credential.isRevoked;
    this.expiresAt = credential.expiresAt;
    this.row = row;
    this.stamp = stamp;
    this.#shelf = shelf;
    this.#holder = credential.holder;
    this.#notedMinute = credential.notedMinute;
  }

  get holder(): KnownCredential['holder'] {
    return this.#holder;
  }

  set holder(holder: KnownCredential['holder']) {
    this.#holder = holder;
    this.#shelf.write(this);
  }

  get notedMinute(): number {
    return this.#notedMinute;
  }

  set notedMinute(minute: number) {
    this.#notedMinute = minute;
    this.#shelf.write(this);
  }
}

function startOf(row: number): number {
  return FIRST_ROW + (row & (2 ** BLOCK_BITS - 1)) * ROW_BYTES;
}
