import type { ReviewedCatiCallsQuery } from '../../generated/operations.js';
import { ReviewBadge } from '../../review/review-badge.js';
import type { Column } from '../../ui/data-list.js';
import { FlagBadges } from '../../ui/flag-badges.js';
import { formatDaysLeft, formatDuration, formatTime, NONE } from '../../ui/format.js';
import { TextLink } from '../../ui/link-text.js';
import { CATI_STATUS_NAMES, FAILURE_NAMES } from '../../ui/names.js';
import { StorageStateBadge } from '../../ui/state-badge.js';
import { TEXT } from './text.js';

export type CatiCallRow = ReviewedCatiCallsQuery['catiCalls']['nodes'][number];

export const catiCallColumns: readonly Column<CatiCallRow>[] = [
  {
    header: TEXT.call,
    cell: ({ id, startedAt, callId }) => (
      <TextLink to="/cati-calls/$catiCallId" params={{ catiCallId: id }}>
        {startedAt === null ? callId : formatTime(startedAt)}
      </TextLink>
    ),
  },
  { header: TEXT.interviewer, cell: ({ interviewer }) => interviewer?.name ?? NONE },
  { header: TEXT.number, cell: ({ toNumber }) => toNumber ?? NONE },
  { header: TEXT.campaign, cell: ({ campaign }) => campaign ?? NONE },
  { header: TEXT.status, cell: ({ status }) => CATI_STATUS_NAMES[status] },
  { header: TEXT.duration, cell: ({ talkSeconds }) => formatDuration(talkSeconds) },
  {
    header: TEXT.storage,
    cell: ({ recording }) => (
      <span title={recording?.error ? FAILURE_NAMES[recording.error.code] : undefined}>
        <StorageStateBadge status={recording?.status} />
      </span>
    ),
  },
  {
    header: TEXT.daysLeft,
    cell: ({ recording }) =>
      recording && recording.status !== 'UPLOADED' && recording.status !== 'DELETED'
        ? formatDaysLeft(recording.sourceExpiresAt)
        : NONE,
  },
  {
    header: TEXT.flags,
    cell: ({ recording }) => (recording?.flags.length ? <FlagBadges flags={recording.flags} /> : NONE),
  },
  {
    header: TEXT.review,
    cell: ({ review }) => (review ? <ReviewBadge status={review.status} /> : NONE),
  },
];
