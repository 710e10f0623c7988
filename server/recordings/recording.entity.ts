import { defineEntity, p, type Opt } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { base, oneOf } from '../entity.js';
import { FAILURE_RETRYABLE, type FailureCode } from '../errors.js';

export const RECORDING_STATUSES = ['EXPECTED', 'PENDING', 'UPLOADED', 'FAILED', 'DELETED'] as const;
export type RecordingStatus = (typeof RECORDING_STATUSES)[number];

export const RECORDING_FLAGS = ['SILENT', 'SHORT', 'DUPLICATE'] as const;
export type RecordingFlag = (typeof RECORDING_FLAGS)[number];

/**
 * One recording of one call, which owns it by its own foreign key. What each status means and where it may go stands
 * in recording-moves.ts, the only place that changes it.
 */
export const RecordingSchema = defineEntity({
  name: 'Recording',
  tableName: 'recordings',
  properties: {
    ...base,
    updatedAt: p
      .datetime(3)
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
    status: p.string().length(20).$type<RecordingStatus>(),
    /** Where it is stored, as stored-path.ts writes it: `s3:recordings/…` or `local:recordings/…`. */
    recordingPath: p.string().length(500).nullable(),
    /** Where the provider keeps it. Never leaves the server. */
    sourceUrl: p.text().nullable(),
    sourceExpiresAt: p.datetime(3).nullable(),
    /** The same, with the unknown last: a plain column, since row-level security lets no expression into an index. */
    expiryOrder: p
      .datetime(3)
      .$type<Opt<Date>>()
      .generated("coalesce(source_expires_at, '9999-01-01 00:00:00+00'::timestamptz) stored"),
    contentType: p.string().length(100).nullable(),
    codec: p.string().length(40).nullable(),
    byteSize: p.bigint('number').nullable(),
    durationMs: p.integer().nullable(),
    /** Lower-case hex. */
    sha256: p.string().length(64).nullable(),
    uploadedAt: p.datetime(3).nullable(),
    attempts: p.integer().default(0),
    /** Of the present plan: a plan made anew begins to count again. */
    tries: p.integer().default(0),
    nextAttemptAt: p.datetime(3).nullable(),
    /** Since when every try has been answered by "not found". */
    notFoundSince: p.datetime(3).nullable(),
    /** The attempt that holds the recording until `claimedUntil`; its object's key carries the same id. */
    claimId: p.uuid().nullable(),
    claimedUntil: p.datetime(3).nullable(),
    errorCode: p.string().length(40).$type<FailureCode>().nullable(),
    errorMessage: p.string().length(500).nullable(),
    errorAt: p.datetime(3).nullable(),
    flags: p.array().$type<RecordingFlag[]>().default([]),
    /** A copy that plays everywhere, where the original does not: AAC in an M4A. Written as recordingPath is. */
    playbackPath: p.string().length(500).nullable(),
    playbackByteSize: p.bigint('number').nullable(),
    /** Where its peaks are stored; null until it was decoded. */
    peaksPath: p.string().length(500).nullable(),
    /** Milliseconds from the beginning: where a silence begins and where it ends, in turn. */
    silences: p.array().columnType('int[]').$type<number[]>().nullable(),
    /** Integrated, in LUFS. */
    loudness: p.float().columnType('real').nullable(),
    /** When the copy and the peaks are to be made, again if whoever began it is dead; null: they are, or none are wanted. */
    mediaDueAt: p.datetime(3).nullable(),
    mediaMadeAt: p.datetime(3).nullable(),
    /** Tries to decode it that failed. */
    mediaTries: p.integer().default(0),
    mediaError: p.string().length(200).nullable(),
    legalHold: p.boolean().default(false),
    removedAt: p.datetime(3).nullable(),
    removedBy: () => p.manyToOne(UserSchema).nullable().deleteRule('restrict').updateRule('no action'),
    removedReason: p.string().length(500).nullable(),
    /** When the object of a removed recording was deleted from the store. */
    purgedAt: p.datetime(3).nullable(),
  },
  checks: [
    oneOf('recordings_status_check', 'status', RECORDING_STATUSES),
    oneOf('recordings_error_code_check', 'error_code', Object.keys(FAILURE_RETRYABLE)),
    { name: 'recordings_byte_size_check', expression: 'byte_size >= 0' },
    { name: 'recordings_duration_ms_check', expression: 'duration_ms >= 0' },
    {
      name: 'recordings_playback_check',
      expression: '(playback_path is null) = (playback_byte_size is null)',
    },
    {
      name: 'recordings_uploaded_check',
      expression:
        "status <> 'UPLOADED' or (recording_path is not null and byte_size is not null and sha256 is not null and uploaded_at is not null)",
    },
  ],
  indexes: [
    { name: 'recordings_sha256_index', properties: ['sha256'] },
    {
      // By bytes, as stores order their keys.
      name: 'recordings_recording_path_index',
      properties: ['recordingPath'],
      columns: [{ name: 'recording_path', collation: 'C' }],
      where: 'recording_path is not null',
    },
    { name: 'recordings_error_code_index', properties: ['errorCode'], where: 'error_code is not null' },
    {
      name: 'recordings_source_expires_at_index',
      properties: ['sourceExpiresAt'],
      where: 'source_expires_at is not null',
    },
    {
      name: 'recordings_unstored_index',
      properties: ['sourceExpiresAt'],
      where: "status in ('EXPECTED', 'PENDING', 'FAILED')",
    },
    {
      name: 'recordings_unstored_order_index',
      properties: ['expiryOrder', 'id'],
      where: "status in ('EXPECTED', 'PENDING', 'FAILED')",
    },
    {
      name: 'recordings_candidate_order_index',
      properties: ['expiryOrder', 'id'],
      where: "status in ('EXPECTED', 'PENDING', 'FAILED', 'UPLOADED')",
    },
    {
      name: 'recordings_unplanned_index',
      properties: ['expiryOrder', 'id'],
      where: "status = 'EXPECTED' and next_attempt_at is null and claimed_until is null",
    },
    {
      name: 'recordings_next_attempt_at_index',
      properties: ['nextAttemptAt'],
      where: 'next_attempt_at is not null',
    },
    {
      name: 'recordings_media_due_at_index',
      properties: ['mediaDueAt'],
      where: 'media_due_at is not null',
    },
    {
      name: 'recordings_undecoded_index',
      properties: ['mediaMadeAt'],
      where: 'media_made_at is not null and peaks_path is null and media_tries < 3',
    },
    { name: 'recordings_failed_index', properties: ['errorAt'], where: "status = 'FAILED'" },
    {
      name: 'recordings_unpurged_index',
      properties: ['removedAt'],
      where: 'removed_at is not null and purged_at is null',
    },
    {
      name: 'recordings_claimed_until_index',
      properties: ['claimedUntil'],
      where: 'claimed_until is not null',
    },
  ],
});

export class Recording extends RecordingSchema.class {}
RecordingSchema.setClass(Recording);
