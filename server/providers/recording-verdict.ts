import { Readable } from 'node:stream';
import {
  BodyTooLarge,
  BodyTruncated,
  FetchAborted,
  FetchBadResponse,
  FetchBlocked,
  FetchTimeout,
  HostBusy,
  type FetchError,
} from './fetch/fetch-error.js';
import { parseJson, readPrefix } from './fetch/prefix.js';
import type { FailedFetch, FoundRecording, RecordingVerdict } from './provider.js';
import type { SafeResponse } from './safe-fetch.js';

/** What an adapter makes of JSON in place of a recording; undefined: it says nothing. */
export type JsonJudge = (json: unknown, status: number) => RecordingVerdict | undefined;

/** No provider's error is longer. */
const MAX_JSON_BYTES = 64 * 1024;

/** Within it a recording that is not there may still come, in milliseconds. */
const READY_WITHIN_MS = 86_400_000;

/** Nobody was asked: it never came, which is no word of its being there or not. */
export const NO_URL: RecordingVerdict = {
  kind: 'notReady',
  reason: 'The provider has named no address of the recording.',
};

/** What an answer to a recording's URL means. The body of anything but `found` is destroyed. */
export async function judge(response: SafeResponse, jsonJudge: JsonJudge): Promise<RecordingVerdict> {
  const { json, body } = await peekJson(response);
  const verdict =
    (json === undefined ? undefined : jsonJudge(json, response.status)) ?? byStatus(response, body);
  if (verdict.kind !== 'found') body.destroy();
  return verdict;
}

function byStatus({ status, headers }: SafeResponse, body: Readable): RecordingVerdict {
  if (status === 200 || status === 206) return found(status, headers, body);
  if (status === 401 || status === 403) return { kind: 'refused', status };
  if (status === 404)
    return {
      kind: 'notFoundUnconfirmed',
      why: 'The provider does not find the recording.',
      timeTells: true,
    };
  if (status === 410) {
    return { kind: 'gone', confirmed: true, why: 'The provider has removed the recording.' };
  }
  if (status === 416) return { kind: 'unsatisfiable', byteSize: headers.contentRange?.byteSize };
  return failedBy(status, headers.retryAfterSeconds);
}

function found(status: 200 | 206, headers: SafeResponse['headers'], body: Readable): FoundRecording {
  const { contentLength, contentType, contentRange, etag, acceptsRanges } = headers;
  const byteSize = status === 206 ? contentRange?.byteSize : contentLength;
  return {
    kind: 'found',
    status,
    body,
    byteSize,
    contentLength,
    contentType,
    contentRange,
    etag,
    acceptsRanges,
  };
}

function failedBy(status: number, retryAfterSeconds: number | undefined): FailedFetch {
  if (status === 429) {
    return failed('SOURCE_RATE_LIMITED', 'The provider asks for fewer requests.', retryAfterSeconds);
  }
  if (status === 408 || status === 504) {
    return failed('SOURCE_TIMEOUT', 'The provider did not answer in time.', retryAfterSeconds);
  }
  const code = status >= 400 && status < 500 ? 'SOURCE_REFUSED' : 'SOURCE_UNREACHABLE';
  return failed(code, `The provider answered with HTTP ${status}.`, retryAfterSeconds);
}

export function failed(code: FailedFetch['code'], message: string, retryAfterSeconds?: number): FailedFetch {
  return { kind: 'failed', code, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** @throws FetchAborted, which is the caller's own wish and no verdict */
export function verdictOfError(error: FetchError): FailedFetch {
  if (error instanceof FetchAborted) throw error;
  if (error instanceof FetchBlocked) return failed('SOURCE_BLOCKED', error.message);
  if (error instanceof FetchTimeout) return failed('SOURCE_TIMEOUT', error.message);
  if (error instanceof HostBusy) return failed('SOURCE_RATE_LIMITED', error.message, error.seconds);
  if (error instanceof BodyTruncated) return failed('TRUNCATED', error.message);
  if (error instanceof BodyTooLarge) return failed('TOO_LARGE', error.message);
  return failed(
    'SOURCE_UNREACHABLE',
    error instanceof FetchBadResponse ? 'The provider’s answer cannot be read.' : error.message,
  );
}

/**
 * Providers announce a call before its recording can be fetched: for minutes or hours its URL answers 403 or 404.
 * @param now milliseconds
 */
export function settleReadiness(
  verdict: RecordingVerdict,
  callEndedAt: Date | undefined,
  now: number,
): RecordingVerdict {
  const early = callEndedAt !== undefined && now - callEndedAt.getTime() < READY_WITHIN_MS;
  const missing =
    verdict.kind === 'notFoundUnconfirmed' || (verdict.kind === 'refused' && verdict.status === 403);
  return early && missing
    ? { kind: 'notReady', reason: 'The provider does not give out the recording yet.' }
    : verdict;
}

interface Peeked {
  readonly json: unknown;
  /** Whole, whatever was read of it. */
  readonly body: Readable;
}

/**
 * Reads a small body that is declared as JSON, or begins as an object of it: errors come as pages and as audio, too. The
 * bytes stay readable, for they may be audio that is declared wrongly.
 */
async function peekJson({ headers, body }: SafeResponse): Promise<Peeked> {
  if ((headers.contentLength ?? 0) > MAX_JSON_BYTES) return { json: undefined, body };
  const declared = /^(?:application|text)\/(?:[\w.-]+\+)?json\b/i.test(headers.contentType ?? '');
  const first = await readPrefix(body, declared ? MAX_JSON_BYTES : 0);
  if (first.whole) return { json: parseJson(first.bytes), body: Readable.from(nonEmpty(first.bytes)) };
  body.unshift(first.bytes);
  if (declared || !/^\s*\{/.test(first.bytes.toString('latin1', 0, 100))) return { json: undefined, body };
  const { bytes, whole } = await readPrefix(body, MAX_JSON_BYTES);
  if (whole) return { json: parseJson(bytes), body: Readable.from(nonEmpty(bytes)) };
  body.unshift(bytes);
  return { json: undefined, body };
}

function nonEmpty(bytes: Buffer): Buffer[] {
  return bytes.length === 0 ? [] : [bytes];
}
