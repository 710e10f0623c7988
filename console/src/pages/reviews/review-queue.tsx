import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../app/client.js';
import { ClaimNextReviewDocument, ReviewQueueDocument } from '../../generated/operations.js';
import { Answer } from '../../ui/answer.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { Facts } from '../../ui/facts.js';
import { formatNumber, formatTime } from '../../ui/format.js';
import { Section } from '../../ui/section.js';
import { refresh, refreshReviews } from '../../ui/refresh.js';
import { TEXT } from './text.js';

/** Somebody else's claims show within this time. */
const REFRESH_MS = 15_000;

export function ReviewQueue() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [campaign, setCampaign] = useState('');
  const query = useQuery({
    queryKey: ['review-queue'],
    queryFn: async ({ signal }) => (await client.request(ReviewQueueDocument, {}, { signal })).reviewQueue,
    refetchInterval: REFRESH_MS,
  });
  const claim = useMutation({
    mutationFn: async () => {
      const input = { campaign: campaign || undefined };
      return (await client.request(ClaimNextReviewDocument, { input })).claimNextReview.review;
    },
    onSuccess: async (review) => {
      await Promise.all([refresh(queries, ['review']), refreshReviews(queries)]);
      if (review)
        await navigate({
          to: '/reviews/$reviewId',
          params: { reviewId: review.id },
          search: { campaign: campaign || undefined },
        });
    },
  });
  return (
    <Section title={TEXT.queue}>
      <Answer query={query}>
        {({ waiting, claimed, claimedByMe, oldestStartedAt, byCampaign }) => (
          <Stack gap="sm">
            <Facts
              facts={[
                [TEXT.waiting, formatNumber(waiting)],
                [TEXT.claimed, formatNumber(claimed)],
                [TEXT.mine, formatNumber(claimedByMe)],
                [TEXT.oldest, formatTime(oldestStartedAt)],
              ]}
            />
            <Group>
              <NativeSelect
                aria-label={TEXT.campaign}
                value={campaign}
                data={[
                  { value: '', label: TEXT.anyCampaign },
                  ...byCampaign.flatMap(({ campaign: name, waiting: count }) =>
                    name === null ? [] : [{ value: name, label: `${name} (${formatNumber(count)})` }],
                  ),
                ]}
                onChange={({ currentTarget }) => setCampaign(currentTarget.value)}
              />
              <Button loading={claim.isPending} onClick={() => claim.mutate()}>
                {TEXT.claim}
              </Button>
            </Group>
            <div role="status">{claim.data === null && <Text>{TEXT.nothing}</Text>}</div>
            {claim.error && <ErrorNotice error={claim.error} />}
          </Stack>
        )}
      </Answer>
    </Section>
  );
}
