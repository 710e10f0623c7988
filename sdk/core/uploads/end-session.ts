import { EarshotError } from '../errors.js';
import type { UploadRecord } from './upload-record.js';
import { requestOf } from './upload-request.js';
import type { UploadClient } from './upload-run.js';
import { codeOf } from './upload-verdict.js';

/** `stored`: it is too late, and the recording is there. `later`: not known yet. */
export type SessionEnd = 'ended' | 'stored' | 'later';

const mayPass = (error: unknown): boolean =>
  !(error instanceof EarshotError) || error.retryable || error.code === 'UNAUTHENTICATED';

/** Ends the server's session of a job that was cancelled, so that the allowance is free again. */
export async function endSession(client: UploadClient, record: UploadRecord): Promise<SessionEnd> {
  try {
    // Asked for, and never heard of: its key finds it.
    const uploadId = record.uploadId ?? (await client.requestUpload(requestOf(record), { retries: 0 })).id;
    return await cancel(client, uploadId);
  } catch (error) {
    return mayPass(error) ? 'later' : 'ended';
  }
}

async function cancel(client: UploadClient, uploadId: string): Promise<SessionEnd> {
  try {
    await client.cancelUpload({ uploadId }, { retries: 0 });
    return 'ended';
  } catch (error) {
    if (codeOf(error) !== 'CONFLICT') throw error;
    const { status } = await client.upload(uploadId, { retries: 0 });
    if (status === 'COMPLETED') return 'stored';
    // What the server refuses in the end is not to be sent again.
    return status === 'FINALIZING' ? 'later' : 'ended';
  }
}
