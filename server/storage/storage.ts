import type { Readable } from 'node:stream';
import type { DirectTransfer } from './direct-transfer.js';

/** An inclusive run of bytes, as in RFC 9110 section 14.1.2 after it was resolved against a length. */
export interface ByteRange {
  first: number;
  last: number;
}

export interface StoredObject {
  key: string;
  /** Bytes. */
  byteSize: number;
  modifiedAt: Date;
}

export interface PutOptions {
  /** Bytes that `body` will give, where known. Fewer or more fail the put, and leave nothing. */
  byteSize?: number | undefined;
  contentType?: string | undefined;
  /**
   * False: whoever sent the bytes keeps them until they are stored for good. The object outlives this process, however
   * it ends, but a power cut may take it, or leave other bytes: what is read of it must be verified. While it is being
   * put, or when its process was killed then, part of it may be found under its key. A store that has no cheaper way
   * keeps it as any other.
   */
  durable?: boolean | undefined;
  /** Aborted: the put fails and leaves nothing. */
  signal?: AbortSignal | undefined;
}

export interface GetOptions {
  /** Must lie inside the object: anything else is a defect of the caller and throws. */
  range?: ByteRange | undefined;
  /** Aborted: the stream is destroyed with an AbortError. */
  signal?: AbortSignal | undefined;
}

export interface ListOptions {
  /** Only what is listed behind this key: where an earlier list was left off. */
  after?: string | undefined;
}

export interface CollectOptions {
  /** Deletes nothing: only counts. */
  dryRun?: boolean | undefined;
  /** Which of these keys somebody still writes to, however long ago that began. */
  held?: ((keys: readonly string[]) => Promise<ReadonlySet<string>>) | undefined;
}

/**
 * Where bytes are kept. Local disk and S3 behave alike: one contract suite (`test/contract/storage`) runs over both.
 *
 * Keys are made by the server only (`recordings/…`, `uploads/…`): `assertKey` in `safe-path.ts` holds the rules, and no
 * key may be the folder of another (`a` beside `a/b`). A key that breaks this is a defect of the caller and throws.
 *
 * Objects never change and are never overwritten: each attempt has a key of its own, so `ObjectExists` is a defect, but
 * for a client that repeats its PUT. Nothing may rely on it: some S3 servers ignore conditional writes.
 *
 * A missing object is `ObjectMissing` from `get` and `copy`, `undefined` from `head`, and no error for `delete`.
 * A store that cannot be reached, is full or refuses us is `StorageUnavailable`.
 */
export interface Storage extends AsyncDisposable {
  readonly kind: 'local' | 's3';
  /** Present where clients can exchange bytes with the store itself, past this server. */
  readonly direct?: DirectTransfer;
  /**
   * Streams `body` into an object that appears whole or not at all, and outlives a power cut once this resolves (but for
   * `durable: false`).
   * `body` is destroyed on failure; an error of its own comes through unchanged.
   */
  put(key: string, body: Readable, options?: PutOptions): Promise<StoredObject>;
  /** The object's bytes as a stream; the caller must consume or destroy it. */
  get(key: string, options?: GetOptions): Promise<Readable>;
  head(key: string): Promise<StoredObject | undefined>;
  delete(key: string): Promise<void>;
  /**
   * Every object whose key begins with `prefix`, ordered by the UTF-8 bytes of the keys, in memory that does not grow
   * with the number of objects. Objects that come or go meanwhile may be listed or not.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<StoredObject>;
  /**
   * Server-side copy: no bytes pass through this process where the store can avoid it. The copy is as old as the call,
   * not as its source, so that a sweep of old objects never takes a fresh copy.
   */
  copy(from: string, to: string): Promise<void>;
  /** Deletes what unfinished puts of dead processes left before this time. Answers how many there were. */
  collectTemporary(olderThan: Date, options?: CollectOptions): Promise<number>;
  /** Rejects with StorageUnavailable when the store is not there. Writes nothing: whoever asks may ask often. */
  reach(): Promise<void>;
  /** Rejects with StorageUnavailable when a small write, read or delete would fail now. */
  check(): Promise<void>;
}

export class ObjectMissing extends Error {
  override readonly name = 'ObjectMissing';
  constructor(readonly key: string) {
    super(`there is no object ${key}`);
  }
}

/** There is an object at the key already; it was left as it is. */
export class ObjectExists extends Error {
  override readonly name = 'ObjectExists';
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`there is an object ${key} already`, options);
  }
}

/** The store cannot be reached, is full or refuses us; `cause` is its own word. The same call may succeed later. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}

/** The stream gave fewer or more bytes than were declared. `actual`: bytes counted until that was certain. */
export class LengthMismatch extends Error {
  override readonly name = 'LengthMismatch';
  constructor(
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`expected ${expected} bytes, got ${actual}`);
  }
}
