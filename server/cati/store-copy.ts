import { Readable } from 'node:stream';
import { bufferSource } from '../media/byte-source.js';
import { identify } from '../media/identify.js';
import { SNIFF_BYTES } from '../media/sniff.js';
import { FetchError } from '../providers/fetch/fetch-error.js';
import { isWhole } from '../providers/answered-part.js';
import { readPrefix } from '../providers/fetch/prefix.js';
import type { FoundRecording } from '../providers/provider.js';
import { verdictOfError } from '../providers/recording-verdict.js';
import { refusalOf } from '../recordings/attempt-failure.js';
import type { RecordingClaim } from '../recordings/recording-claim.js';
import { Refused } from '../recordings/refused.js';
import { storeAttempt, type AttemptBody, type StoredAttempt } from '../recordings/store-attempt.js';
import { StorageUnavailable, type Storage } from '../storage/storage.js';
import type { CopyDecision } from './copy-decision.js';
import { STORE_IS_DOWN } from './copy-outcome.js';

/**
 * Streams what the provider gives into the store and verifies it, in constant memory. Throws what `decideError` reads;
 * whatever it throws, it leaves no object.
 */
export async function storeCopy(
  storage: Storage,
  found: FoundRecording,
  claim: RecordingClaim,
  maxBytes: number,
): Promise<StoredAttempt> {
  const { body } = found;
  try {
    if (!isWhole(found)) throw new Refused('TRUNCATED', 'The provider sent a part of the recording.');
    const { bytes: head, whole } = await readPrefix(body, SNIFF_BYTES);
    if (head.length === 0) throw new Refused('EMPTY', 'The provider sent not a single byte.');
    const sniffed = await sniffHead(head);
    if (!whole) body.unshift(head);
    return await storeAttempt(storage, claim, {
      body: whole ? Readable.from([head]) : body,
      sniffed,
      byteSize: found.byteSize,
      limit: maxBytes,
      overLimit: () => new Refused('TOO_LARGE', `The recording has more than ${maxBytes} bytes.`),
    });
  } finally {
    body.destroy();
  }
}

/** What a broken try means; undefined for what is neither the bytes', the source's nor the store's fault. */
export function decideError(error: unknown): CopyDecision | undefined {
  const failure = refusalOf(error);
  if (failure) return { kind: 'failed', failure };
  if (error instanceof FetchError) {
    const { code, message, retryAfterSeconds } = verdictOfError(error);
    return { kind: 'failed', failure: { code, message }, retryAfterSeconds };
  }
  if (error instanceof StorageUnavailable) {
    const reason = STORE_IS_DOWN;
    return { kind: 'stop', by: 'storage', reason, failure: { code: 'STORAGE_UNAVAILABLE', message: reason } };
  }
  return undefined;
}

/** A page or an error that came in place of audio is refused before anything is stored. */
async function sniffHead(head: Buffer): Promise<AttemptBody['sniffed']> {
  const sniffed = await identify(bufferSource(head));
  if (sniffed) return sniffed;
  // A tag longer than the head (cover art): only what is behind it tells.
  if (head.subarray(0, 3).toString('latin1') === 'ID3') return { unknownYet: 'mp3' };
  throw new Refused('NOT_AUDIO', 'The provider sent something that is no audio, such as a page or an error.');
}
