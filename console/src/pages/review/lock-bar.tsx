import { Button, Card, Group, Text } from '@mantine/core';
import { clockTime } from '@earshot/sdk/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { client } from '../../app/client.js';
import {
  ReleaseReviewDocument,
  RenewReviewDocument,
  type ReviewedCallFieldsFragment,
} from '../../generated/operations.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { refresh, refreshReviews } from '../../ui/refresh.js';
import { TEXT } from './text.js';
import type { Hold } from './use-hold.js';
import { useRenewal } from './use-renewal.js';

interface Props {
  readonly review: ReviewedCallFieldsFragment;
  readonly onRefused: Hold['onRefused'];
}

/** How long the call is the reviewer's own, told to a screen reader only when it runs out. */
export function LockBar({ review, onRefused }: Props) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const left = useSecondsUntil(review.claimedUntil);
  const input = { reviewId: review.id };
  const renew = useMutation({
    mutationFn: () => client.request(RenewReviewDocument, { input }),
    onSuccess: () => refresh(queries, ['review', review.id]),
    onError: onRefused,
  });
  const release = useMutation({
    mutationFn: () => client.request(ReleaseReviewDocument, { input }),
    onSuccess: async () => {
      await navigate({ to: '/reviews' });
      // Opened again, it is nobody's: not even for a moment the form of who put it back.
      queries.removeQueries({ queryKey: ['review', review.id] });
      await refreshReviews(queries);
    },
    onError: onRefused,
  });
  useRenewal(review.claimedUntil, renew.mutate);
  const error = renew.error ?? release.error;
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <Text role="timer">{left > 0 ? `${TEXT.lock} ${clockTime(left)}` : TEXT.lockOver}</Text>
        <Group gap="xs">
          <Button variant="default" size="xs" loading={renew.isPending} onClick={() => renew.mutate()}>
            {TEXT.renew}
          </Button>
          <Button variant="default" size="xs" loading={release.isPending} onClick={() => release.mutate()}>
            {TEXT.release}
          </Button>
        </Group>
      </Group>
      {error && <ErrorNotice error={error} />}
    </Card>
  );
}

function useSecondsUntil(at: string | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return at === null ? 0 : Math.max(0, Math.ceil((Date.parse(at) - now) / 1000));
}
