import { pipeline } from 'node:stream';
import { identify } from '../media/identify.js';
import { probe } from '../media/probe.js';
import type { RecordingClaim } from '../recordings/recording-claim.js';
import type { StoredFacts } from '../recordings/recording-moves.js';
import type { RecordingFlag } from '../recordings/recording.entity.js';
import { attemptKey, formatStoredPath } from '../recordings/stored-path.js';
import type { Storage } from '../storage/storage.js';
import { storedBytes } from '../storage/stored-bytes.js';
import { chunkedBytes, chunkStream } from './chunked-bytes.js';
import { IncomingBytes } from './incoming-bytes.js';
import { Refused } from './refused.js';
import type { Chunk } from './upload.reader.js';
import type { UploadSessionType } from './upload.type.js';

/** Shorter recordings are flagged: usually nobody spoke. */
const SHORT_MS = 3000;

export interface StoredUpload {
  key: string;
  facts: StoredFacts;
}

/**
 * Puts the chunks together under the attempt's own key, byte for byte, and verifies what lies there: length, SHA-256,
 * audio by its bytes. Throws Refused or NotAudio for the bytes' own fault. Whatever it throws, it leaves no object.
 */
export async function storeUpload(
  storage: Storage,
  upload: UploadSessionType,
  chunks: readonly Chunk[],
  claim: RecordingClaim,
): Promise<StoredUpload> {
  const { signal, recordingId, attemptId } = claim;
  const source = chunkedBytes(storage, chunks, signal);
  if (source.byteSize !== upload.byteSize)
    throw new Refused('TRUNCATED', 'Bytes of the upload are missing. Upload the file again.');
  const sniffed = await identify(source, { signal });
  if (!sniffed) throw new Refused('NOT_AUDIO', 'The file is no audio that Earshot knows.');

  const key = attemptKey(recordingId, attemptId, sniffed.extension);
  const bytes = new IncomingBytes(
    upload.byteSize,
    () => new Refused('TRUNCATED', 'The upload grew while it was read.'),
  );
  pipeline(chunkStream(storage, chunks, signal), bytes, () => undefined);
  await storage.put(key, bytes, { byteSize: upload.byteSize, contentType: sniffed.contentType, signal });
  try {
    const sha256 = bytes.digest();
    if (upload.sha256 !== null && upload.sha256 !== sha256) {
      throw new Refused(
        'CHECKSUM_MISMATCH',
        'The bytes received do not have the SHA-256 that was given. Upload the file again.',
      );
    }
    const { codec, durationMs, truncated } = await probe(
      storedBytes(storage, key, upload.byteSize, signal),
      sniffed,
      { signal },
    );
    if (truncated)
      throw new Refused(
        'TRUNCATED',
        'The file is cut off: its header promises more than there is. Upload the whole file.',
      );
    const flags: RecordingFlag[] = durationMs !== undefined && durationMs < SHORT_MS ? ['SHORT'] : [];
    const recordingPath = formatStoredPath({ storage: storage.kind, key });
    const contentType = sniffed.contentType;
    return {
      key,
      facts: {
        recordingPath,
        contentType,
        codec,
        byteSize: upload.byteSize,
        durationMs: durationMs ?? null,
        sha256,
        flags,
      },
    };
  } catch (error) {
    await storage.delete(key);
    throw error;
  }
}
