import { Group } from '@mantine/core';
import { useState } from 'react';
import { client } from '../../app/client.js';
import {
  ReviewsDocument,
  type ReviewedCallFieldsFragment,
  type ReviewStatus,
} from '../../generated/operations.js';
import { ReviewBadge } from '../../review/review-badge.js';
import { FINDING_NAMES, REVIEW_STATUS_NAMES } from '../../review/review-names.js';
import type { Column } from '../../ui/data-list.js';
import { FilterChips, wordChips } from '../../ui/filter-chips.js';
import { FilterMenu } from '../../ui/filter-menu.js';
import { formatTime, NONE } from '../../ui/format.js';
import { TextLink } from '../../ui/link-text.js';
import { PagedList } from '../../ui/paged-list.js';
import { Section } from '../../ui/section.js';
import { PAGE_SIZE, usePages } from '../../ui/use-pages.js';
import { TEXT } from './text.js';

const COLUMNS: readonly Column<ReviewedCallFieldsFragment>[] = [
  {
    header: TEXT.call,
    cell: ({ id, catiCall }) => (
      <TextLink to="/reviews/$reviewId" params={{ reviewId: id }}>
        {catiCall.startedAt === null ? catiCall.callId : formatTime(catiCall.startedAt)}
      </TextLink>
    ),
  },
  {
    header: TEXT.status,
    cell: ({ status }) => <ReviewBadge status={status} />,
  },
  { header: TEXT.campaign, cell: ({ catiCall }) => catiCall.campaign ?? NONE },
  { header: TEXT.interviewer, cell: ({ catiCall }) => catiCall.interviewer?.name ?? NONE },
  { header: TEXT.reviewer, cell: ({ reviewer }) => reviewer?.name ?? NONE },
  {
    header: TEXT.findings,
    cell: ({ findings }) => findings.map((code) => FINDING_NAMES[code]).join(', ') || NONE,
  },
  { header: TEXT.decided, cell: ({ decidedAt }) => formatTime(decidedAt) },
];

export function ReviewList() {
  const [status, setStatus] = useState<ReviewStatus[] | undefined>();
  const query = usePages(['reviews', status], async (after, signal) => {
    const variables = { first: PAGE_SIZE, after, filter: { status } };
    return (await client.request(ReviewsDocument, variables, { signal })).reviews;
  });
  return (
    <Section title={TEXT.list}>
      <Group>
        <FilterMenu label={TEXT.status} names={REVIEW_STATUS_NAMES} chosen={status} onChange={setStatus} />
      </Group>
      <FilterChips
        chips={wordChips(TEXT.status, REVIEW_STATUS_NAMES, status, setStatus)}
        onClear={() => setStatus(undefined)}
      />
      <PagedList
        label={TEXT.list}
        query={query}
        keyOf={({ id }) => id}
        columns={COLUMNS}
        empty={TEXT.empty}
      />
    </Section>
  );
}
