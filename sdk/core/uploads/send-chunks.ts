import { uploadInChunks } from './chunked-upload.js';
import type { RunContext, UploadAnswer } from './upload-run.js';
import { codeOf } from './upload-verdict.js';

/** Some gateways take no larger body than this. */
const SMALLEST_CHUNK = 64 * 1024;
/** Then the job yields to others, and comes back later. */
const MOST_FAILURES = 2;
/** A longer one is kept with the job, and holds nobody up. */
const LONGEST_PAUSE_MS = 5000;

/** Through the API, chunk after chunk; in smaller ones where a gateway on the way refuses the size. */
export async function sendChunks(context: RunContext, session: UploadAnswer): Promise<'finalize' | 'ask'> {
  const { client, signal, source } = context;
  for (let chunkSize = session.chunkSize; ; chunkSize = Math.ceil(chunkSize / 2)) {
    try {
      const { status } = await uploadInChunks(client, session.id, source, {
        chunkSize,
        signal,
        maxFailures: MOST_FAILURES,
        maxPauseMs: LONGEST_PAUSE_MS,
        onProgress: ({ receivedBytes }) => context.progress(receivedBytes),
      });
      return status === 'OPEN' ? 'finalize' : 'ask';
    } catch (error) {
      const code = codeOf(error);
      // Replaced, cancelled or run out meanwhile: the server says what became of it.
      if (code === 'CONFLICT' || code === 'EXPIRED' || code === 'NOT_FOUND') return 'ask';
      if (code !== 'PAYLOAD_TOO_LARGE' || chunkSize <= SMALLEST_CHUNK) throw error;
    }
  }
}
