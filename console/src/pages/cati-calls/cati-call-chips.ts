import type { CatiCallSearch } from '../../app/search.js';
import { REVIEW_STATUS_NAMES } from '../../review/review-names.js';
import { valueChip, wordChips, type Chip } from '../../ui/filter-chips.js';
import { plural } from '../../ui/format.js';
import { CATI_STATUS_NAMES, FAILURE_NAMES, FLAG_NAMES, STORAGE_STATE_NAMES } from '../../ui/names.js';
import { TEXT } from './text.js';

/** A chip for each filter that holds. */
export function chipsOf(
  search: CatiCallSearch,
  set: (change: CatiCallSearch) => void,
  interviewers: ReadonlyMap<string, string>,
): Chip[] {
  const { q, storage, flags, status, reason, review, campaign, interviewer, expires } = search;
  const name = interviewer && (interviewers.get(interviewer) ?? interviewer);
  return [
    ...valueChip('Search', q, () => set({ q: undefined })),
    ...wordChips(TEXT.storage, STORAGE_STATE_NAMES, storage, (next) => set({ storage: next })),
    ...wordChips(TEXT.flags, FLAG_NAMES, flags, (next) => set({ flags: next })),
    ...wordChips(TEXT.status, CATI_STATUS_NAMES, status, (next) => set({ status: next })),
    ...wordChips(TEXT.reason, FAILURE_NAMES, reason, (next) => set({ reason: next })),
    ...wordChips(TEXT.review, REVIEW_STATUS_NAMES, review, (next) => set({ review: next })),
    ...valueChip(TEXT.campaign, campaign, () => set({ campaign: undefined })),
    ...valueChip(TEXT.interviewer, name, () => set({ interviewer: undefined })),
    ...valueChip(TEXT.expires, expires === undefined ? undefined : plural(expires, 'day'), () =>
      set({ expires: undefined }),
    ),
  ];
}
