import { MAX_CHUNKS } from './limits.js';

/** The columns that an upload is made from. */
export const UPLOAD_COLUMNS = [
  'id',
  'status',
  'strategy',
  'byte_size',
  'length_deferred',
  'received_bytes',
  'epoch',
  'expires_at',
  'error_code',
  'error_message',
  'error_at',
  'user_id',
  'call_log_id',
  'cati_call_id',
  'recording_id',
  'object_key',
  'multipart_id',
  'content_type',
  'filename',
  'sha256',
] as const;

/*
 * What is asked for every chunk: as text, since building it costs as much as asking it, and prepared, since planning it
 * costs more than running it. Each is a transaction by itself, and none waits for the disk: a crash of the database takes
 * back the last chunks and nothing else, and their sender goes on where the upload says. Finalizing an upload waits for
 * the disk, and so for all that came before it.
 */
const ASYNCHRONOUS = `set_config('synchronous_commit', 'off', true) = 'off'`;

/** $1 upload, $2 offset, $3 whose upload by chunks it must be, null for any. */
export const BEGIN_CHUNK = `update upload_sessions set epoch = epoch + 1
  where id = $1 and status = 'OPEN' and received_bytes = $2 and chunk_count < ${MAX_CHUNKS}
    and ($3::uuid is null or (user_id = $3::uuid and strategy = 'CHUNKED')) and ${ASYNCHRONOUS}
  returning ${UPLOAD_COLUMNS.join(', ')}`;

/**
 * $1 upload, $2 epoch, $3 first byte, $4 bytes, $5 SHA-256, $6 key, $7 seconds that the upload stays open.
 * Its end moves only when it is a hundredth too early: the column is indexed, and a row whose indexed columns stay as
 * they are is updated in place (heap-only tuple), where each of its indexes would have to learn of it otherwise.
 */
export const COMMIT_CHUNK = `with moved as (
    update upload_sessions set received_bytes = $3::bigint + $4::bigint, chunk_count = chunk_count + 1,
      expires_at = case when expires_at < now() + make_interval(secs => $7::float8 * 0.99)
        then now() + make_interval(secs => $7::float8) else expires_at end
    where id = $1 and status = 'OPEN' and epoch = $2 and received_bytes = $3::bigint and ${ASYNCHRONOUS}
    returning id, expires_at),
  stored as (
    insert into upload_chunks (upload_id, first_byte, byte_size, sha256, key)
    select id, $3::bigint, $4::bigint, $5::text, $6::text from moved)
  select expires_at from moved`;

/** By the names that connections know them by. */
export const CHUNK_STATEMENTS = { chunk_begin: BEGIN_CHUNK, chunk_commit: COMMIT_CHUNK };
