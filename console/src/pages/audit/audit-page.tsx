import { getRouteApi } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import { AuditEventsDocument } from '../../generated/operations.js';
import { momentOf } from '../../ui/day.js';
import { Page } from '../../ui/page.js';
import { PagedList } from '../../ui/paged-list.js';
import { PAGE_SIZE, usePages } from '../../ui/use-pages.js';
import { AuditFilters } from './audit-filters.js';
import { auditColumns } from './audit-columns.js';
import { TEXT } from './text.js';

const route = getRouteApi('/audit/');

export function AuditPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { kind, actor, recording, from, to } = search;
  const query = usePages(['audit', search], async (after, signal) => {
    const filter = {
      kind,
      actorId: actor,
      recordingId: recording,
      after: momentOf(from),
      before: momentOf(to),
    };
    const variables = { first: PAGE_SIZE, after, filter };
    return (await client.request(AuditEventsDocument, variables, { signal })).auditEvents;
  });
  const columns = auditColumns({
    onActor: (id) => void navigate({ search: (before) => ({ ...before, actor: id }), replace: true }),
    onRecording: (id) => void navigate({ search: (before) => ({ ...before, recording: id }), replace: true }),
  });
  return (
    <Page title={TEXT.title}>
      <AuditFilters rows={query.data ?? []} />
      <PagedList
        label={TEXT.title}
        query={query}
        keyOf={({ id }) => id}
        columns={columns}
        empty={TEXT.empty}
      />
    </Page>
  );
}
