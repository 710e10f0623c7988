import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import {
  ClaimNextReviewDocument,
  SubmitReviewDocument,
  type SubmitReviewInput,
} from '../../generated/operations.js';
import { refresh } from '../../ui/refresh.js';
import { TEXT } from './text.js';

/** Decides, and takes the next call of the queue where the reviewer wants to go on. */
export function useSubmit(reviewId: string, goesOn: boolean) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (input: SubmitReviewInput) => {
      await client.request(SubmitReviewDocument, { input });
      if (!goesOn) return null;
      return (await client.request(ClaimNextReviewDocument, { input: {} })).claimNextReview.review;
    },
    onSuccess: async (next) => {
      notifications.show({ message: goesOn && !next ? `${TEXT.submitted} ${TEXT.nothing}` : TEXT.submitted });
      await refresh(
        queries,
        ['review'],
        ['reviews'],
        ['review-queue'],
        ['cati-calls'],
        ['call-review', reviewId],
      );
      if (next) await navigate({ to: '/reviews/$reviewId', params: { reviewId: next.id } });
    },
  });
}
