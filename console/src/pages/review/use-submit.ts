import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import {
  ClaimNextReviewDocument,
  SubmitReviewDocument,
  type SubmitReviewInput,
} from '../../generated/operations.js';
import { notifyFailure } from '../../ui/notify-failure.js';
import { refresh, refreshReviews } from '../../ui/refresh.js';
import { TEXT } from './text.js';
import type { Hold } from './use-hold.js';

const route = getRouteApi('/reviews/$reviewId');

/** Decides, and takes the next call of the same queue where the reviewer wants to go on. */
export function useSubmit(goesOn: boolean, onRefused: Hold['onRefused']) {
  const queries = useQueryClient();
  const { campaign } = route.useSearch();
  const navigate = route.useNavigate();
  // A step of its own: whatever becomes of it, the call before is decided, and shown so.
  const goOn = useMutation({
    mutationFn: async () =>
      (await client.request(ClaimNextReviewDocument, { input: { campaign } })).claimNextReview.review,
    onSuccess: async (next) => {
      if (!next) notifications.show({ message: TEXT.nothing });
      else await navigate({ params: { reviewId: next.id }, search: { campaign } });
    },
    onError: notifyFailure,
  });
  return useMutation({
    mutationFn: (input: SubmitReviewInput) => client.request(SubmitReviewDocument, { input }),
    onSuccess: async () => {
      notifications.show({ message: TEXT.submitted });
      await Promise.all([refresh(queries, ['review']), refreshReviews(queries)]);
      if (goesOn) goOn.mutate();
    },
    onError: onRefused,
  });
}
