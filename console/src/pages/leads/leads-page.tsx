import { getRouteApi } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import { Page } from '../../ui/page.js';
import { PagedList } from '../../ui/paged-list.js';
import { PAGE_SIZE, usePages } from '../../ui/use-pages.js';
import { leadColumns } from './lead-columns.js';
import { LeadFilters } from './lead-filters.js';
import { TEXT } from './text.js';

const route = getRouteApi('/leads/');

export function LeadsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q, status, owner, recorded } = search;
  const query = usePages(['leads', search], (after, signal) =>
    client.leads(
      {
        first: PAGE_SIZE,
        after,
        filter: { search: q, status, telecallerId: owner, hasRecording: recorded },
      },
      { signal },
    ),
  );
  const onOwner = (id: string): void =>
    void navigate({ search: (before) => ({ ...before, owner: id }), replace: true });
  return (
    <Page title={TEXT.title}>
      <LeadFilters rows={query.data ?? []} />
      <PagedList
        label={TEXT.title}
        query={query}
        keyOf={({ id }) => id}
        columns={leadColumns(onOwner)}
        empty={TEXT.empty}
      />
    </Page>
  );
}
