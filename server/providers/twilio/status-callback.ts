import type { CallEvent } from '../provider.js';
import { agree, toSeconds, toTime } from '../webhook/call-times.js';
import { Fields, toPhoneNumber, type JsonObject } from '../webhook/fields.js';
import { absoluteUrl } from '../webhook/recording-url.js';
import { statusOfWord } from '../webhook/status-words.js';

/** An event of a call's status, or of its recording; the latter says nothing of the call's status. */
export function twilioEvent(report: JsonObject): CallEvent | undefined {
  const fields = new Fields(report);
  const callId = fields.text(['CallSid'], 200);
  if (callId === undefined) return undefined;
  const statusCode = fields.text(['CallStatus'], 40);
  return {
    callId,
    status: statusOfWord(statusCode),
    statusCode,
    campaign: undefined,
    interviewerKey: undefined,
    userId: fields.text(['AccountSid'], 40),
    fromNumber: toPhoneNumber(fields.value(['From'])),
    toNumber: toPhoneNumber(fields.value(['To'])),
    ...timesOf(fields, statusCode),
    recording: recordingOf(fields),
  };
}

const ENDED = new Set(['completed', 'busy', 'no-answer', 'failed', 'canceled']);

/** `Timestamp` is the event's own time: the call's end, if the event is its end. */
function timesOf(fields: Fields, statusCode: string | undefined) {
  const stamp = ENDED.has(statusCode ?? '') ? toTime(fields.value(['Timestamp'])) : undefined;
  const endedAt = toTime(fields.value(['EndTime'])) ?? stamp;
  const talkSeconds =
    toSeconds(fields.value(['CallDuration'])) ?? toSeconds(fields.value(['RecordingDuration']));
  return agree({ startedAt: toTime(fields.value(['StartTime'])), endedAt, talkSeconds });
}

/** Twilio records only where it is told to, so a completed call alone promises no recording. `absent`: there is none. */
function recordingOf(fields: Fields): CallEvent['recording'] {
  if (fields.text(['RecordingStatus'], 40)?.toLowerCase() === 'absent') {
    return { expected: false, url: undefined, absent: true };
  }
  const url = absoluteUrl(fields.value(['RecordingUrl']));
  const expected = url !== undefined || fields.text(['RecordingSid'], 60) !== undefined;
  return { expected, url: url === undefined ? undefined : asMp3(url) };
}

/** Twilio serves WAV unless the path asks for MP3. */
function asMp3(text: string): string {
  const url = new URL(text);
  if (/\.(?:mp3|wav)$/i.test(url.pathname)) return text;
  url.pathname += '.mp3';
  return url.href;
}
