import type { ByteSource } from '../media/byte-source.js';
import { identify } from '../media/identify.js';
import type { Sniffed } from '../media/sniffed.js';
import type { RecordingClaim } from '../recordings/recording-claim.js';
import { Refused } from '../recordings/refused.js';
import { storeAttempt, type StoredAttempt } from '../recordings/store-attempt.js';
import type { Storage } from '../storage/storage.js';
import { assertUndamaged, chunkedBytes, chunkStream, type StoredChunk } from './chunked-bytes.js';
import type { UploadSessionType } from './upload.type.js';

/**
 * Puts the chunks together under the attempt's own key, byte for byte, and verifies what lies there: length, SHA-256,
 * audio by its bytes. Throws Refused or NotAudio for the bytes' own fault. Whatever it throws, it leaves no object.
 */
export async function storeUpload(
  storage: Storage,
  upload: UploadSessionType,
  chunks: readonly StoredChunk[],
  claim: RecordingClaim,
): Promise<StoredAttempt> {
  const { signal } = claim;
  const source = chunkedBytes(storage, chunks, signal);
  if (source.byteSize !== upload.byteSize)
    throw new Refused('TRUNCATED', 'Bytes of the upload are missing. Upload the file again.');
  const sniffed = await identifyUndamaged(storage, source, chunks, signal);
  return storeAttempt(storage, claim, {
    body: chunkStream(storage, chunks, signal),
    sniffed,
    byteSize: upload.byteSize,
    limit: upload.byteSize,
    overLimit: () => new Refused('TRUNCATED', 'The upload grew while it was read.'),
    check: (sha256) => {
      if (upload.sha256 !== null && upload.sha256 !== sha256) {
        throw new Refused(
          'CHECKSUM_MISMATCH',
          'The bytes received do not have the SHA-256 that was given. Upload the file again.',
        );
      }
    },
  });
}

/** What the file is. The bytes are blamed for being no audio only when they are those that were received. */
async function identifyUndamaged(
  storage: Storage,
  source: ByteSource,
  chunks: readonly StoredChunk[],
  signal: AbortSignal,
): Promise<Sniffed> {
  try {
    const sniffed = await identify(source, { signal });
    if (sniffed) return sniffed;
  } catch (error) {
    signal.throwIfAborted();
    await assertUndamaged(storage, chunks, signal);
    throw error;
  }
  await assertUndamaged(storage, chunks, signal);
  throw new Refused('NOT_AUDIO', 'The file is no audio that Earshot knows.');
}
