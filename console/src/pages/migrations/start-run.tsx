import { Alert, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../app/client.js';
import { RunPlan } from '../../migration/run-plan.js';
import { useRun } from '../../migration/use-run.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { refresh } from '../../ui/refresh.js';
import { RunFields } from './run-fields.js';
import { emptyForm, inputOf, type RunForm } from './run-input.js';
import { TEXT } from './text.js';

const route = getRouteApi('/migrations/');

/** A run is started in two steps: a dry run, whose report is read, and then the run itself with the very same choice. */
export function StartRun() {
  const { reason } = route.useSearch();
  const queries = useQueryClient();
  const [form, setForm] = useState<RunForm>(() => emptyForm(reason));
  const check = useMutation({
    mutationFn: () => client.startMigration(inputOf(form, true)),
    onSuccess: () => refresh(queries, ['migrations']),
  });
  const dryRunId = check.data?.id;
  return (
    <Card withBorder component="section" aria-label={TEXT.plan}>
      <Stack>
        <Title order={2} size="h4">
          {TEXT.plan}
        </Title>
        <fieldset
          disabled={check.isPending || dryRunId !== undefined}
          style={{ border: 0, padding: 0, margin: 0 }}
        >
          <RunFields form={form} onChange={(change) => setForm((before) => ({ ...before, ...change }))} />
        </fieldset>
        {check.error && <ErrorNotice error={check.error} />}
        {dryRunId === undefined ? (
          <Group>
            <Button loading={check.isPending} onClick={() => check.mutate()}>
              {TEXT.check}
            </Button>
          </Group>
        ) : (
          <DryRunReport dryRunId={dryRunId} form={form} onChange={() => check.reset()} />
        )}
      </Stack>
    </Card>
  );
}

interface ReportProps {
  readonly dryRunId: string;
  readonly form: RunForm;
  readonly onChange: () => void;
}

function DryRunReport({ dryRunId, form, onChange }: ReportProps) {
  const navigate = useNavigate();
  const { run, error } = useRun(dryRunId);
  const start = useMutation({
    mutationFn: () => client.startMigration(inputOf(form, false)),
    onSuccess: ({ id }) => navigate({ to: '/migrations/$migrationId', params: { migrationId: id } }),
  });
  const plan = run?.plan;
  return (
    <Stack gap="sm">
      {error && <ErrorNotice error={error} />}
      <div aria-live="polite">
        {plan ? (
          <Stack gap="xs">
            <Title order={3} size="h5">
              {TEXT.report}
            </Title>
            <RunPlan plan={plan} />
            {plan.calls === 0 && <Alert>{TEXT.nothing}</Alert>}
          </Stack>
        ) : (
          <Text>{run?.status === 'FAILED' ? run.statusReason : TEXT.checking}</Text>
        )}
      </div>
      {start.error && <ErrorNotice error={start.error} />}
      <Group>
        <Button disabled={!plan || plan.calls === 0} loading={start.isPending} onClick={() => start.mutate()}>
          {TEXT.start}
        </Button>
        <Button variant="default" onClick={onChange}>
          {TEXT.change}
        </Button>
      </Group>
    </Stack>
  );
}
