import { client } from '../../app/client.js';
import { Paged } from '../../ui/paged-list.js';
import { Section } from '../../ui/section.js';
import { PAGE_SIZE, usePages } from '../../ui/use-pages.js';
import { CallCard } from './call-card.js';
import { TEXT } from './text.js';

interface Props {
  readonly leadId: string;
  readonly leadName: string;
}

export function CallHistory({ leadId, leadName }: Props) {
  const query = usePages(['call-logs', leadId], (after, signal) =>
    client.callLogs({ first: PAGE_SIZE, after, filter: { leadId } }, { signal }),
  );
  return (
    <Section title={TEXT.history}>
      <Paged query={query} empty={TEXT.noCalls}>
        {(calls) => calls.map((call) => <CallCard key={call.id} call={call} leadName={leadName} />)}
      </Paged>
    </Section>
  );
}
