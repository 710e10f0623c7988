import type { Migration } from '@earshot/sdk';
import { client } from '../../app/client.js';
import { isOver } from '../../migration/run-state.js';
import type { Column } from '../../ui/data-list.js';
import { formatNumber, formatTime, NONE } from '../../ui/format.js';
import { TextLink } from '../../ui/link-text.js';
import { RUN_STATUS_COLORS, RUN_STATUS_NAMES } from '../../ui/names.js';
import { PagedList } from '../../ui/paged-list.js';
import { WordBadge } from '../../ui/state-badge.js';
import { PAGE_SIZE, usePages } from '../../ui/use-pages.js';
import { TEXT } from './text.js';

/** The figures of a run that lives grow. */
const WHILE_RUNNING_MS = 5000;

const COLUMNS: readonly Column<Migration>[] = [
  {
    header: TEXT.started,
    cell: ({ id, createdAt }) => (
      <TextLink to="/migrations/$migrationId" params={{ migrationId: id }}>
        {formatTime(createdAt)}
      </TextLink>
    ),
  },
  { header: TEXT.kind, cell: ({ dryRun }) => (dryRun ? TEXT.dryRun : TEXT.run) },
  {
    header: TEXT.status,
    cell: ({ status }) => <WordBadge color={RUN_STATUS_COLORS[status]} text={RUN_STATUS_NAMES[status]} />,
  },
  { header: TEXT.by, cell: ({ startedBy }) => startedBy?.name ?? NONE },
  { header: TEXT.done, cell: ({ progress }) => formatNumber(progress.uploaded) },
  { header: TEXT.failed, cell: ({ progress }) => formatNumber(progress.failed) },
  { header: TEXT.total, cell: ({ progress }) => formatNumber(progress.total) },
];

export function MigrationHistory() {
  const query = usePages(
    ['migrations'],
    (after, signal) => client.migrations({ first: PAGE_SIZE, after }, { signal }),
    { refetchInterval: (runs) => (runs.every(isOver) ? false : WHILE_RUNNING_MS) },
  );
  return (
    <PagedList
      label={TEXT.history}
      query={query}
      keyOf={({ id }) => id}
      columns={COLUMNS}
      empty={TEXT.empty}
    />
  );
}
