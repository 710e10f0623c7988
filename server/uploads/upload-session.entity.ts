import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { CallLogSchema } from '../calls/call-log.entity.js';
import { CatiCallSchema } from '../cati/cati-call.entity.js';
import { base, oneOf } from '../entity.js';
import type { FailureCode } from '../errors.js';
import { RecordingSchema } from '../recordings/recording.entity.js';

export const UPLOAD_STRATEGIES = ['PUT', 'MULTIPART', 'CHUNKED'] as const;
export type UploadStrategy = (typeof UPLOAD_STRATEGIES)[number];

export const UPLOAD_STATUSES = ['OPEN', 'FINALIZING', 'COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const;
export type UploadStatus = (typeof UPLOAD_STATUSES)[number];

/** One person's upload of one recording: OPEN → FINALIZING → COMPLETED | FAILED, or OPEN → CANCELLED | EXPIRED. */
export const UploadSessionSchema = defineEntity({
  name: 'UploadSession',
  tableName: 'upload_sessions',
  properties: {
    ...base,
    status: p.string().length(20).$type<UploadStatus>(),
    strategy: p.string().length(20).$type<UploadStrategy>(),
    user: () => p.manyToOne(UserSchema).deleteRule('restrict').updateRule('no action'),
    callLog: () => p.manyToOne(CallLogSchema).nullable().deleteRule('restrict').updateRule('no action'),
    catiCall: () => p.manyToOne(CatiCallSchema).nullable().deleteRule('restrict').updateRule('no action'),
    /** Of the whole file; while its length is deferred, of the largest that is taken. */
    byteSize: p.bigint('number'),
    lengthDeferred: p.boolean().default(false),
    receivedBytes: p.bigint('number').default(0),
    chunkCount: p.integer().default(0),
    /** Counts the writers that began; only the newest one may commit. */
    epoch: p.integer().default(0),
    contentType: p.string().length(100).nullable(),
    filename: p.string().length(255).nullable(),
    /** Lower-case hex, as the client gave it at request or finalize. */
    sha256: p.string().length(64).nullable(),
    idempotencyKey: p.string().length(200).nullable(),
    expiresAt: p.datetime(3),
    recording: () => p.manyToOne(RecordingSchema).nullable().deleteRule('restrict').updateRule('no action'),
    finalizedAt: p.datetime(3).nullable(),
    errorCode: p.string().length(40).$type<FailureCode>().nullable(),
    errorMessage: p.string().length(500).nullable(),
    errorAt: p.datetime(3).nullable(),
    /** When its bytes were deleted from the store. */
    collectedAt: p.datetime(3).nullable(),
    /** Until then a worker deletes them, or has failed to. */
    collectingUntil: p.datetime(3).nullable(),
    /** Where a client puts the file into the store itself; null where the bytes come through the server. */
    objectKey: p.string().length(500).nullable(),
    /** The store's id of the upload by parts under that key; null until the first part is asked for. */
    multipartId: p.string().length(1024).nullable(),
  },
  checks: [
    oneOf('upload_sessions_status_check', 'status', UPLOAD_STATUSES),
    oneOf('upload_sessions_strategy_check', 'strategy', UPLOAD_STRATEGIES),
    { name: 'upload_sessions_call_check', expression: '(call_log_id is null) <> (cati_call_id is null)' },
    {
      name: 'upload_sessions_received_bytes_check',
      expression: 'received_bytes >= 0 and received_bytes <= byte_size',
    },
    { name: 'upload_sessions_byte_size_check', expression: 'byte_size > 0' },
  ],
  uniques: [
    {
      name: 'upload_sessions_open_call_log_unique',
      properties: ['user', 'callLog'],
      where: "status = 'OPEN'",
    },
    {
      name: 'upload_sessions_open_cati_call_unique',
      properties: ['user', 'catiCall'],
      where: "status = 'OPEN'",
    },
    {
      name: 'upload_sessions_idempotency_key_unique',
      properties: ['user', 'idempotencyKey'],
      where: "status in ('OPEN', 'FINALIZING', 'COMPLETED')",
    },
  ],
  indexes: [
    { name: 'upload_sessions_user_id_index', properties: ['user', 'insertedAt'] },
    { name: 'upload_sessions_call_log_id_index', properties: ['callLog'] },
    { name: 'upload_sessions_cati_call_id_index', properties: ['catiCall'] },
    { name: 'upload_sessions_recording_id_index', properties: ['recording'] },
    { name: 'upload_sessions_uncollected_index', properties: ['expiresAt'], where: 'collected_at is null' },
  ],
});

export class UploadSession extends UploadSessionSchema.class {}
UploadSessionSchema.setClass(UploadSession);
