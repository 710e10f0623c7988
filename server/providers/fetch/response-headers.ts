import type { Dispatcher } from 'undici';

type IncomingHttpHeaders = Dispatcher.ResponseData['headers'];

/** `bytes first-last/byteSize`; for a 416, the size alone. */
export interface ContentRange {
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  /** Of the whole recording. */
  readonly byteSize?: number | undefined;
}

export interface ResponseHeaders {
  /** As sent, parameters included. */
  readonly contentType: string | undefined;
  readonly contentLength: number | undefined;
  readonly etag: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly contentRange: ContentRange | undefined;
  readonly acceptsRanges: boolean;
}

const DAY_SECONDS = 86_400;

export function readHeaders(headers: IncomingHttpHeaders, now: number): ResponseHeaders {
  return {
    contentType: text(headers['content-type'], 200),
    contentLength: naturalNumber(text(headers['content-length'], 20)),
    etag: text(headers['etag'], 200),
    retryAfterSeconds: retryAfter(text(headers['retry-after'], 60), now),
    contentRange: contentRange(text(headers['content-range'], 100)),
    acceptsRanges: text(headers['accept-ranges'], 60)?.toLowerCase() === 'bytes',
  };
}

/** RFC 9110 section 10.2.3: seconds or a date; at most a day is believed. */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = naturalNumber(value) ?? Math.ceil((Date.parse(value) - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), DAY_SECONDS);
}

/** RFC 9110 section 14.4. */
export function contentRange(value: string | undefined): ContentRange | undefined {
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/i.exec(value ?? '');
  if (!match) return undefined;
  const [first, last, byteSize] = match.slice(1).map((part) => naturalNumber(part));
  return { first, last, byteSize };
}

function naturalNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function text(value: string | string[] | undefined, maxCharacters: number): string | undefined {
  const first = (Array.isArray(value) ? value[0] : value)?.trim();
  return first === undefined || first.length > maxCharacters ? undefined : first;
}
