import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import { may } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { Answer } from '../../ui/answer.js';
import { TextLink } from '../../ui/link-text.js';
import { Page } from '../../ui/page.js';
import { CallHistory } from './call-history.js';
import { LeadFacts } from './lead-facts.js';
import { LogCallForm } from './log-call-form.js';
import { TEXT } from './text.js';

const route = getRouteApi('/leads/$leadId');

export function LeadPage() {
  const { leadId } = route.useParams();
  const { role } = useViewer();
  const [isLogging, { open, close }] = useDisclosure(false);
  const query = useQuery({
    queryKey: ['lead', leadId],
    queryFn: ({ signal }) => client.lead(leadId, { signal }),
  });
  return (
    <Page
      title={query.data?.name ?? TEXT.loading}
      actions={may.logCalls(role) && !isLogging && <Button onClick={open}>{TEXT.log}</Button>}
    >
      <TextLink to="/leads">{TEXT.back}</TextLink>
      <Answer query={query}>
        {(lead) => (
          <>
            <LeadFacts lead={lead} />
            {isLogging && <LogCallForm leadId={leadId} onDone={close} />}
            <CallHistory leadId={leadId} leadName={lead.name} />
          </>
        )}
      </Answer>
    </Page>
  );
}
