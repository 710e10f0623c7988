import { errors } from '../../errors.js';
import type { UploadSessionType } from '../upload.type.js';

/** What a creation may tell of its file. Clients send more, which is theirs. */
const KEYS = ['callLogId', 'catiCallId', 'filename', 'filetype', 'sha256'] as const;

export type TusMetadata = Readonly<Partial<Record<(typeof KEYS)[number], string>>>;

/**
 * `Upload-Metadata`: pairs behind commas, a key and the Base64 of its value; a key alone has the empty value. What is
 * empty counts as not given.
 */
export function parseMetadata(header: string | undefined): TusMetadata {
  const found = new Map<string, string>();
  for (const pair of header?.split(',') ?? []) {
    const [key = '', value = '', ...more] = pair.trim().split(' ');
    if (more.length > 0 || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value))
      throw malformed('Upload-Metadata must be pairs of a key and a Base64 value, behind commas.');
    if (found.has(key)) throw malformed(`Upload-Metadata has ${JSON.stringify(key)} twice.`);
    found.set(key, Buffer.from(value, 'base64').toString('utf8'));
  }
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = found.get(key);
      return value ? [[key, value]] : [];
    }),
  );
}

/** The same as a header again, of what an upload knows. */
export function formatMetadata(upload: UploadSessionType): string {
  const { callLogId, catiCallId, filename, contentType, sha256 } = upload;
  const known: TusMetadata = Object.fromEntries(
    Object.entries({ callLogId, catiCallId, filename, filetype: contentType, sha256 }).filter(
      ([, value]) => value !== null,
    ),
  );
  return KEYS.flatMap((key) => {
    const value = known[key];
    return value === undefined ? [] : [`${key} ${Buffer.from(value).toString('base64')}`];
  }).join(',');
}

function malformed(message: string): Error {
  return errors.badInput('Upload-Metadata', message);
}
