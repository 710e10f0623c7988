import type { EarshotClient } from '../client.js';
import { sleep } from '../deadline.js';
import { createError } from '../error-classes.js';
import { ChecksumMismatchError, EarshotError, OffsetMismatchError } from '../errors.js';
import type { AbortSignalLike, FileInput } from '../platform.js';
import { backoffMs, LONGEST_PAUSE_SECONDS } from '../retry.js';
import type { UploadSession } from '../types.js';
import type { FileSource } from './file-source.js';

/** The part of the client that sends chunks. */
export type ChunkClient = Pick<EarshotClient, 'appendChunk' | 'upload' | 'platform'>;

export interface ChunkedUploadOptions {
  /** Bytes, up to 16 MiB; what the server suggests when absent. */
  readonly chunkSize?: number | undefined;
  /** SHA-256 of a chunk in hex, for the server to check what arrives. */
  readonly sha256?: ((chunk: FileInput) => Promise<string>) | undefined;
  readonly signal?: AbortSignalLike | undefined;
  /** Called with what the server has, whenever that grows. */
  readonly onProgress?: ((progress: { receivedBytes: number; byteSize: number }) => void) | undefined;
  /** How many failures in a row, with no byte gained between, end it. 8 when absent. */
  readonly maxFailures?: number | undefined;
  /** A server that asks for a longer pause is not waited for: the error says how long. An hour when absent. */
  readonly maxPauseMs?: number | undefined;
}

const BACKOFF = { baseMs: 500, maxMs: 30_000 };
const NAME = 'AppendChunk';
const STUCK = { code: 'BAD_RESPONSE', operation: NAME, retryable: true };

/** The upload takes no more bytes: it is either under way on the server, or over. */
function assertAlive(session: UploadSession): void {
  const { status } = session;
  if (status === 'OPEN' || status === 'FINALIZING' || status === 'COMPLETED') return;
  const message = session.error?.message ?? `This upload is ${status.toLowerCase()}. Request a new one.`;
  throw createError(message, { code: status === 'EXPIRED' ? 'EXPIRED' : 'CONFLICT', operation: NAME });
}

function assertSameSize(session: UploadSession, source: FileSource): void {
  if (session.byteSize === source.byteSize) return;
  throw createError(
    `The file has ${source.byteSize} bytes, the upload was requested for ${session.byteSize}.`,
    {
      code: 'BAD_USER_INPUT',
      field: 'byteSize',
      operation: NAME,
    },
  );
}

/** A hash that differs is damage on the way: the same chunk, sent again, may arrive whole. */
const mayPass = (error: unknown): error is EarshotError =>
  error instanceof EarshotError && (error.retryable || error instanceof ChecksumMismatchError);

class ChunkSender {
  #received = 0;
  #failures = 0;

  constructor(
    readonly client: ChunkClient,
    readonly uploadId: string,
    readonly source: FileSource,
    readonly options: ChunkedUploadOptions,
  ) {}

  /** Asks what the server has; begins, and begins again after an answer was lost. */
  async ask(): Promise<UploadSession> {
    const { signal } = this.options;
    const session = await this.client.upload(this.uploadId, { signal, retries: 0 });
    assertSameSize(session, this.source);
    return this.#note(session);
  }

  async append(session: UploadSession): Promise<UploadSession> {
    const { signal, chunkSize = session.chunkSize, sha256 } = this.options;
    const offset = session.receivedBytes;
    const chunk = await this.source.read(offset, Math.min(chunkSize, this.source.byteSize - offset));
    const input = { uploadId: this.uploadId, offset, chunk, sha256: await sha256?.(chunk) };
    try {
      const answer = this.#note(await this.client.appendChunk(input, { signal, retries: 0 }));
      if (answer.receivedBytes <= offset)
        throw createError('The server took a chunk but has no more bytes.', STUCK);
      return answer;
    } catch (error) {
      if (!(error instanceof OffsetMismatchError)) throw error;
      const corrected = { ...session, receivedBytes: error.expectedOffset };
      // Another offset than the one just sent is an answer, not a failure, as long as it leads forward.
      if (error.expectedOffset <= this.#received) await this.pause(error);
      return this.#note(corrected);
    }
  }

  /** Waits before the next try; gives up after too many without progress. */
  async pause(error: EarshotError): Promise<void> {
    const { signal, maxFailures = 8, maxPauseMs = LONGEST_PAUSE_SECONDS * 1000 } = this.options;
    const { platform } = this.client;
    this.#failures += 1;
    if (this.#failures >= maxFailures) throw error;
    const wait = backoffMs(BACKOFF, this.#failures, platform.random(), error.retryAfterSeconds);
    if (wait > maxPauseMs) throw error;
    await sleep(platform, wait, NAME, signal);
  }

  #note(session: UploadSession): UploadSession {
    assertAlive(session);
    const { receivedBytes, byteSize } = session;
    if (receivedBytes > this.#received) {
      this.#received = receivedBytes;
      this.#failures = 0;
      this.options.onProgress?.({ receivedBytes, byteSize });
    }
    return session;
  }
}

/**
 * Sends the bytes that the server does not have yet, chunk after chunk; finalizing is left to the caller. It goes on
 * where the server says, so calling it again after a crash sends nothing twice. A lost connection or a failing server
 * is asked what arrived before the next chunk goes out.
 *
 * @returns the session with all bytes received
 */
export async function uploadInChunks(
  client: ChunkClient,
  uploadId: string,
  source: FileSource,
  options: ChunkedUploadOptions = {},
): Promise<UploadSession> {
  const sender = new ChunkSender(client, uploadId, source, options);
  let session: UploadSession | undefined;
  while (!session || (session.status === 'OPEN' && session.receivedBytes < source.byteSize)) {
    try {
      session = session ? await sender.append(session) : await sender.ask();
    } catch (error) {
      if (!mayPass(error)) throw error;
      await sender.pause(error);
      session = undefined;
    }
  }
  return session;
}
