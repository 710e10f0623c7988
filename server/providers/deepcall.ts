import { CallReportApi } from './deepcall/call-report-api.js';
import { OWN_HOSTS, RecordingFetch } from './deepcall/recording-fetch.js';
import { deepcallEvent } from './deepcall/report.js';
import type {
  Acknowledgement,
  CallEvent,
  ParsedWebhook,
  Provider,
  RecordingSource,
  RecordingVerdict,
  WebhookRequest,
} from './provider.js';
import { connect, type ConnectionOptions } from './connection.js';
import { NO_URL, settleReadiness } from './recording-verdict.js';
import type { SafeFetch } from './safe-fetch.js';
import { expiryAfter } from './source-expiry.js';
import { reportsOf } from './webhook/body.js';
import { parseReports } from './webhook/parse-reports.js';
import { secretMatches } from './webhook/shared-secret.js';

export interface DeepcallOptions {
  readonly userId?: string | undefined;
  readonly token?: string | undefined;
  /** Session id of the second generation's API; where it is missing, the token is sent. */
  readonly ssid?: string | undefined;
  /** Without it no event is accepted. */
  readonly webhookSecret?: string | undefined;
  /** Origin of the first generation's recordings. */
  readonly recordingUrl?: string | undefined;
  /** Origin of the second generation's API; `/api/v2/…` is appended. */
  readonly apiUrl?: string | undefined;
}

const RECORDING_URL = 'https://s-ct3.sarv.com';
const API_URL = 'https://v4-api.deepcall.com';

/** The form field, or JSON property, that carries a report. */
const WRAPPERS = ['push_report', 'pushreport'];

/**
 * DeepCall: push reports in many forms, no signature; recordings by URL (first generation) or by call id (second), which
 * confirms each other's "not found".
 */
export class Deepcall implements Provider {
  readonly name = 'deepcall';
  /** Two months. */
  readonly sourceRetentionDays = 61;
  readonly callIdHost: string | undefined;
  readonly acknowledgement: Acknowledgement = { status: 200, body: 'GODBLESSYOU', contentType: 'text/plain' };
  readonly #fetcher: SafeFetch;
  readonly #recordings: RecordingFetch;
  readonly #api: CallReportApi;
  readonly #recordingOrigin: string;

  constructor(
    private readonly options: DeepcallOptions,
    connection: ConnectionOptions,
    private readonly now: () => number = Date.now,
  ) {
    const { userId, token, ssid } = options;
    this.#recordingOrigin = withoutSlash(options.recordingUrl ?? RECORDING_URL);
    const apiOrigin = withoutSlash(options.apiUrl ?? API_URL);
    this.#fetcher = connect(connection, OWN_HOSTS, [this.#recordingOrigin, apiOrigin]);
    this.#recordings = new RecordingFetch(this.#fetcher, {
      recordingOrigin: this.#recordingOrigin,
      userId,
      token,
    });
    this.callIdHost = (ssid ?? token) === undefined ? undefined : new URL(apiOrigin).host;
    this.#api = new CallReportApi(this.#fetcher, { origin: apiOrigin, userId, ssid, token });
  }

  verifyWebhook(request: WebhookRequest): boolean {
    return secretMatches(request.pathSecret, this.options.webhookSecret);
  }

  parseWebhook(request: WebhookRequest): ParsedWebhook {
    const defaults = { userId: this.options.userId, recordingOrigin: this.#recordingOrigin };
    return parseReports(reportsOf(request, WRAPPERS), (report) => deepcallEvent(report, defaults));
  }

  expiry(event: Pick<CallEvent, 'startedAt' | 'endedAt'>): Date | undefined {
    return expiryAfter(this.sourceRetentionDays, event);
  }

  async fetchRecording(source: RecordingSource, signal?: AbortSignal): Promise<RecordingVerdict> {
    const byUrl =
      source.url === undefined ? undefined : await this.#recordings.fetch(source.url, source, signal);
    const verdict =
      byUrl !== undefined && isFinal(byUrl) ? byUrl : await this.#askByCallId(source, byUrl, signal);
    return settleReadiness(verdict, source.callEndedAt, this.now());
  }

  close(): Promise<void> {
    return this.#fetcher.close();
  }

  async #askByCallId(
    source: RecordingSource,
    byUrl: RecordingVerdict | undefined,
    signal: AbortSignal | undefined,
  ): Promise<RecordingVerdict> {
    if (!this.#api.canAsk(source)) return byUrl ?? NO_URL;
    const byCallId = await this.#api.fetch(source, signal);
    if (byCallId === 'missing')
      return missing(byUrl, settleReadiness(UNCONFIRMED, source.callEndedAt, this.now()));
    if (byUrl?.kind === 'refused' || byUrl?.kind === 'configurationFault') {
      return byCallId.kind === 'found' || byCallId.kind === 'configurationFault' ? byCallId : byUrl;
    }
    return byCallId;
  }
}

const UNCONFIRMED: RecordingVerdict = {
  kind: 'notFoundUnconfirmed',
  why: 'DeepCall does not find the recording at the address it gave.',
  timeTells: false,
};

const GONE: RecordingVerdict = {
  kind: 'gone',
  confirmed: true,
  why: 'DeepCall finds the recording neither at its address nor by the call’s id.',
};

/** Whether the first generation's answer needs no second opinion. */
function isFinal(verdict: RecordingVerdict): boolean {
  return verdict.kind === 'found' || verdict.kind === 'failed' || verdict.kind === 'unsatisfiable';
}

/** The API does not know the recording. Only a URL that is not found either makes that a proof, and not before its time. */
function missing(byUrl: RecordingVerdict | undefined, unconfirmed: RecordingVerdict): RecordingVerdict {
  if (byUrl?.kind === 'refused' || byUrl?.kind === 'configurationFault') return byUrl;
  return byUrl === undefined || unconfirmed.kind === 'notReady' ? unconfirmed : GONE;
}

function withoutSlash(origin: string): string {
  return origin.replace(/\/+$/, '');
}
