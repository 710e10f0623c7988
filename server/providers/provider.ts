import type { Readable } from 'node:stream';
import type { FailureCode } from '../errors.js';
import type { ContentRange } from './fetch/response-headers.js';
import type { Caller } from './hosts/caller.js';

export const CALL_STATUSES = [
  'INITIATED',
  'RINGING',
  'ANSWERED',
  'COMPLETED',
  'BUSY',
  'NO_ANSWER',
  'FAILED',
  'CANCELLED',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** One telephony provider: how its events are read and how its recordings are fetched. */
export interface Provider {
  /** As it stands in routes and rows: lower case. */
  readonly name: string;
  /** How long the provider keeps recordings, in days; undefined where it keeps them until somebody deletes them. */
  readonly sourceRetentionDays: number | undefined;
  /** `host[:port]` that is asked for a recording by its call's id; undefined: it cannot be asked so. */
  readonly callIdHost: string | undefined;
  /** What an accepted event is answered with. */
  readonly acknowledgement: Acknowledgement;
  /** Whether the request comes from the provider; false also when no secret is configured. */
  verifyWebhook(request: WebhookRequest): boolean;
  /** Never throws: what cannot be read is named in `ignored`. */
  parseWebhook(request: WebhookRequest): ParsedWebhook;
  /** When the provider will have removed the recording: an estimate. */
  expiry(event: Pick<CallEvent, 'startedAt' | 'endedAt'>): Date | undefined;
  /**
   * Every answer of the provider is a verdict.
   * @throws FetchAborted when `signal` fires, and nothing else
   */
  fetchRecording(source: RecordingSource, signal?: AbortSignal): Promise<RecordingVerdict>;
  /** Ends its connections at once. */
  close(): Promise<void>;
}

export interface Acknowledgement {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

type Multi = string | readonly string[] | undefined;

export interface WebhookRequest {
  readonly method: string;
  /** The exact public URL that the provider called, query included: some sign it. */
  readonly url: string;
  readonly query: Readonly<Record<string, Multi>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, Multi>>;
  readonly contentType: string | undefined;
  /** As received; the route bounds its length. */
  readonly rawBody: Buffer;
  /** The secret part of the route's path. */
  readonly pathSecret?: string | undefined;
}

export interface ParsedWebhook {
  readonly events: readonly CallEvent[];
  readonly ignored: readonly IgnoredReason[];
}

/**
 * EMPTY carries no report (an unset template), UNREADABLE is neither JSON nor a form, NO_CALL_ID names no call,
 * TOO_MANY stands for all reports past the bound of one request.
 */
export type IgnoredReason = 'EMPTY' | 'UNREADABLE' | 'NO_CALL_ID' | 'TOO_MANY';

/** What one report says of one call. Undefined: the report does not say. Texts hold no control characters. */
export interface CallEvent {
  /** At most 200 characters. */
  readonly callId: string;
  readonly status: CallStatus | undefined;
  /** The provider's own word or number, at most 40 characters. */
  readonly statusCode: string | undefined;
  /** At most 200 characters. */
  readonly campaign: string | undefined;
  /** The provider's own name for the interviewer (its agent). */
  readonly interviewerKey: string | undefined;
  /** Whose account at the provider the call belongs to. */
  readonly userId: string | undefined;
  /** Digits, maybe after a +, at most 20 characters. */
  readonly fromNumber: string | undefined;
  readonly toNumber: string | undefined;
  readonly startedAt: Date | undefined;
  /** Never before `startedAt`. */
  readonly endedAt: Date | undefined;
  /** Never longer than the call. */
  readonly talkSeconds: number | undefined;
  readonly recording: RecordingNews;
}

export interface RecordingNews {
  /** The provider says that there is a recording, or that the call was held, which is recorded. */
  readonly expected: boolean;
  /** Absolute. May carry a token: never log it, never show it. */
  readonly url: string | undefined;
  /** The provider says that there is none and will be none. */
  readonly absent?: true;
}

export interface RecordingSource {
  readonly callId: string;
  readonly url?: string | undefined;
  readonly userId?: string | undefined;
  /** A 404 or 403 within 24 hours of it means: not ready yet. */
  readonly callEndedAt?: Date | undefined;
  readonly method?: 'GET' | 'HEAD' | undefined;
  /** A Range header, passed on as it is. */
  readonly range?: string | undefined;
  /** Bounds the whole fetch, body included, in milliseconds. */
  readonly totalMs?: number | undefined;
  /** On whose behalf the provider's hosts are asked. */
  readonly caller?: Caller | undefined;
}

/** Reasons and messages are safe to show to people. */
export type RecordingVerdict =
  | FoundRecording
  /** A Range that begins past the end (416). */
  | { readonly kind: 'unsatisfiable'; readonly byteSize: number | undefined }
  | { readonly kind: 'notReady'; readonly reason: string; readonly retryAfterSeconds?: number | undefined }
  /** Deleted at the provider, beyond doubt. */
  | { readonly kind: 'gone'; readonly confirmed: true; readonly why: string }
  /** Not found, but nobody confirms that it is deleted. */
  | {
      readonly kind: 'notFoundUnconfirmed';
      readonly why: string;
      /** Nobody else can be asked: that it is not found for a day tells that it is gone. */
      readonly timeTells: boolean;
    }
  /** This one recording was refused. */
  | { readonly kind: 'refused'; readonly status: 401 | 403 }
  /** The provider itself says that our account or credentials are at fault: no recording can be fetched. */
  | { readonly kind: 'configurationFault'; readonly reason: string }
  | FailedFetch;

export interface FoundRecording {
  readonly kind: 'found';
  readonly status: 200 | 206;
  /** Bounded; its errors are FetchErrors. Read it or destroy it. Empty for HEAD. Not yet known to be audio. */
  readonly body: Readable;
  /** Of the whole recording, in bytes, where the answer tells it. */
  readonly byteSize: number | undefined;
  /** Of this answer. */
  readonly contentLength: number | undefined;
  readonly contentType: string | undefined;
  /** Of a 206. */
  readonly contentRange: ContentRange | undefined;
  readonly etag: string | undefined;
  readonly acceptsRanges: boolean;
}

export interface FailedFetch {
  readonly kind: 'failed';
  /** Whether another try may help stands in FAILURE_RETRYABLE. */
  readonly code: Extract<
    FailureCode,
    | 'SOURCE_UNREACHABLE'
    | 'SOURCE_TIMEOUT'
    | 'SOURCE_RATE_LIMITED'
    | 'SOURCE_BLOCKED'
    | 'SOURCE_REFUSED'
    | 'TRUNCATED'
    | 'TOO_LARGE'
  >;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}
