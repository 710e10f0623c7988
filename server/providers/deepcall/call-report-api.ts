import { parseJson, readPrefix } from '../fetch/prefix.js';
import { fetchVerdict, attempt, recordingRequest } from '../fetch-verdict.js';
import type { RecordingSource, RecordingVerdict } from '../provider.js';
import { failed } from '../recording-verdict.js';
import type { SafeFetch, SafeResponse } from '../safe-fetch.js';
import { readApiAnswer, recordingPath, verdictOfApiError, type ApiAnswer } from './api-answer.js';

export interface CallReportApiOptions {
  /** Without a slash at the end. */
  readonly origin: string;
  readonly userId: string | undefined;
  readonly ssid: string | undefined;
  readonly token: string | undefined;
}

/** A list of one call's recordings is a few hundred bytes long. */
const MAX_ANSWER_BYTES = 256 * 1024;

const NO_RECORDING: RecordingVerdict = {
  kind: 'notFoundUnconfirmed',
  why: 'DeepCall lists no recording of the call.',
  timeTells: false,
};

/** DeepCall's second generation: asks by call id where the recording lies, then fetches it by the link it gives. */
export class CallReportApi {
  constructor(
    private readonly fetcher: SafeFetch,
    private readonly options: CallReportApiOptions,
  ) {}

  /** Whether there are credentials to ask with. */
  canAsk(source: RecordingSource): boolean {
    const { ssid, token, userId } = this.options;
    return (ssid ?? token) !== undefined && (source.userId ?? userId) !== undefined;
  }

  /** `missing`: DeepCall itself says that it has no such recording. */
  async fetch(
    source: RecordingSource,
    signal: AbortSignal | undefined,
  ): Promise<RecordingVerdict | 'missing'> {
    const answer = await this.#detail(source, signal);
    if (answer === 'missing' || 'kind' in answer) return answer;
    const path = answer.recordings.map(recordingPath).find((found) => found !== undefined);
    return path === undefined ? NO_RECORDING : this.#stream(path, source, signal);
  }

  async #detail(
    source: RecordingSource,
    signal: AbortSignal | undefined,
  ): Promise<ApiAnswer | RecordingVerdict | 'missing'> {
    const { origin, ssid, token, userId } = this.options;
    const response = await attempt(() =>
      this.fetcher.fetch({
        url: `${origin}/api/v2/CallReport/detail`,
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({
          userId: source.userId ?? userId,
          clId: source.callId,
          rType: ['rcrd'],
          ...(ssid === undefined ? { token } : { ssid }),
        }),
        caller: source.caller,
        signal,
      }),
    );
    if ('kind' in response) return response;
    const read = await attempt(() => readPrefix(response.body, MAX_ANSWER_BYTES));
    response.body.destroy();
    if ('kind' in read) return read;
    return this.#understand(read.whole ? parseJson(read.bytes) : undefined, response);
  }

  #understand(json: unknown, { status, headers }: SafeResponse): ApiAnswer | RecordingVerdict | 'missing' {
    const error = verdictOfApiError(json, status);
    if (error) return error.kind === 'notFoundUnconfirmed' ? 'missing' : error;
    const answer = readApiAnswer(json);
    if (status === 200 && answer) return answer;
    if (status === 401 || status === 403) return { kind: 'refused', status };
    // A bare 404 tells of the route (a moved panel), not of the recording: only an answer of the API itself does.
    if (status === 404 && answer) return 'missing';
    return status === 429
      ? failed('SOURCE_RATE_LIMITED', 'DeepCall asks for fewer requests.', headers.retryAfterSeconds)
      : failed(
          'SOURCE_UNREACHABLE',
          `DeepCall’s API answered with HTTP ${status}.`,
          headers.retryAfterSeconds,
        );
  }

  async #stream(
    path: string,
    source: RecordingSource,
    signal: AbortSignal | undefined,
  ): Promise<RecordingVerdict | 'missing'> {
    const url = `${this.options.origin}/api/v2/recording/directstream/${path}`;
    const request = recordingRequest(url, source, undefined, signal);
    const verdict = await fetchVerdict(this.fetcher, request, verdictOfLinkError);
    return verdict.kind === 'notFoundUnconfirmed' || verdict.kind === 'gone' ? 'missing' : verdict;
  }
}

/** A link carries a token of its own: that it has expired accuses the link, not the account. */
export function verdictOfLinkError(json: unknown, status: number): RecordingVerdict | undefined {
  const verdict = verdictOfApiError(json, status);
  return verdict?.kind === 'configurationFault' ? { kind: 'refused', status: 403 } : verdict;
}
