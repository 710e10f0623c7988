import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { NotFoundError } from '@earshot/sdk';
import { client } from '../../app/client.js';
import { ReviewDocument, type ReviewedCallFieldsFragment } from '../../generated/operations.js';
import { NotedPlayer } from '../../notes/noted-player.js';
import { NoRecording } from '../../recording/no-recording.js';
import { Decided } from '../../review/decided.js';
import { REVIEW_STATUS_NAMES } from '../../review/review-names.js';
import { Answer } from '../../ui/answer.js';
import { Facts } from '../../ui/facts.js';
import { formatDuration, formatTime, NONE } from '../../ui/format.js';
import { TextLink } from '../../ui/link-text.js';
import { Page } from '../../ui/page.js';
import { Claim } from './claim.js';
import { DecisionForm } from './decision-form.js';
import { LockBar } from './lock-bar.js';
import { TEXT } from './text.js';
import { useHold } from './use-hold.js';

const route = getRouteApi('/reviews/$reviewId');

export function ReviewPage() {
  const { reviewId } = route.useParams();
  const query = useQuery({
    queryKey: ['review', reviewId],
    queryFn: async ({ signal }) => {
      const { review } = await client.request(ReviewDocument, { id: reviewId }, { signal });
      if (!review) throw new NotFoundError('There is no such review.', { code: 'NOT_FOUND' });
      return review;
    },
  });
  const startedAt = query.data?.catiCall.startedAt;
  return (
    // Another call is another page: nothing that was filled in for the one before is left.
    <Page
      key={reviewId}
      title={startedAt == null ? TEXT.title : `${TEXT.title}: call of ${formatTime(startedAt)}`}
    >
      <TextLink to="/reviews">{TEXT.back}</TextLink>
      <Answer query={query}>{(review) => <OneReview review={review} />}</Answer>
    </Page>
  );
}

function OneReview({ review }: { readonly review: ReviewedCallFieldsFragment }) {
  const { catiCall: call, status } = review;
  const { isMine, onRefused } = useHold(review);
  const isDecided = status === 'APPROVED' || status === 'REJECTED';
  const { recording } = call;
  return (
    <Stack>
      <Facts
        facts={[
          [TEXT.status, REVIEW_STATUS_NAMES[status]],
          [TEXT.campaign, call.campaign ?? NONE],
          [TEXT.interviewer, call.interviewer?.name ?? NONE],
          [TEXT.duration, formatDuration(call.talkSeconds)],
        ]}
      />
      {isMine && <LockBar review={review} onRefused={onRefused} />}
      {recording?.status === 'UPLOADED' ? (
        <NotedPlayer recording={recording} title={`${TEXT.call} ${formatTime(call.startedAt)}`} />
      ) : (
        <NoRecording recording={recording} />
      )}
      {isMine && <DecisionForm reviewId={review.id} onRefused={onRefused} />}
      {isDecided && <Decided review={review} />}
      {!isMine && !isDecided && <Claim review={review} />}
    </Stack>
  );
}
