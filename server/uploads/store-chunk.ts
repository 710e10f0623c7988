import type { Readable } from 'node:stream';
import { EarshotError, errors } from '../errors.js';
import { sniff } from '../media/sniff.js';
import { StorageUnavailable, type Storage } from '../storage/storage.js';
import { isForeign } from './foreign.js';
import { IncomingBytes } from '../recordings/incoming-bytes.js';

/** So many bytes hold two frames of any format, so that their lack means something. */
const ENOUGH_TO_SNIFF = 16 * 1024;

export interface ChunkRules {
  /** The largest that it may be, in bytes. */
  limit: number;
  /** Named in errors. */
  field: string;
  /** Lower-case hex, as the sender gives it. */
  sha256?: string | undefined;
  /** What these bytes are of the file: its beginning is looked at. */
  place: 'beginning' | 'later';
  /** Bytes of the whole file; undefined where it has no more than these. */
  fileSize?: number | undefined;
}

/** Streams a sender's bytes into an object of their own, or throws and leaves nothing. The source is consumed or destroyed. */
export async function storeChunk(
  storage: Storage,
  key: string,
  source: Readable,
  rules: ChunkRules,
): Promise<{ byteSize: number; sha256: string }> {
  const incoming = new IncomingBytes(source, rules.limit, () => errors.tooLarge(rules.field, rules.limit));
  // The sender keeps the file until its recording is UPLOADED, and the ingest verifies every chunk by its hash.
  await storage.put(key, incoming, { durable: false }).catch((error: unknown) => {
    throw asRefusal(error, incoming);
  });
  const stored = { byteSize: incoming.byteSize, sha256: incoming.digest() };
  const refused = problemOf(stored, incoming.head, rules);
  if (refused === undefined) return stored;
  await storage.delete(key);
  throw refused;
}

/**
 * Deletes what was stored for a row that was refused. After any other error the row may be there all the same, when only
 * the database's answer was lost: then the object stays, and goes with its upload or by a sweep.
 */
export async function discardRefused(storage: Storage, key: string, error: unknown): Promise<void> {
  if (error instanceof EarshotError) await storage.delete(key);
}

function problemOf(
  stored: { byteSize: number; sha256: string },
  head: Buffer,
  rules: ChunkRules,
): EarshotError | undefined {
  if (stored.byteSize === 0) return errors.badInput(rules.field, 'There must be at least one byte.');
  if (rules.sha256 !== undefined && rules.sha256 !== stored.sha256) return errors.checksumMismatch();
  if (rules.place === 'later') return undefined;
  const { fileSize = stored.byteSize } = rules;
  const enough = stored.byteSize >= Math.min(ENOUGH_TO_SNIFF, fileSize);
  if (isForeign(head) || (enough && !sniff(head, fileSize))) {
    return errors.unsupportedMediaType(
      'This is no audio file that Earshot knows (AAC, AMR, 3GP, M4A, MP3, Ogg, WAV, WebM).',
    );
  }
  return undefined;
}

/** A refusal stays what it is; a full or absent store is UNAVAILABLE; a source that broke off is a sender that hung up. */
function asRefusal(error: unknown, incoming: IncomingBytes): unknown {
  if (error instanceof EarshotError) return error;
  if (error instanceof StorageUnavailable)
    return errors.unavailable('The bytes cannot be stored at the moment. Try again.', { cause: error });
  if (error !== incoming.errored) return error;
  return errors.badRequest('The bytes did not arrive whole. Send them again.');
}
