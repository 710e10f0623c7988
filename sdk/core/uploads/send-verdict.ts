import { retryAfterSeconds } from '../response.js';
import { uploadProblem } from './upload-problem.js';
import type { UploadProblem, UploadProblemCode } from './upload-problem.js';
import type { SendResponse } from './upload-ports.js';

/** What a store's answer to a PUT means. `stored`: the bytes are there. `resign`: a fresh signature is needed. */
export type SendVerdict =
  | 'stored'
  | 'resign'
  | 'chunk'
  | 'ask'
  | { readonly kind: 'final'; readonly problem: UploadProblem }
  | {
      readonly kind: 'retry';
      readonly code: UploadProblemCode;
      readonly isBounded: boolean;
      readonly afterSeconds?: number | undefined;
    };

/** What S3 answers as a bad request though the next may be good. The second: whether a retry counts. */
const PASSING: Readonly<Record<string, readonly [UploadProblemCode, boolean]>> = {
  RequestTimeout: ['NO_CONNECTION', false],
  IncompleteBody: ['NO_CONNECTION', false],
  ExpiredToken: ['SERVER_BUSY', true],
  BadDigest: ['DAMAGED_ON_THE_WAY', true],
};

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** The text of an element of S3's errors, which hold no others of its name. */
function elementOf(text: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return found?.replace(/&(lt|gt|quot|apos|amp);/g, (_all, entity: string) => ENTITIES[entity] ?? '');
}

/** The sentence of an RFC 9457 problem, as our own store answers it, or of S3's. */
function detailOf(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return elementOf(text, 'Message');
  }
}

function busy(response: SendResponse, now: number): SendVerdict {
  const afterSeconds = retryAfterSeconds(response.header('retry-after'), now);
  return { kind: 'retry', code: 'SERVER_BUSY', isBounded: true, afterSeconds };
}

function refused({ text }: SendResponse): SendVerdict {
  const name = elementOf(text, 'Code') ?? '';
  const passing = Object.hasOwn(PASSING, name) ? PASSING[name] : undefined;
  if (passing) return { kind: 'retry', code: passing[0], isBounded: passing[1] };
  return { kind: 'final', problem: uploadProblem('REFUSED', { detail: detailOf(text) }) };
}

export function verdictOfResponse(response: SendResponse, now: number): SendVerdict {
  const { status } = response;
  if (status >= 200 && status < 300) return 'stored';
  switch (status) {
    // Stored by an earlier try whose answer was lost (If-None-Match: *).
    case 412:
      return 'stored';
    case 401:
    case 403:
    case 410:
      return 'resign';
    case 413:
      return 'chunk';
    case 404:
    case 409:
      return 'ask';
    case 415:
      return { kind: 'final', problem: uploadProblem('NOT_AUDIO') };
    case 408:
    case 425:
    case 429:
      return busy(response, now);
    default:
      return status >= 500 || status < 400 ? busy(response, now) : refused(response);
  }
}
