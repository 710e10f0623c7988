import { sql } from 'kysely';
import type { JobQueue } from '../jobs/queue.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import type { IngestJob } from './ingest.job.js';
import { MAY_BE_MENDED } from './retry-upload.js';
import { uploadPrefix } from './upload-keys.js';
import type { UploadTables } from './upload.reader.js';

/** Sessions that one turn looks after, so that a turn is short and another process may take the next ones. */
const BATCH = 100;
/** A job that has not begun so many seconds after it should have is lost. */
const OVERDUE = 15;

interface Over {
  id: string;
  object_key: string | null;
  multipart_id: string | null;
}

interface Waiting {
  id: string;
  claimed_until: string | null;
  next_attempt_at: string | null;
}

/** What uploads need when nobody asks for them: takes over from the dead, expires, and collects what is left behind. */
export class UploadKeeper {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly queue: JobQueue,
    private readonly job: IngestJob,
  ) {}

  /** Queues again what a killed worker held: its claim ran out, and its job would be found out only much later. */
  async takeOver(): Promise<number> {
    return this.transaction(async (em) => {
      const orphans = await em
        .getKysely<UploadTables & { recordings: Waiting }>()
        .selectFrom('upload_sessions')
        .innerJoin('recordings', 'recordings.id', 'upload_sessions.recording_id')
        .select('upload_sessions.id')
        .where('upload_sessions.status', '=', 'FINALIZING')
        .where((eb) =>
          eb.or([
            eb('recordings.claimed_until', '<', sql<string>`now()`),
            eb.and([
              eb('recordings.claimed_until', 'is', null),
              eb(
                eb.fn.coalesce('recordings.next_attempt_at', 'upload_sessions.finalized_at'),
                '<',
                sql<string>`now() - make_interval(secs => ${OVERDUE})`,
              ),
            ]),
          ]),
        )
        .limit(BATCH)
        .execute();
      for (const { id } of orphans) await this.queue.send(em, this.job, { uploadId: id }, { key: id });
      return orphans.length;
    });
  }

  /** OPEN → EXPIRED for uploads that nobody goes on with. */
  async expire(): Promise<number> {
    const { numUpdatedRows } = await this.transaction((em) =>
      em
        .getKysely<UploadTables>()
        .updateTable('upload_sessions')
        .set({ status: 'EXPIRED' })
        .where('status', '=', 'OPEN')
        .where('expires_at', '<', sql<string>`now()`)
        .executeTakeFirst(),
    );
    return Number(numUpdatedRows);
  }

  /** Deletes the chunks of uploads that are over. What another try could need is kept until the upload expires. */
  async collect(): Promise<number> {
    const over = await this.transaction((em) =>
      em
        .getKysely<UploadTables>()
        .selectFrom('upload_sessions')
        .select(['id', 'object_key', 'multipart_id'])
        .where('collected_at', 'is', null)
        .where((eb) =>
          eb.or([
            eb('status', 'in', ['COMPLETED', 'CANCELLED', 'EXPIRED']),
            eb.and([
              eb('status', '=', 'FAILED'),
              eb.or([eb('error_code', 'not in', MAY_BE_MENDED), eb('expires_at', '<', sql<string>`now()`)]),
            ]),
          ]),
        )
        .limit(BATCH)
        .execute(),
    );
    for (const session of over) await this.collectOne(session);
    return over.length;
  }

  /** Objects first: a kill in between leaves rows that say where to go on. */
  private async collectOne({ id, object_key, multipart_id }: Over): Promise<void> {
    if (object_key !== null && multipart_id !== null)
      await this.storage.direct?.abortMultipart(object_key, multipart_id);
    for await (const { key } of this.storage.list(uploadPrefix(id))) await this.storage.delete(key);
    await this.transaction(async (em) => {
      const db = em.getKysely<UploadTables>();
      await db.deleteFrom('upload_chunks').where('upload_id', '=', id).execute();
      await db
        .updateTable('upload_sessions')
        .set({ collected_at: sql`now()` })
        .where('id', '=', id)
        .execute();
    });
  }
}
