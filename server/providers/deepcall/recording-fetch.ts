import { fetchVerdict, recordingRequest } from '../fetch-verdict.js';
import type { Credentials } from '../fetch/credentials.js';
import { nameMatcher } from '../fetch/host-policy.js';
import type { RecordingSource, RecordingVerdict } from '../provider.js';
import { failed } from '../recording-verdict.js';
import type { SafeFetch } from '../safe-fetch.js';
import { verdictOfApiError } from './api-answer.js';
import { verdictOfLinkError } from './call-report-api.js';

export interface RecordingFetchOptions {
  readonly recordingOrigin: string;
  readonly userId: string | undefined;
  readonly token: string | undefined;
}

/** Redirects that DeepCall's recording links were seen to need at most. */
const MAX_REDIRECTS = 5;

/** The names whose holder is DeepCall itself, and so may see the token. */
export const OWN_HOSTS = ['*.sarv.com', '*.deepcall.com'];
const isOwnHost = (hostname: string) => OWN_HOSTS.some((pattern) => nameMatcher(pattern)(hostname));

/** DeepCall's first generation: a URL that the webhook gave, opened with the token in its query, as Bearer, or without. */
export class RecordingFetch {
  constructor(
    private readonly fetcher: SafeFetch,
    private readonly options: RecordingFetchOptions,
  ) {}

  /** Asks once for each way of signing in, until one is not refused. */
  async fetch(
    url: string,
    source: RecordingSource,
    signal: AbortSignal | undefined,
  ): Promise<RecordingVerdict> {
    const isLink = /\/directstream\//.test(url);
    const ways = isLink ? [undefined] : this.#waysInto(url, source);
    let verdict: RecordingVerdict = failed('SOURCE_REFUSED', 'The provider refuses the recording.');
    for (const credentials of ways) {
      const request = { ...recordingRequest(url, source, credentials, signal), maxRedirects: MAX_REDIRECTS };
      const next = await fetchVerdict(this.fetcher, request, isLink ? verdictOfLinkError : verdictOfApiError);
      if (next.kind !== 'refused' && next.kind !== 'configurationFault') return next;
      verdict = weightier(verdict, next);
    }
    return verdict;
  }

  /** A foreign URL gets no token: it may be signed, which any further parameter breaks, and it is not DeepCall's. */
  #waysInto(url: string, source: RecordingSource): (Credentials | undefined)[] {
    const { token } = this.options;
    const userId = source.userId ?? this.options.userId;
    if (token === undefined || !this.#isOwn(url)) return [undefined];
    return [
      { query: { token, ...(userId === undefined ? {} : { user_id: userId }) } },
      { headers: { authorization: `Bearer ${token}` } },
      undefined,
    ];
  }

  #isOwn(url: string): boolean {
    const parsed = URL.parse(url);
    if (!parsed) return false;
    return (
      parsed.origin === new URL(this.options.recordingOrigin).origin ||
      (parsed.protocol === 'https:' && isOwnHost(parsed.hostname))
    );
  }
}

/**
 * Of the refusals of several ways of signing in: a fault that the provider names, then a 403, which is said to whom it
 * knows, then a 401.
 */
function weightier(one: RecordingVerdict, other: RecordingVerdict): RecordingVerdict {
  return weightOf(other) > weightOf(one) ? other : one;
}

function weightOf(verdict: RecordingVerdict): number {
  if (verdict.kind === 'configurationFault') return 3;
  return verdict.kind === 'refused' ? (verdict.status === 403 ? 2 : 1) : 0;
}
