import { getRouteApi } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import { ReviewedCatiCallsDocument } from '../../generated/operations.js';
import { Page } from '../../ui/page.js';
import { PagedList } from '../../ui/paged-list.js';
import { PAGE_SIZE, usePages } from '../../ui/use-pages.js';
import { catiCallColumns } from './cati-call-columns.js';
import { CatiCallFilters } from './cati-call-filters.js';
import { filterOf, orderOf } from './cati-call-query.js';
import { TEXT } from './text.js';

const route = getRouteApi('/cati-calls/');

export function CatiCallsPage() {
  const search = route.useSearch();
  const query = usePages(['cati-calls', search], async (after, signal) => {
    const variables = { first: PAGE_SIZE, after, filter: filterOf(search), orderBy: orderOf(search) };
    return (await client.request(ReviewedCatiCallsDocument, variables, { signal })).catiCalls;
  });
  return (
    <Page title={TEXT.title}>
      <CatiCallFilters rows={query.data ?? []} />
      <PagedList
        label={TEXT.title}
        query={query}
        keyOf={({ id }) => id}
        columns={catiCallColumns}
        empty={TEXT.empty}
      />
    </Page>
  );
}
