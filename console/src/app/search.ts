import type { CatiCallStatus, FailureCode, LeadStatus, RecordingFlag, RecordingStatus } from '@earshot/sdk';
import type { AuditKind, ReviewStatus } from '../generated/operations.js';
import { AUDIT_NAMES } from '../pages/audit/text.js';
import { REVIEW_STATUS_NAMES } from '../review/review-names.js';
import {
  CATI_STATUS_NAMES,
  FAILURE_NAMES,
  FLAG_NAMES,
  LEAD_STATUS_NAMES,
  STORAGE_STATE_NAMES,
} from '../ui/names.js';

/** What an address says beside its path. Anything that is no such filter is left out, never an error. */
type Given = Record<string, unknown>;

export interface LeadSearch {
  q?: string | undefined;
  status?: LeadStatus[] | undefined;
  owner?: string | undefined;
  recorded?: boolean | undefined;
}

export interface CatiCallSearch {
  q?: string | undefined;
  storage?: RecordingStatus[] | undefined;
  flags?: RecordingFlag[] | undefined;
  status?: CatiCallStatus[] | undefined;
  reason?: FailureCode[] | undefined;
  review?: ReviewStatus[] | undefined;
  campaign?: string | undefined;
  interviewer?: string | undefined;
  /** Days until the provider deletes it. */
  expires?: number | undefined;
  order?: 'expiry' | undefined;
}

interface MigrationSearch {
  reason?: FailureCode[] | undefined;
}

interface ReviewSearch {
  /** Of which the next call is taken. */
  campaign?: string | undefined;
}

export interface AuditSearch {
  kind?: AuditKind[] | undefined;
  actor?: string | undefined;
  recording?: string | undefined;
  /** `YYYY-MM-DD`. */
  from?: string | undefined;
  to?: string | undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;
}

function words<Word extends string>(
  value: unknown,
  known: Readonly<Record<Word, string>>,
): Word[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((word): word is Word => typeof word === 'string' && Object.hasOwn(known, word));
  return found.length > 0 ? found : undefined;
}

const days = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 && value <= 3650 ? Math.floor(value) : undefined;

export const leadSearch = (given: Given): LeadSearch => ({
  q: text(given['q']),
  status: words(given['status'], LEAD_STATUS_NAMES),
  owner: text(given['owner']),
  recorded: given['recorded'] === true ? true : undefined,
});

export const catiCallSearch = (given: Given): CatiCallSearch => ({
  q: text(given['q']),
  storage: words(given['storage'], STORAGE_STATE_NAMES),
  flags: words(given['flags'], FLAG_NAMES),
  status: words(given['status'], CATI_STATUS_NAMES),
  reason: words(given['reason'], FAILURE_NAMES),
  review: words(given['review'], REVIEW_STATUS_NAMES),
  campaign: text(given['campaign']),
  interviewer: text(given['interviewer']),
  expires: days(given['expires']),
  order: given['order'] === 'expiry' ? 'expiry' : undefined,
});

export const migrationSearch = (given: Given): MigrationSearch => ({
  reason: words(given['reason'], FAILURE_NAMES),
});

export const reviewSearch = (given: Given): ReviewSearch => ({ campaign: text(given['campaign']) });

const day = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

export const auditSearch = (given: Given): AuditSearch => ({
  kind: words(given['kind'], AUDIT_NAMES),
  actor: text(given['actor']),
  recording: text(given['recording']),
  from: day(given['from']),
  to: day(given['to']),
});
