import type { FailedFetch, RecordingSource, RecordingVerdict } from './provider.js';
import { judge, verdictOfError, type JsonJudge } from './recording-verdict.js';
import { FetchError } from './fetch/fetch-error.js';
import type { Credentials } from './fetch/credentials.js';
import type { SafeFetch, SafeRequest } from './safe-fetch.js';

/** How the parts of a recording's request that do not depend on the provider are sent. */
export function recordingRequest(
  url: string,
  source: RecordingSource,
  credentials: Credentials | undefined,
  signal: AbortSignal | undefined,
): SafeRequest {
  return {
    url,
    method: source.method ?? 'GET',
    headers: { accept: 'audio/*', ...(source.range === undefined ? {} : { range: source.range }) },
    credentials,
    totalMs: source.totalMs,
    caller: source.caller,
    signal,
  };
}

/** @throws FetchAborted */
export async function fetchVerdict(
  fetcher: SafeFetch,
  request: SafeRequest,
  jsonJudge: JsonJudge,
): Promise<RecordingVerdict> {
  const response = await attempt(() => fetcher.fetch(request));
  return 'kind' in response ? response : attempt(() => judge(response, jsonJudge));
}

/** A fetch's errors as verdicts. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | FailedFetch> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FetchError) return verdictOfError(error);
    throw error;
  }
}
