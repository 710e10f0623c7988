import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../app/client.js';
import { ClaimNextReviewDocument, type ReviewedCallFieldsFragment } from '../../generated/operations.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { formatTime } from '../../ui/format.js';
import { refresh, refreshReviews } from '../../ui/refresh.js';
import { TEXT } from './text.js';

/** Takes this very call, where nobody has it. */
export function Claim({ review }: { readonly review: ReviewedCallFieldsFragment }) {
  const queries = useQueryClient();
  const { id, status, reviewer, claimedUntil } = review;
  const claim = useMutation({
    mutationFn: () => client.request(ClaimNextReviewDocument, { input: { catiCallId: id } }),
    onSuccess: () => Promise.all([refresh(queries, ['review', id]), refreshReviews(queries)]),
  });
  if (status === 'CLAIMED' && reviewer)
    return (
      <Text>
        {reviewer.name} {TEXT.held} {formatTime(claimedUntil)}.
      </Text>
    );
  return (
    <>
      {claim.error && <ErrorNotice error={claim.error} />}
      <Group>
        <Button loading={claim.isPending} onClick={() => claim.mutate()}>
          {TEXT.claim}
        </Button>
      </Group>
    </>
  );
}
