import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Provider, RecordingSource } from '../providers/provider.js';
import type { RecordingStatus } from '../recordings/recording.entity.js';
import { isoTime } from '../rows.js';
import type { CopyPlace, DeletionCode } from './copy-outcome.js';

/** Where a recording can be had, and how far trying has come. */
export interface CopySource {
  readonly recordingId: string;
  readonly status: RecordingStatus;
  /** Of a recording that is DELETED. */
  readonly deletionCode: DeletionCode;
  readonly provider: string;
  readonly source: RecordingSource;
  /** Of the present plan. */
  readonly tries: number;
  /** No try is planned for later. */
  readonly due: boolean;
  /** Every try since a day ago was answered by "not found". */
  readonly missingForADay: boolean;
}

/** The columns of `recordings` and `cati_calls` that tell it. */
export interface CopySourceRow {
  status: RecordingStatus;
  removed: boolean;
  source_url: string | null;
  tries: number;
  provider: string;
  call_id: string;
  provider_user_id: string | null;
  ended_at: string;
  due: boolean;
  missing: boolean;
}

/**
 * When the call was over, as far as is known: providers tell of times to come, and some of none. Never later than the
 * recording was heard of, so that what is not ready is not waited for without end.
 */
const ENDED_AT = sql`least(coalesce(cati_calls.ended_at, cati_calls.started_at, cati_calls.inserted_at),
  recordings.inserted_at)`;

export const COPY_SOURCE = sql`recordings.status,
  recordings.error_code is not distinct from 'REMOVED' as removed, recordings.source_url, recordings.tries, cati_calls.provider,
  cati_calls.call_id, cati_calls.provider_user_id, ${ENDED_AT} as ended_at,
  coalesce(recordings.next_attempt_at <= now() + interval '1 second', true) as due,
  coalesce(recordings.not_found_since <= now() - interval '24 hours', false) as missing`;

export function deletionCodeOf({ removed }: Pick<CopySourceRow, 'removed'>): DeletionCode {
  return removed ? 'REMOVED' : 'GONE_AT_SOURCE';
}

export function toCopySource(recordingId: string, row: CopySourceRow): CopySource {
  return {
    recordingId,
    status: row.status,
    deletionCode: deletionCodeOf(row),
    provider: row.provider,
    tries: row.tries,
    due: row.due,
    missingForADay: row.missing,
    source: {
      callId: row.call_id,
      url: row.source_url ?? undefined,
      userId: row.provider_user_id ?? undefined,
      callEndedAt: new Date(isoTime(row.ended_at)),
    },
  };
}

/** Undefined: no call of a provider owns this recording. */
export async function readCopySource(
  em: EntityManager,
  recordingId: string,
): Promise<CopySource | undefined> {
  const { rows } = await sql<CopySourceRow>`
    select ${COPY_SOURCE} from recordings join cati_calls on cati_calls.recording_id = recordings.id
    where recordings.id = ${recordingId}`.execute(em.getKysely());
  const [row] = rows;
  return row && toCopySource(recordingId, row);
}

/** `host[:port]` that is asked first; undefined: there is nobody to ask. */
export function firstHost({ url }: Pick<CopyPlace, 'url'>, provider: Provider): string | undefined {
  return URL.parse(url ?? '')?.host ?? provider.callIdHost;
}
