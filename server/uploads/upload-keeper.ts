import { sql, type UpdateObject } from 'kysely';
import { oneByOne } from '../jobs/one-by-one.js';
import type { JobQueue } from '../jobs/queue.js';
import type { Logger } from '../logger.js';
import { deleteBelow } from '../storage/delete-below.js';
import type { Storage } from '../storage/storage.js';
import type { ClaimTimes } from '../recordings/recording-claim.js';
import { inSeconds } from '../rows.js';
import type { Transaction } from '../unit-of-work.js';
import type { IngestJob } from './ingest.job.js';
import { MAY_BE_MENDED } from './retry-upload.js';
import { uploadPrefix } from './upload-keys.js';
import type { UploadTables } from './upload.reader.js';

/** Sessions that one turn looks after, so that a turn is short and another process may take the next ones. */
const BATCH = 100;
/** A job that has not begun so many seconds after it should have is lost. */
const OVERDUE = 15;
/** Seconds before a session that could not be collected is tried again. */
const PUT_OFF = 300;

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
    private readonly claim: ClaimTimes,
    private readonly logger: Logger,
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
        .forUpdate('upload_sessions')
        .skipLocked()
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
  collect(signal: AbortSignal): Promise<number> {
    const { lifetime, renewal } = this.claim;
    const hold = (id: string, seconds: number) => this.set(id, { collecting_until: inSeconds(seconds) });
    return oneByOne(
      {
        take: () => this.nextOver(),
        renew: ({ id }) => hold(id, lifetime),
        work: (session) => this.collectOne(session, signal),
        giveBack: ({ id }) => hold(id, 0),
        failed: ({ id }, error) => {
          this.logger.warn({ err: error, uploadId: id }, 'an upload is not collected');
          return hold(id, PUT_OFF);
        },
      },
      renewal,
      signal,
    );
  }

  private nextOver(): Promise<Over | undefined> {
    return this.transaction(async (em) => {
      const { rows } = await sql<Over>`
        update upload_sessions set collecting_until = ${inSeconds(this.claim.lifetime)}
        where id = (
          select id from upload_sessions
          where collected_at is null and (collecting_until is null or collecting_until <= now())
            and (status in ('COMPLETED', 'CANCELLED', 'EXPIRED') or status = 'FAILED'
              and (error_code <> all(${MAY_BE_MENDED}) or expires_at < now()))
          order by expires_at limit 1 for update skip locked)
        returning id, object_key, multipart_id`.execute(em.getKysely());
      return rows[0];
    });
  }

  /** Objects first: a kill in between leaves rows that say where to go on. */
  private async collectOne({ id, object_key, multipart_id }: Over, signal: AbortSignal): Promise<void> {
    if (object_key !== null && multipart_id !== null)
      await this.storage.direct?.abortMultipart(object_key, multipart_id);
    await deleteBelow(this.storage, uploadPrefix(id), signal);
    await this.transaction((em) =>
      em.getKysely<UploadTables>().deleteFrom('upload_chunks').where('upload_id', '=', id).execute(),
    );
    await this.set(id, { collected_at: sql<string>`now()`, collecting_until: null });
  }

  private async set(id: string, values: UpdateObject<UploadTables, 'upload_sessions'>): Promise<void> {
    await this.transaction((em) =>
      em.getKysely<UploadTables>().updateTable('upload_sessions').set(values).where('id', '=', id).execute(),
    );
  }
}
