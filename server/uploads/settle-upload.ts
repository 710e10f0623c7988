import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { FailureFacts } from '../recordings/recording-moves.js';
import type { UploadTables } from './upload.reader.js';

/** FINALIZING → COMPLETED, or FAILED with the reason. An upload that is settled already stays as it is. */
export async function settleUpload(
  em: EntityManager,
  uploadId: string,
  failure: FailureFacts | null,
): Promise<void> {
  const error = failure && {
    error_code: failure.code,
    error_message: failure.message.slice(0, 500),
    error_at: sql<string>`now()`,
  };
  await em
    .getKysely<UploadTables>()
    .updateTable('upload_sessions')
    .set({ status: failure ? 'FAILED' : 'COMPLETED', ...error })
    .where('id', '=', uploadId)
    .where('status', '=', 'FINALIZING')
    .execute();
}
