import type { CatiCallOrder } from '@earshot/sdk';
import type { CatiCallSearch } from '../../app/search.js';
import type { CatiCallFilter } from '../../generated/operations.js';

const DAY_MS = 24 * 3600 * 1000;

/** What the address asks for, as the API takes it. Days count from the beginning of this hour, so that pages agree. */
export function filterOf(search: CatiCallSearch, now = Date.now()): CatiCallFilter {
  const { q, storage, flags, status, reason, review, campaign, interviewer, expires } = search;
  const hour = Math.floor(now / 3_600_000) * 3_600_000;
  return {
    search: q,
    recordingStatus: storage,
    flags,
    status,
    failureCode: reason,
    reviewStatus: review,
    campaign,
    interviewerId: interviewer,
    expiresBefore: expires === undefined ? undefined : new Date(hour + expires * DAY_MS).toISOString(),
  };
}

export function orderOf({ order }: CatiCallSearch): CatiCallOrder | undefined {
  return order === 'expiry' ? { field: 'SOURCE_EXPIRES_AT', direction: 'ASC' } : undefined;
}
