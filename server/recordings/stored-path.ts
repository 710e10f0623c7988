import { RECORDINGS_PREFIX } from '../storage/key-prefixes.js';

/** Where an object lies, as the database keeps it: `local:recordings/…` or `s3:recordings/…`, at most 500 characters. */
export interface StoredPath {
  storage: 'local' | 's3';
  key: string;
}

export function formatStoredPath({ storage, key }: StoredPath): string {
  return `${storage}:${key}`;
}

/** Throws for anything that formatStoredPath does not write: only the server writes these. */
export function parseStoredPath(text: string): StoredPath {
  const [, storage, key] = /^(local|s3):(.+)$/s.exec(text) ?? [];
  if (key === undefined) throw new Error('not a stored path');
  return { storage: storage === 's3' ? 's3' : 'local', key };
}

/** One attempt's own key. Spread over 256 prefixes, since S3 limits requests by prefix. */
export function attemptKey(recordingId: string, attemptId: string, extension: string): string {
  return `${recordingPrefix(recordingId)}${attemptId}.${extension}`;
}

/** Everything that any attempt at this recording wrote. A UUIDv7 begins with the time, so its random end spreads. */
export function recordingPrefix(recordingId: string): string {
  return `${RECORDINGS_PREFIX}${recordingId.slice(-2)}/${recordingId}/`;
}

export function extensionOf(key: string): string {
  return /\.([a-z0-9]+)$/.exec(key)?.[1] ?? 'bin';
}

/** What it is called in its folder, without the extension: an attempt's id. */
export function fileNameOf(path: string): string {
  return /([^/]+)\.[a-z0-9]+$/.exec(path)?.[1] ?? path;
}
