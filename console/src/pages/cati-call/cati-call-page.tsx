import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import { may } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { RecordingSection } from '../../recording/recording-section.js';
import { Answer } from '../../ui/answer.js';
import { formatTime } from '../../ui/format.js';
import { TextLink } from '../../ui/link-text.js';
import { Page } from '../../ui/page.js';
import { Section } from '../../ui/section.js';
import { CallReview } from './call-review.js';
import { CatiCallFacts } from './cati-call-facts.js';
import { TEXT } from './text.js';

const route = getRouteApi('/cati-calls/$catiCallId');

export function CatiCallPage() {
  const { catiCallId } = route.useParams();
  const { role } = useViewer();
  const query = useQuery({
    queryKey: ['cati-call', catiCallId],
    queryFn: ({ signal }) => client.catiCall({ id: catiCallId }, { signal }),
  });
  const title = query.data ? `Call of ${formatTime(query.data.startedAt)}` : TEXT.loading;
  return (
    <Page title={title}>
      <TextLink to="/cati-calls">{TEXT.back}</TextLink>
      <Answer query={query}>
        {(call) => (
          <>
            <Section title={TEXT.recording}>
              <RecordingSection
                target={{ catiCallId }}
                recording={call.recording}
                title={title}
                mayUpload={may.uploadToCatiCall(role)}
                noted={may.addNotes(role)}
              />
            </Section>
            <CallReview catiCallId={catiCallId} />
            <CatiCallFacts call={call} />
          </>
        )}
      </Answer>
    </Page>
  );
}
