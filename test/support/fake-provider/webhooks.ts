import { createHmac } from 'node:crypto';
import { FAKE_ACCOUNT } from './identity.js';

export type Report = Readonly<Record<string, unknown>>;

/** One webhook as it goes over the wire. */
export interface Wire {
  readonly method: 'GET' | 'POST';
  readonly contentType?: string;
  readonly body?: string;
  readonly query?: Readonly<Record<string, string>>;
}

export interface ReportOptions {
  readonly callId: string;
  readonly recordingUrl?: string | undefined;
  readonly file?: string | undefined;
  readonly callStatus?: number;
}

/** A push report of a completed call, both legs answered, as DeepCall sends it. Every number and id is made up. */
export function deepcallReport(options: ReportOptions): Report {
  const { callId, recordingUrl, file, callStatus = 3 } = options;
  const leg = {
    status: 'answered',
    talkDuration: 8,
    ...(recordingUrl === undefined ? {} : { recordingUrl }),
  };
  return {
    callId,
    cType: 'CTC',
    callStatus,
    did: null,
    campId: 0,
    userId: FAKE_ACCOUNT.userId,
    cNumber: '910000000002',
    cNumber10: '0000000002',
    masterNumCTC: '910000000001',
    masterAgent: 7,
    masterAgentNumber: '',
    api_para: {
      userId: FAKE_ACCOUNT.userId,
      fromType: 'number',
      from: '0000000001',
      toType: 'number',
      to: '0000000002',
      reqId: 'r_1_x',
    },
    ivrSTime: '2025-08-08 19:28:32',
    ivrETime: '2025-08-08 19:28:51',
    firstAnswerTime: '0',
    lastHangupTime: '0000-00-00 00:00:00',
    ivrDuration: '19',
    talkDuration: 8,
    lastFirstDuration: 16,
    firstAttended: 'from',
    forward: 'false',
    callDisposition: '[]',
    totalCreditsUsed: { freeHit: 2, paidHit: 0, amount: 0 },
    recordings:
      file === undefined
        ? []
        : [{ nodeid: 'to', visitId: '1754661514686', file, time: '2025-08-08 19:28:43' }],
    nHDetail:
      callStatus === 3
        ? [
            { CTC: 'to', ...leg },
            { CTC: 'from', ...leg },
          ]
        : [],
    voiceMail: [],
    DTMF: [],
  };
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The forms in which one and the same report has been seen; each must read as the same call. */
export function deepcallWires(report: Report): Readonly<Record<string, Wire>> {
  const json = JSON.stringify(report);
  const form = new URLSearchParams({ push_report: json }).toString();
  const lowerCase = Object.fromEntries(
    Object.entries(report).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const stringed = {
    ...report,
    nHDetail: JSON.stringify(report['nHDetail']),
    recordings: JSON.stringify(report['recordings']),
  };
  return {
    'raw JSON object': { method: 'POST', contentType: JSON_TYPE, body: json },
    'JSON declared as text': { method: 'POST', contentType: 'text/plain', body: json },
    'JSON declared as a form': { method: 'POST', contentType: FORM_TYPE, body: json },
    'form field push_report': { method: 'POST', contentType: FORM_TYPE, body: form },
    'JSON property push_report': {
      method: 'POST',
      contentType: JSON_TYPE,
      body: JSON.stringify({ push_report: json }),
    },
    'JSON array': { method: 'POST', contentType: JSON_TYPE, body: JSON.stringify([report]) },
    'array inside push_report': {
      method: 'POST',
      contentType: FORM_TYPE,
      body: new URLSearchParams({ push_report: `[${json}]` }).toString(),
    },
    'lower-case keys': { method: 'POST', contentType: JSON_TYPE, body: JSON.stringify(lowerCase) },
    'lists as JSON strings': { method: 'POST', contentType: JSON_TYPE, body: JSON.stringify(stringed) },
    'JSON twice encoded': { method: 'POST', contentType: JSON_TYPE, body: JSON.stringify(json) },
  };
}

/** The template was never set: carries nothing, makes no row. */
export const UNSET_TEMPLATE: Wire = { method: 'POST', contentType: FORM_TYPE, body: 'push_report=%7B%7D' };

/** Keys renamed by a dashboard template; form or JSON. */
export function renamedReport(callId: string, recordingUrl: string): Report {
  return {
    callid: callId,
    status: 'completed',
    duration: '8',
    recordingUrl,
    startTime: '2025-08-08 19:28:32',
    endTime: '2025-08-08 19:28:51',
    fromNumber: '910000000001',
    toNumber: '910000000002',
    hangupCause: 'NORMAL_CLEARING',
  };
}

export interface Disorder {
  readonly reports: readonly Report[];
  /** What must be known when all have arrived. */
  readonly hasRecording: boolean;
}

/** Deliveries of one call that a receiver must survive; each ends COMPLETED. */
export function disorders(callId: string, recordingUrl: string): Readonly<Record<string, Disorder>> {
  const ringing = deepcallReport({ callId, callStatus: 1 });
  const bare = deepcallReport({ callId });
  const full = deepcallReport({ callId, recordingUrl });
  return {
    'in order': { reports: [ringing, full], hasRecording: true },
    duplicates: { reports: [full, full, full], hasRecording: true },
    'out of order': { reports: [full, ringing], hasRecording: true },
    'late recording': { reports: [ringing, bare, full], hasRecording: true },
    'stale event after a recording': { reports: [full, ringing, bare], hasRecording: true },
    'no recording': { reports: [ringing, bare], hasRecording: false },
  };
}

/** CloudTelephony's GET; `spaced` writes the keys with spaces, as its panel may. */
export function cloudTelephonyWire(callId: string, recordingUrl: string, spaced = false): Wire {
  const query = {
    CallSid: callId,
    SourceNumber: '910000000001',
    DestinationNumber: '910000000003',
    [spaced ? 'Dial Whom Number' : 'DialWhomNumber']: '910000000002',
    Status: 'COMPLETED',
    [spaced ? 'Call Duration' : 'CallDuration']: '8',
    [spaced ? 'start_time' : 'StartTime']: '2025-08-08 19:28:32',
    [spaced ? 'End Time' : 'EndTime']: '2025-08-08 19:28:51',
    [spaced ? 'call_recording_url' : 'CallRecordingUrl']: recordingUrl,
    Direction: 'outbound',
    uid: '10000002',
  };
  return { method: 'GET', query };
}

/** A Twilio form; sign it with `twilioHeaders`. */
export function twilioWire(parameters: Readonly<Record<string, string>>): Wire {
  return { method: 'POST', contentType: FORM_TYPE, body: new URLSearchParams(parameters).toString() };
}

export function twilioHeaders(
  url: string,
  parameters: Readonly<Record<string, string>>,
): Record<string, string> {
  const signed = Object.keys(parameters)
    .sort()
    .map((name) => name + parameters[name]);
  const signature = createHmac('sha1', FAKE_ACCOUNT.authToken)
    .update(url + signed.join(''))
    .digest('base64');
  return { 'x-twilio-signature': signature };
}

/** Delivers one webhook to a running server. */
export function sendWebhook(
  url: string,
  wire: Wire,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const target = new URL(url);
  for (const [name, value] of Object.entries(wire.query ?? {})) target.searchParams.append(name, value);
  return fetch(target, {
    method: wire.method,
    headers: { ...(wire.contentType === undefined ? {} : { 'content-type': wire.contentType }), ...headers },
    body: wire.body ?? null,
  });
}
