import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { sql, type Expression, type SqlBool } from 'kysely';
import { errors, FAILURE_RETRYABLE, type FailureCode } from '../errors.js';
import { JoinedTable } from '../graphql/joined.js';
import { requireId } from '../graphql/inputs.js';
import { isoTime, isoTimeOrNull, type Tables } from '../rows.js';
import type { RecordingFlag, RecordingSchema, RecordingStatus } from './recording.entity.js';
import { RecordingType, type FailureType } from './recording.type.js';

type DB = Tables<typeof RecordingSchema>;

/** Who owns recordings (call logs, CATI calls) says which ones the viewer may see: true where `recordings.id` is one. */
export type OwnerVisibility = () => Expression<SqlBool>;

export interface RecordingRow {
  id: string;
  status: RecordingStatus;
  recording_path: string | null;
  content_type: string | null;
  codec: string | null;
  byte_size: number | null;
  duration_ms: number | null;
  sha256: string | null;
  uploaded_at: string | null;
  source_expires_at: string | null;
  attempts: number;
  next_attempt_at: string | null;
  error_code: FailureCode | null;
  error_message: string | null;
  error_at: string | null;
  flags: RecordingFlag[];
  playback_path: string | null;
  playback_byte_size: number | null;
  source_provider?: string | null;
}

const RECORDING_COLUMNS = [
  'id',
  'status',
  'recording_path',
  'content_type',
  'codec',
  'byte_size',
  'duration_ms',
  'sha256',
  'uploaded_at',
  'source_expires_at',
  'attempts',
  'next_attempt_at',
  'error_code',
  'error_message',
  'error_at',
  'flags',
  'playback_path',
  'playback_byte_size',
] as const satisfies readonly (keyof DB['recordings'])[];

export const JOINED_RECORDING = new JoinedTable<(typeof RECORDING_COLUMNS)[number]>(
  'recordings',
  RECORDING_COLUMNS,
  ['id'],
  {
    id: ['id'],
    status: ['status'],
    url: ['status', 'recording_path', 'playback_path', 'content_type'],
    path: ['recording_path'],
    contentType: ['content_type'],
    codec: ['codec'],
    byteSize: ['byte_size'],
    durationMs: ['duration_ms'],
    sha256: ['sha256'],
    uploadedAt: ['uploaded_at'],
    sourceExpiresAt: ['source_expires_at'],
    attempts: ['attempts'],
    nextAttemptAt: ['next_attempt_at'],
    error: ['error_code', 'error_message', 'error_at'],
    flags: ['flags'],
    peaks: ['id'],
    silences: ['id'],
    loudness: ['id'],
    callLog: ['id'],
    catiCall: ['id'],
  },
);

/** Where it could be had from, too: the provider of the call that owns it. */
const SOURCE_PROVIDER = sql<
  string | null
>`(select provider from cati_calls where cati_calls.recording_id = recordings.id)`.as('source_provider');

export class RecordingReader {
  /** For a field of an object that the viewer sees already: one statement for a whole page of them. */
  readonly ofVisibleOwner = new DataLoader<string, RecordingType | null>((ids) => this.load(ids));

  constructor(
    private readonly em: EntityManager,
    private readonly visibility: readonly OwnerVisibility[],
  ) {}

  async get(id: string): Promise<RecordingType> {
    const recording = await this.find(requireId('recording', id));
    if (!recording) throw errors.notFound('recording');
    return recording;
  }

  /** Null where the viewer may not see it: for a field of an object that says nothing about whose it is. */
  async find(id: string): Promise<RecordingType | null> {
    const row = await this.em
      .getKysely<DB>()
      .selectFrom('recordings')
      .select(RECORDING_COLUMNS)
      .select(SOURCE_PROVIDER)
      .where('id', '=', id)
      .where((eb) => eb.or(this.visibility.map((visible) => visible())))
      .executeTakeFirst();
    return row ? toRecording(row) : null;
  }

  /** For the bearer of a signed link, which says already who may hear it. */
  async ofTicket(id: string): Promise<RecordingType> {
    const recording = await this.ofVisibleOwner.load(requireId('recording', id));
    if (!recording) throw errors.notFound('recording');
    return recording;
  }

  private async load(ids: readonly string[]): Promise<(RecordingType | null)[]> {
    const rows = await this.em
      .getKysely<DB>()
      .selectFrom('recordings')
      .select(RECORDING_COLUMNS)
      .select(SOURCE_PROVIDER)
      .where('id', '=', sql<string>`any(${ids}::uuid[])`)
      .execute();
    const found = new Map(rows.map((row) => [row.id, toRecording(row)]));
    return ids.map((id) => found.get(id) ?? null);
  }
}

export function toRecording(row: RecordingRow): RecordingType {
  return Object.assign(new RecordingType(), {
    id: row.id,
    status: row.status,
    recordingPath: row.recording_path,
    contentType: row.content_type,
    codec: row.codec,
    byteSize: row.byte_size,
    durationMs: row.duration_ms,
    sha256: row.sha256,
    uploadedAt: isoTimeOrNull(row.uploaded_at),
    sourceExpiresAt: isoTimeOrNull(row.source_expires_at),
    attempts: row.attempts,
    nextAttemptAt: isoTimeOrNull(row.next_attempt_at),
    error: toFailure(row.error_code, row.error_message, row.error_at),
    flags: row.flags,
    playbackPath: row.playback_path,
    playbackByteSize: row.playback_byte_size,
    sourceProvider: row.source_provider ?? null,
  });
}

export function toFailure(
  code: FailureCode | null | undefined,
  message: string | null | undefined,
  at: string | null | undefined,
): FailureType | null {
  if (code == null || at == null) return null;
  return { code, message: message ?? '', retryable: FAILURE_RETRYABLE[code], at: isoTime(at) };
}
