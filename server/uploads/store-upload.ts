import { identify } from '../media/identify.js';
import type { RecordingClaim } from '../recordings/recording-claim.js';
import { Refused } from '../recordings/refused.js';
import { storeAttempt, type StoredAttempt } from '../recordings/store-attempt.js';
import type { Storage } from '../storage/storage.js';
import { chunkedBytes, chunkStream } from './chunked-bytes.js';
import type { Chunk } from './upload.reader.js';
import type { UploadSessionType } from './upload.type.js';

/**
 * Puts the chunks together under the attempt's own key, byte for byte, and verifies what lies there: length, SHA-256,
 * audio by its bytes. Throws Refused or NotAudio for the bytes' own fault. Whatever it throws, it leaves no object.
 */
export async function storeUpload(
  storage: Storage,
  upload: UploadSessionType,
  chunks: readonly Chunk[],
  claim: RecordingClaim,
): Promise<StoredAttempt> {
  const { signal } = claim;
  const source = chunkedBytes(storage, chunks, signal);
  if (source.byteSize !== upload.byteSize)
    throw new Refused('TRUNCATED', 'Bytes of the upload are missing. Upload the file again.');
  const sniffed = await identify(source, { signal });
  if (!sniffed) throw new Refused('NOT_AUDIO', 'The file is no audio that Earshot knows.');
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
