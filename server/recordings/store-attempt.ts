import type { Readable } from 'node:stream';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ByteSource } from '../media/byte-source.js';
import { identify } from '../media/identify.js';
import { probe } from '../media/probe.js';
import type { Sniffed } from '../media/sniffed.js';
import type { Storage } from '../storage/storage.js';
import { storedBytes } from '../storage/stored-bytes.js';
import { completeAttempts } from './complete-attempts.js';
import { IncomingBytes } from './incoming-bytes.js';
import type { MediaPlan } from './media-plan.js';
import type { RecordingClaim } from './recording-claim.js';
import type { StoredFacts } from './recording-moves.js';
import type { RecordingFlag } from './recording.entity.js';
import { Refused } from './refused.js';
import { attemptKey, formatStoredPath } from './stored-path.js';

/** Shorter recordings are flagged: usually nobody spoke. */
export const SHORT_MS = 3000;

export interface AttemptBody {
  readonly body: Readable;
  /** What the first bytes said; undefined: only the whole file can tell, and the key takes this for an extension. */
  readonly sniffed: Sniffed | { readonly unknownYet: string };
  /** Bytes that must come, where known. */
  readonly byteSize?: number | undefined;
  /** More bytes than this end with `overLimit()`. */
  readonly limit: number;
  readonly overLimit: () => Error;
  /** Throws Refused for bytes that are not those that were promised. */
  readonly check?: ((sha256: string) => void) | undefined;
}

export interface StoredAttempt {
  readonly key: string;
  readonly facts: StoredFacts;
}

/**
 * Streams a body under the attempt's own key, byte for byte, and verifies what lies there: length, SHA-256, audio by its
 * bytes. Throws Refused or NotAudio for the bytes' own fault, and the body's own error unchanged. Whatever it throws, it
 * leaves no object.
 */
export async function storeAttempt(
  storage: Storage,
  { signal, recordingId, attemptId }: RecordingClaim,
  { body, sniffed, byteSize, limit, overLimit, check }: AttemptBody,
): Promise<StoredAttempt> {
  const known = 'container' in sniffed ? sniffed : undefined;
  const extension = 'container' in sniffed ? sniffed.extension : sniffed.unknownYet;
  const key = attemptKey(recordingId, attemptId, extension);
  const bytes = new IncomingBytes(body, limit, overLimit);
  await storage.put(key, bytes, { byteSize, contentType: known?.contentType, signal });
  try {
    const sha256 = bytes.digest();
    check?.(sha256);
    const facts = await verified(storage, key, bytes, known, signal);
    return { key, facts: { ...facts, sha256 } };
  } catch (error) {
    await storage.delete(key);
    throw error;
  }
}

async function verified(
  storage: Storage,
  key: string,
  { byteSize, head }: IncomingBytes,
  known: Sniffed | undefined,
  signal: AbortSignal,
): Promise<Omit<StoredFacts, 'sha256'>> {
  const source = behind(head, storedBytes(storage, key, byteSize, signal));
  const sniffed = known ?? (await identify(source, { signal }));
  if (!sniffed) throw new Refused('NOT_AUDIO', 'The file is no audio that Earshot knows.');
  const { codec, durationMs, truncated } = await probe(source, sniffed, { signal });
  if (truncated)
    throw new Refused(
      'TRUNCATED',
      'The file is cut off: its header promises more than there is. Upload the whole file.',
    );
  const flags: RecordingFlag[] = durationMs !== undefined && durationMs < SHORT_MS ? ['SHORT'] : [];
  return {
    recordingPath: formatStoredPath({ storage: storage.kind, key }),
    contentType: sniffed.contentType,
    codec,
    byteSize,
    durationMs: durationMs ?? null,
    flags,
  };
}

/** The first bytes are those that were hashed on their way: they need not be read again. */
function behind(head: Buffer, stored: ByteSource): ByteSource {
  return {
    byteSize: stored.byteSize,
    read: (offset, length) => {
      const end = Math.min(offset + length, stored.byteSize);
      return end <= head.length ? Promise.resolve(head.subarray(offset, end)) : stored.read(offset, length);
    },
  };
}

/** One attempt's recording is UPLOADED, as by completeAttempts; false: its claim was lost. */
export async function completeAttempt(
  em: EntityManager,
  media: MediaPlan,
  { recordingId, attemptId }: Pick<RecordingClaim, 'recordingId' | 'attemptId'>,
  facts: StoredFacts,
): Promise<boolean> {
  const [completion] = await completeAttempts(em, media, [{ recordingId, attemptId, facts }]);
  return completion === 'completed';
}
