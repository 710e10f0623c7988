import { failed } from '../recording-verdict.js';
import type { RecordingVerdict } from '../provider.js';

/** DeepCall's codes that accuse the account, not the request. */
const FAULTS: ReadonlyMap<number, string> = new Map([
  [1011, 'the credentials are wrong'],
  [1013, 'the user id is wrong'],
  [1014, 'the token is wrong or has expired'],
  [1015, 'permission is denied'],
  [1039, 'the account is suspended'],
  [1044, 'the session id is missing'],
]);

/** 1004: file not found. 1012: no data. */
const MISSING = new Set([404, 1004, 1012]);

export interface ApiAnswer {
  /** DeepCall's own code of an error; undefined for a success. */
  readonly errorCode: number | undefined;
  readonly isError: boolean;
  /** Where recordings lie, as the API names them (`<token>*mp3*…`). */
  readonly recordings: readonly string[];
}

/** Undefined: it is no answer of DeepCall's API. */
export function readApiAnswer(json: unknown): ApiAnswer | undefined {
  if (!isRecord(json)) return undefined;
  const code = Number(json['code']);
  const isError = json['status'] === 'error' || json['status'] === false;
  const data: unknown = Array.isArray(json['data']) ? json['data'][0] : json['data'];
  if (!isError && json['status'] === undefined && !isRecord(data)) return undefined;
  const list: unknown[] = isRecord(data) && Array.isArray(data['rcrdAr']) ? data['rcrdAr'].slice(0, 20) : [];
  const recordings = list.flatMap((item) =>
    isRecord(item) && typeof item['rcrd'] === 'string' ? item['rcrd'] : [],
  );
  return { errorCode: isError && Number.isInteger(code) ? code : undefined, isError, recordings };
}

/**
 * What an error of DeepCall's API means for the recording; undefined for a success and other JSON, and where the HTTP
 * status says more than the code.
 */
export function verdictOfApiError(json: unknown, status: number): RecordingVerdict | undefined {
  const answer = readApiAnswer(json);
  if (!answer?.isError) return undefined;
  const code = answer.errorCode;
  const fault = FAULTS.get(code ?? 0);
  if (fault) {
    return {
      kind: 'configurationFault',
      reason: `DeepCall says that ${fault} (code ${code}). Check the account’s settings.`,
    };
  }
  if (MISSING.has(code ?? 0)) {
    return {
      kind: 'notFoundUnconfirmed',
      why: `DeepCall does not find the recording (code ${code}).`,
      timeTells: true,
    };
  }
  if (status !== 200) return undefined;
  return failed(
    'SOURCE_UNREACHABLE',
    `DeepCall reports an error${code === undefined ? '' : ` (code ${code})`}.`,
  );
}

/** `<hex token>*mp3*<user>*YYYY*MM*DD*<file>`, in which `*` stands for `/`, as a path; undefined for anything else. */
export function recordingPath(rcrd: string): string | undefined {
  if (rcrd.length > 500 || !/^[0-9a-f]+(?:\*[\w.-]+)+$/i.test(rcrd)) return undefined;
  const segments = rcrd.split('*');
  return segments.some((segment) => /^\.+$/.test(segment)) ? undefined : segments.join('/');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
