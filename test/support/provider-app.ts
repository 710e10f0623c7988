import { FAKE_ACCOUNT } from './fake-provider/identity.js';
import { FakeProvider, type FakeProviderOptions } from './fake-provider/fake-provider.js';
import {
  deepcallReport,
  sendWebhook,
  twilioHeaders,
  type Report,
  type Wire,
} from './fake-provider/webhooks.js';
import { TestApp, type TestAppOptions } from './test-app.js';

/** What an operator configures to reach the fake provider. */
export function providerEnv({ origin, host }: Pick<FakeProvider, 'origin' | 'host'>): Record<string, string> {
  return {
    DEEPCALL_USER_ID: FAKE_ACCOUNT.userId,
    DEEPCALL_TOKEN: FAKE_ACCOUNT.token,
    DEEPCALL_SSID: FAKE_ACCOUNT.ssid,
    DEEPCALL_WEBHOOK_SECRET: FAKE_ACCOUNT.webhookSecret,
    DEEPCALL_RECORDING_URL: origin,
    DEEPCALL_API_URL: origin,
    CLOUDTELEPHONY_WEBHOOK_SECRET: FAKE_ACCOUNT.webhookSecret,
    CLOUDTELEPHONY_RECORDING_URL: origin,
    TWILIO_ACCOUNT_SID: FAKE_ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: FAKE_ACCOUNT.authToken,
    TWILIO_API_URL: origin,
    PROVIDER_ALLOW_HOSTS: host,
    COPY_DELAY_SECONDS: '0',
    COPY_RETRY_SECONDS: '1',
    COPY_NOT_READY_SECONDS: '1',
    PROVIDER_PROBE_SECONDS: '1',
  };
}

/** `YYYY-MM-DD HH:MM:SS` in India, as DeepCall writes times; from milliseconds. */
export const indian = (at: number): string =>
  new Date(at + 5.5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

export interface RecordingRow {
  id: string;
  status: string;
  source_url: string | null;
  error_code: string | null;
  error_message: string | null;
  attempts: number;
  tries: number;
  recording_path: string | null;
  sha256: string | null;
  flags: string[];
  next_attempt_at: Date | null;
  not_found_since: Date | null;
  claimed_until: Date | null;
}

/** A server connected to a fake provider that plays by script. */
export class ProviderApp implements AsyncDisposable {
  private constructor(
    readonly app: TestApp,
    readonly fake: FakeProvider,
  ) {}

  static async start(
    options: TestAppOptions = {},
    fakeOptions: FakeProviderOptions = {},
    /** Further hosts that may be asked. */
    others: readonly FakeProvider[] = [],
  ): Promise<ProviderApp> {
    const fake = await FakeProvider.start(fakeOptions);
    const hosts = { PROVIDER_ALLOW_HOSTS: [fake, ...others].map(({ host }) => host).join() };
    const app = await TestApp.start({ ...options, env: { ...providerEnv(fake), ...hosts, ...options.env } });
    return new ProviderApp(app, fake);
  }

  /** Posts one event with the right secret. */
  send(wire: Wire, provider = 'deepcall', headers: Record<string, string> = {}): Promise<Response> {
    return sendWebhook(`${this.app.url}/webhooks/${provider}/${FAKE_ACCOUNT.webhookSecret}`, wire, headers);
  }

  report(report: Report): Promise<Response> {
    return this.send({ method: 'POST', contentType: 'application/json', body: JSON.stringify(report) });
  }

  twilio(parameters: Record<string, string>): Promise<Response> {
    const url = `${this.app.url}/webhooks/twilio/events`;
    const body = new URLSearchParams(parameters).toString();
    const wire: Wire = { method: 'POST', contentType: 'application/x-www-form-urlencoded', body };
    return sendWebhook(url, wire, twilioHeaders(url, parameters));
  }

  async call(callId: string) {
    const [row] = await this.app.database.query<Record<string, unknown> & { id: string }>(
      'select * from cati_calls where call_id = $1',
      [callId],
    );
    return row;
  }

  /** The recording of a call, if it has one. */
  async recording(callId: string): Promise<RecordingRow | undefined> {
    const [row] = await this.app.database.query<RecordingRow>(
      'select recordings.* from recordings join cati_calls on recording_id = recordings.id where call_id = $1',
      [callId],
    );
    return row;
  }

  async events() {
    return this.app.database.query<{ id: string; outcome: string; reason: string | null; url: string }>(
      'select * from webhook_events order by inserted_at, id',
    );
  }

  /** Resolves when the call's recording is as asked; rejects after so many seconds. */
  async recordingWhere(
    callId: string,
    is: (recording: RecordingRow) => boolean,
    seconds = 20,
  ): Promise<RecordingRow> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const recording = await this.recording(callId);
      if (recording && is(recording)) return recording;
      if (Date.now() > until) throw new Error(`${callId} is ${JSON.stringify(recording)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Resolves when nothing is to be done for it any more. */
  settled(callId: string, seconds?: number): Promise<RecordingRow> {
    return this.recordingWhere(
      callId,
      ({ status }) => status === 'UPLOADED' || status === 'FAILED' || status === 'DELETED',
      seconds,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.fake.stop();
  }
}

/** `ago`: seconds since the call ended; by default months. A `url` of null: none is told of. */
export interface Told {
  readonly url?: string | null;
  readonly ago?: number;
}

/** A webhook tells of a finished call. */
export async function tellOf(target: ProviderApp, callId: string, { url, ago }: Told): Promise<void> {
  const ended = ago === undefined ? undefined : Date.now() - ago * 1000;
  const recordingUrl = url === null ? undefined : (url ?? target.fake.urlOf(callId));
  const times = ended === undefined ? {} : { ivrSTime: indian(ended - 20_000), ivrETime: indian(ended) };
  await target.report({ ...deepcallReport({ callId, recordingUrl }), ...times });
}
