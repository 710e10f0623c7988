import { may } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { Page } from '../../ui/page.js';
import { ReviewList } from './review-list.js';
import { ReviewQueue } from './review-queue.js';
import { SamplingRules } from './sampling-rules.js';
import { TEXT } from './text.js';

export function ReviewsPage() {
  const { role } = useViewer();
  return (
    <Page title={TEXT.title}>
      <ReviewQueue />
      <ReviewList />
      {may.setSampling(role) && <SamplingRules />}
    </Page>
  );
}
