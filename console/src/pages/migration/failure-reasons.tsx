import { Button, Group, Text } from '@mantine/core';
import type { Migration } from '@earshot/sdk';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { may } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { DataList, type Column } from '../../ui/data-list.js';
import { formatNumber } from '../../ui/format.js';
import { FAILURE_NAMES } from '../../ui/names.js';
import { Section } from '../../ui/section.js';
import { isOver } from '../../migration/run-state.js';
import { TEXT } from './text.js';

type Reason = Migration['errors'][number];

const route = getRouteApi('/migrations/$migrationId');

const columnsOf = (retries: boolean): Column<Reason>[] => [
  { header: TEXT.reason, cell: ({ code }) => FAILURE_NAMES[code] },
  { header: TEXT.calls, cell: ({ count }) => formatNumber(count) },
  { header: TEXT.actions, cell: ({ code }) => <Actions code={code} retries={retries} /> },
];

/** How many failed by which reason; each can be looked at, and tried again by a run of its own. */
export function FailureReasons({ run }: { readonly run: Migration }) {
  const { role } = useViewer();
  return (
    <Section title={TEXT.reasons}>
      {run.errors.length === 0 ? (
        <Text c="dimmed">{TEXT.noFailures}</Text>
      ) : (
        <DataList
          label={TEXT.reasons}
          rows={run.errors}
          keyOf={({ code }) => code}
          columns={columnsOf(may.runMigrations(role) && isOver(run))}
        />
      )}
    </Section>
  );
}

function Actions({ code, retries }: Pick<Reason, 'code'> & { readonly retries: boolean }) {
  const show = route.useNavigate();
  const navigate = useNavigate();
  const button = (label: string, onClick: () => void) => (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={`${label}: ${FAILURE_NAMES[code]}`}
      onClick={onClick}
    >
      {label}
    </Button>
  );
  return (
    <Group gap="xs">
      {button(TEXT.show, () => void show({ search: { reason: [code] }, replace: true }))}
      {retries && button(TEXT.retry, () => void navigate({ to: '/migrations', search: { reason: [code] } }))}
    </Group>
  );
}
