import { connect, type ConnectionOptions } from './connection.js';
import { fetchVerdict, recordingRequest } from './fetch-verdict.js';
import type { Credentials } from './fetch/credentials.js';
import { nameMatcher } from './fetch/host-policy.js';
import type {
  Acknowledgement,
  ParsedWebhook,
  Provider,
  RecordingSource,
  RecordingVerdict,
  WebhookRequest,
} from './provider.js';
import { NO_URL, settleReadiness } from './recording-verdict.js';
import type { SafeFetch } from './safe-fetch.js';
import { twilioSignatureMatches } from './twilio/signature.js';
import { twilioEvent } from './twilio/status-callback.js';
import { parametersOf, reportsOf } from './webhook/body.js';
import { parseReports } from './webhook/parse-reports.js';

export interface TwilioOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** Origin of its API, where recordings lie. */
  readonly apiUrl?: string | undefined;
}

const API_URL = 'https://api.twilio.com';
const OWN_HOSTS = ['*.twilio.com', '*.twiliocdn.com'];

/** Twilio: signed events, recordings by Basic authentication. It keeps recordings until somebody deletes them. */
export class Twilio implements Provider {
  readonly name = 'twilio';
  readonly sourceRetentionDays = undefined;
  readonly callIdHost = undefined;
  readonly acknowledgement: Acknowledgement = { status: 200, body: '<Response/>', contentType: 'text/xml' };
  readonly #fetcher: SafeFetch;
  readonly #origin: string;

  constructor(
    private readonly options: TwilioOptions,
    connection: ConnectionOptions,
    private readonly now: () => number = Date.now,
  ) {
    this.#origin = new URL(options.apiUrl ?? API_URL).origin;
    this.#fetcher = connect(connection, OWN_HOSTS, [this.#origin]);
  }

  verifyWebhook(request: WebhookRequest): boolean {
    const given = request.headers['x-twilio-signature'];
    if (typeof given !== 'string' || this.options.authToken === '') return false;
    const signed = request.rawBody.length === 0 ? new URLSearchParams() : parametersOf(request);
    return twilioSignatureMatches(given, this.options.authToken, request.url, signed);
  }

  parseWebhook(request: WebhookRequest): ParsedWebhook {
    return parseReports(reportsOf(request, []), twilioEvent);
  }

  expiry(): undefined {
    return undefined;
  }

  async fetchRecording(source: RecordingSource, signal?: AbortSignal): Promise<RecordingVerdict> {
    if (source.url === undefined) return NO_URL;
    const verdict = await this.#fetch(source.url, source, signal);
    return settleReadiness(verdict, source.callEndedAt, this.now());
  }

  close(): Promise<void> {
    return this.#fetcher.close();
  }

  #fetch(url: string, source: RecordingSource, signal: AbortSignal | undefined): Promise<RecordingVerdict> {
    const request = recordingRequest(url, source, this.#credentialsFor(url), signal);
    return fetchVerdict(this.#fetcher, request, () => undefined);
  }

  #credentialsFor(url: string): Credentials | undefined {
    const parsed = URL.parse(url);
    const own =
      parsed?.origin === this.#origin ||
      (parsed?.protocol === 'https:' && nameMatcher('*.twilio.com')(parsed.hostname));
    if (!own) return undefined;
    const pair = Buffer.from(`${this.options.accountSid}:${this.options.authToken}`).toString('base64');
    return { headers: { authorization: `Basic ${pair}` } };
  }
}
