import { defineEntity, p } from '@mikro-orm/core';
import { UploadSessionSchema } from './upload-session.entity.js';

/** Bytes that arrived: one object of the store each, so that any process may take the next one. */
export const UploadChunkSchema = defineEntity({
  name: 'UploadChunk',
  tableName: 'upload_chunks',
  properties: {
    upload: () => p.manyToOne(UploadSessionSchema).primary().deleteRule('cascade').updateRule('no action'),
    /** Where it begins, in bytes. */
    firstByte: p.bigint('number').primary(),
    byteSize: p.bigint('number'),
    /** Lower-case hex. */
    sha256: p.string().length(64),
    key: p.string().length(500),
  },
  checks: [
    { name: 'upload_chunks_first_byte_check', expression: 'first_byte >= 0' },
    { name: 'upload_chunks_byte_size_check', expression: 'byte_size > 0' },
  ],
});

export class UploadChunk extends UploadChunkSchema.class {}
UploadChunkSchema.setClass(UploadChunk);
