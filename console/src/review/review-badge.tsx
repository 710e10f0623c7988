import type { ReviewStatus } from '../generated/operations.js';
import { WordBadge } from '../ui/state-badge.js';
import { REVIEW_STATUS_COLORS, REVIEW_STATUS_NAMES } from './review-names.js';

export function ReviewBadge({ status }: { readonly status: ReviewStatus }) {
  return <WordBadge color={REVIEW_STATUS_COLORS[status]} text={REVIEW_STATUS_NAMES[status]} />;
}
