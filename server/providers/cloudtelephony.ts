import { connect, type ConnectionOptions } from './connection.js';
import { fetchVerdict, recordingRequest } from './fetch-verdict.js';
import type {
  Acknowledgement,
  CallEvent,
  ParsedWebhook,
  Provider,
  RecordingSource,
  RecordingVerdict,
  WebhookRequest,
} from './provider.js';
import { failed, NO_URL, settleReadiness } from './recording-verdict.js';
import type { SafeFetch } from './safe-fetch.js';
import { expiryAfter } from './source-expiry.js';
import { reportsOf } from './webhook/body.js';
import { agree, toSeconds, toTime } from './webhook/call-times.js';
import { Fields, toPhoneNumber, type JsonObject } from './webhook/fields.js';
import { parseReports } from './webhook/parse-reports.js';
import { absoluteUrl } from './webhook/recording-url.js';
import { secretMatches } from './webhook/shared-secret.js';
import { statusOfWord } from './webhook/status-words.js';

export interface CloudTelephonyOptions {
  /** Without it no event is accepted. */
  readonly webhookSecret?: string | undefined;
  /** Origin of its recordings: the provider names none of its own. */
  readonly recordingUrl?: string | undefined;
  /** How long it keeps recordings, by contract; unknown by default. */
  readonly retentionDays?: number | undefined;
}

/** CloudTelephony: events are a GET with a query, failures an HTTP 200 that says `{"type":"error"}`. */
export class CloudTelephony implements Provider {
  readonly name = 'cloudtelephony';
  readonly acknowledgement: Acknowledgement = { status: 200, body: 'OK', contentType: 'text/plain' };
  readonly sourceRetentionDays: number | undefined;
  readonly callIdHost = undefined;
  readonly #fetcher: SafeFetch;

  constructor(
    private readonly options: CloudTelephonyOptions,
    connection: ConnectionOptions,
    private readonly now: () => number = Date.now,
  ) {
    this.sourceRetentionDays = options.retentionDays;
    this.#fetcher = connect(connection, [], options.recordingUrl === undefined ? [] : [options.recordingUrl]);
  }

  verifyWebhook(request: WebhookRequest): boolean {
    return secretMatches(request.pathSecret, this.options.webhookSecret);
  }

  parseWebhook(request: WebhookRequest): ParsedWebhook {
    return parseReports(reportsOf(request, []), cloudTelephonyEvent);
  }

  expiry(event: Pick<CallEvent, 'startedAt' | 'endedAt'>): Date | undefined {
    return expiryAfter(this.sourceRetentionDays, event);
  }

  /** The URL is fetched exactly as it was given: it may be signed, which any further parameter breaks. */
  async fetchRecording(source: RecordingSource, signal?: AbortSignal): Promise<RecordingVerdict> {
    if (source.url === undefined) return NO_URL;
    const request = recordingRequest(source.url, source, undefined, signal);
    const verdict = await fetchVerdict(this.#fetcher, request, verdictOfError);
    return settleReadiness(verdict, source.callEndedAt, this.now());
  }

  close(): Promise<void> {
    return this.#fetcher.close();
  }
}

function cloudTelephonyEvent(report: JsonObject): CallEvent | undefined {
  const fields = new Fields(report);
  const ownId = fields.text(['CallSid', 'Uniqueid'], 200);
  const campaignOrId = fields.text(['campid'], 200);
  const callId = ownId ?? campaignOrId;
  if (callId === undefined) return undefined;
  const statusCode = fields.text(['Status', 'CallStatus'], 40);
  const status = statusOfWord(statusCode);
  const url = absoluteUrl(fields.value(['CallRecordingUrl', 'RecordingUrl']));
  return {
    callId,
    status,
    statusCode,
    campaign: ownId === undefined ? undefined : campaignOrId,
    interviewerKey: undefined,
    userId: fields.text(['uid'], 40),
    fromNumber: toPhoneNumber(fields.value(['SourceNumber'])),
    toNumber:
      toPhoneNumber(fields.value(['DialWhomNumber'])) ?? toPhoneNumber(fields.value(['DestinationNumber'])),
    ...agree({
      startedAt: toTime(fields.value(['StartTime'])),
      endedAt: toTime(fields.value(['EndTime'])),
      talkSeconds: toSeconds(fields.value(['CallDuration'])),
    }),
    recording: { expected: url !== undefined || status === 'COMPLETED', url },
  };
}

function verdictOfError(json: unknown, status: number): RecordingVerdict | undefined {
  const isError =
    status === 200 && typeof json === 'object' && json !== null && 'type' in json && json.type === 'error';
  return isError ? failed('SOURCE_UNREACHABLE', 'The provider reports an error.') : undefined;
}
