import type { CallStatus, RecordingNews } from '../provider.js';
import { Fields, isObject, type Json } from '../webhook/fields.js';
import { absoluteUrl, plainPath } from '../webhook/recording-url.js';

const TOP_LEVEL = [
  'recordingUrl',
  'recording_url',
  'recordingFile',
  'recordUrl',
  'recording',
  'audioUrl',
  'callRecordingUrl',
];
const MAX_RECORDINGS = 20;

export interface ReportedCall {
  readonly fields: Fields;
  readonly legs: readonly Json[];
  readonly status: CallStatus | undefined;
  readonly userId: string | undefined;
}

/**
 * The one recording of a call: the first absolute URL among its legs (both legs carry the same), else the first of
 * `recordings`, else a top-level field.
 * @param recordingOrigin where a relative path lies, below `/v2/recording/direct/<user id>`.
 */
export function recordingNews(call: ReportedCall, recordingOrigin: string): RecordingNews {
  const recordings = call.fields.list(['recordings'], MAX_RECORDINGS);
  const named = [recordings[0], call.fields.value(TOP_LEVEL)].flatMap(fileOf);
  const candidates = [
    ...call.legs.flatMap(urlOfLeg),
    ...named.flatMap((file) => resolve(file, call, recordingOrigin)),
  ];
  const url = candidates[0];
  return { expected: url !== undefined || named.length > 0 || call.status === 'COMPLETED', url };
}

function urlOfLeg(leg: Json): string[] {
  if (!isObject(leg)) return [];
  const url = absoluteUrl(new Fields(leg).value(['recordingUrl']));
  return url === undefined ? [] : [url];
}

/** A recording is named by a string, or by an object's `file` or `url`. An empty list in a string names none. */
function fileOf(recording: Json): Json[] {
  const file = isObject(recording) ? new Fields(recording).value(['file', 'url']) : recording;
  return typeof file === 'string' && file !== '[]' && file !== '0' ? [file] : [];
}

function resolve(file: Json, call: ReportedCall, recordingOrigin: string): string[] {
  const absolute = absoluteUrl(file);
  if (absolute !== undefined) return [absolute];
  const path = plainPath(file);
  if (path === undefined || call.userId === undefined) return [];
  return [`${recordingOrigin}/v2/recording/direct/${encodeURIComponent(call.userId)}${path}`];
}
