import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { client } from '../../app/client.js';
import { mayGoTo } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { CatiCallReviewDocument } from '../../generated/operations.js';
import { Decided } from '../../review/decided.js';
import { ReviewBadge } from '../../review/review-badge.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { TextLink } from '../../ui/link-text.js';

/** How far the review of a call is; nothing where nobody is to review it. */
export function CallReview({ catiCallId }: { readonly catiCallId: string }) {
  const { role } = useViewer();
  const { data: review, error } = useQuery({
    queryKey: ['call-review', catiCallId],
    queryFn: async ({ signal }) => {
      const { catiCall } = await client.request(CatiCallReviewDocument, { id: catiCallId }, { signal });
      return catiCall?.review ?? null;
    },
  });
  if (error) return <ErrorNotice error={error} />;
  if (!review) return null;
  if (review.status === 'APPROVED' || review.status === 'REJECTED') return <Decided review={review} />;
  return (
    <Group>
      <ReviewBadge status={review.status} />
      {mayGoTo(role, '/reviews') && (
        <TextLink to="/reviews/$reviewId" params={{ reviewId: review.id }}>
          Open the review
        </TextLink>
      )}
    </Group>
  );
}
