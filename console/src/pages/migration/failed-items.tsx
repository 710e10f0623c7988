import type { MigrationItem } from '@earshot/sdk';
import { getRouteApi } from '@tanstack/react-router';
import { client } from '../../app/client.js';
import type { Column } from '../../ui/data-list.js';
import { FilterChips, wordChips } from '../../ui/filter-chips.js';
import { formatTime, NONE } from '../../ui/format.js';
import { TextLink } from '../../ui/link-text.js';
import { FAILURE_NAMES } from '../../ui/names.js';
import { PagedList } from '../../ui/paged-list.js';
import { Section } from '../../ui/section.js';
import { PAGE_SIZE, usePages } from '../../ui/use-pages.js';
import { TEXT } from './text.js';

const route = getRouteApi('/migrations/$migrationId');

const COLUMNS: readonly Column<MigrationItem>[] = [
  {
    header: TEXT.call,
    cell: ({ catiCall }) => (
      <TextLink to="/cati-calls/$catiCallId" params={{ catiCallId: catiCall.id }}>
        {catiCall.callId}
      </TextLink>
    ),
  },
  { header: TEXT.reason, cell: ({ failure }) => (failure ? FAILURE_NAMES[failure.code] : NONE) },
  { header: TEXT.message, cell: ({ failure }) => failure?.message ?? NONE },
  { header: TEXT.at, cell: ({ finishedAt }) => formatTime(finishedAt) },
];

interface Props {
  readonly runId: string;
  readonly isOver: boolean;
}

export function FailedItems({ runId, isOver }: Props) {
  const { reason } = route.useSearch();
  const navigate = route.useNavigate();
  const query = usePages(['migration-items', runId, reason, isOver], (after, signal) =>
    client.migrationItems(
      { id: runId, first: PAGE_SIZE, after, filter: { status: ['FAILED'], code: reason } },
      { signal },
    ),
  );
  const set = (next: typeof reason): void => void navigate({ search: { reason: next }, replace: true });
  return (
    <Section title={TEXT.items}>
      <FilterChips
        chips={wordChips(TEXT.reason, FAILURE_NAMES, reason, set)}
        onClear={() => set(undefined)}
      />
      <PagedList
        label={TEXT.items}
        query={query}
        keyOf={({ catiCall }) => catiCall.id}
        columns={COLUMNS}
        empty={TEXT.noItems}
      />
    </Section>
  );
}
