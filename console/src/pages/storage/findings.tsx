import { client } from '../../app/client.js';
import { StorageFindingsDocument, type StorageFindingsQuery } from '../../generated/operations.js';
import type { Column } from '../../ui/data-list.js';
import { formatBytes, formatTime, NONE } from '../../ui/format.js';
import { PagedList } from '../../ui/paged-list.js';
import { Section } from '../../ui/section.js';
import { PAGE_SIZE, usePages } from '../../ui/use-pages.js';
import { ACTION_NAMES, FINDING_NAMES } from './storage-names.js';
import { TEXT } from './text.js';

type Finding = StorageFindingsQuery['storageFindings']['nodes'][number];

const COLUMNS: readonly Column<Finding>[] = [
  { header: TEXT.kind, cell: ({ kind }) => FINDING_NAMES[kind] },
  { header: TEXT.action, cell: ({ action }) => ACTION_NAMES[action] },
  { header: TEXT.key, cell: ({ key, recordingId }) => key ?? recordingId ?? NONE },
  { header: TEXT.size, cell: ({ byteSize }) => formatBytes(byteSize) },
  { header: TEXT.expected, cell: ({ expectedBytes }) => formatBytes(expectedBytes) },
  { header: TEXT.found, cell: ({ foundAt }) => formatTime(foundAt) },
];

export function Findings() {
  const query = usePages(['storage-findings'], async (after, signal) => {
    const variables = { first: PAGE_SIZE, after };
    return (await client.request(StorageFindingsDocument, variables, { signal })).storageFindings;
  });
  return (
    <Section title={TEXT.findings}>
      <PagedList
        label={TEXT.findings}
        query={query}
        keyOf={({ id }) => id}
        columns={COLUMNS}
        empty={TEXT.noFindings}
      />
    </Section>
  );
}
