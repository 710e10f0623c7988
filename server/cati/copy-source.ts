import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { RecordingSource } from '../providers/provider.js';
import type { RecordingSchema, RecordingStatus } from '../recordings/recording.entity.js';
import { isoTime, type Tables } from '../rows.js';
import type { CatiCallSchema } from './cati-call.entity.js';

/** Where a recording can be had, and how far trying has come. */
export interface CopySource {
  readonly recordingId: string;
  readonly status: RecordingStatus;
  readonly provider: string;
  readonly source: RecordingSource;
  /** Of the present plan. */
  readonly tries: number;
  /** No try is planned for later. */
  readonly due: boolean;
  /** Every try since a day ago was answered by "not found". */
  readonly missingForADay: boolean;
}

/** Undefined: no call of a provider owns this recording. */
export async function readCopySource(
  em: EntityManager,
  recordingId: string,
): Promise<CopySource | undefined> {
  const row = await em
    .getKysely<Tables<typeof RecordingSchema | typeof CatiCallSchema>>()
    .selectFrom('recordings')
    .innerJoin('cati_calls', 'cati_calls.recording_id', 'recordings.id')
    .select([
      'recordings.status',
      'recordings.source_url',
      'recordings.tries',
      'cati_calls.provider',
      'cati_calls.call_id',
      'cati_calls.provider_user_id',
      'cati_calls.ended_at',
      'cati_calls.started_at',
      sql<boolean>`coalesce(recordings.next_attempt_at <= now() + interval '1 second', true)`.as('due'),
      sql<boolean>`coalesce(recordings.not_found_since <= now() - interval '24 hours', false)`.as('missing'),
    ])
    .where('recordings.id', '=', recordingId)
    .executeTakeFirst();
  if (!row) return undefined;
  const endedAt = row.ended_at ?? row.started_at;
  return {
    recordingId,
    status: row.status,
    provider: row.provider,
    tries: row.tries,
    due: row.due,
    missingForADay: row.missing,
    source: {
      callId: row.call_id,
      url: row.source_url ?? undefined,
      userId: row.provider_user_id ?? undefined,
      callEndedAt: endedAt === null ? undefined : new Date(isoTime(endedAt)),
    },
  };
}

/** `host[:port]` that is asked first: what limits by host go by. */
export function hostOf({ provider, source }: CopySource): string {
  return URL.parse(source.url ?? '')?.host ?? provider;
}
