import { Alert, Group, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { may } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { RunPlan } from '../../migration/run-plan.js';
import { useRun } from '../../migration/use-run.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { formatTime, NONE } from '../../ui/format.js';
import { Facts } from '../../ui/facts.js';
import { TextLink } from '../../ui/link-text.js';
import { Loading } from '../../ui/loading.js';
import { RUN_STATUS_COLORS, RUN_STATUS_NAMES } from '../../ui/names.js';
import { Page } from '../../ui/page.js';
import { WordBadge } from '../../ui/state-badge.js';
import { ConnectionBanner } from './connection-banner.js';
import { FailedItems } from './failed-items.js';
import { FailureReasons } from './failure-reasons.js';
import { ReportLink } from './report-link.js';
import { RunControls } from './run-controls.js';
import { RunLimits } from './run-limits.js';
import { RunProgress } from './run-progress.js';
import { isOver } from '../../migration/run-state.js';
import { TEXT } from './text.js';

const route = getRouteApi('/migrations/$migrationId');

export function MigrationPage() {
  const { migrationId } = route.useParams();
  const { role } = useViewer();
  const { run, error, state } = useRun(migrationId);
  const isMine = may.runMigrations(role);
  return (
    <Page
      title={run?.dryRun ? TEXT.dryRun : TEXT.run}
      actions={isMine && run && !isOver(run) && <RunControls run={run} />}
    >
      <Group justify="space-between">
        <TextLink to="/migrations">{TEXT.back}</TextLink>
        <ConnectionBanner state={state} />
      </Group>
      {error && <ErrorNotice error={error} />}
      {!run && !error && <Loading />}
      {run && (
        <Stack>
          <Group aria-live="polite">
            <WordBadge color={RUN_STATUS_COLORS[run.status]} text={RUN_STATUS_NAMES[run.status]} />
          </Group>
          {run.statusReason !== null && <Alert color="yellow">{run.statusReason}</Alert>}
          {run.plan && <RunPlan plan={run.plan} />}
          {!run.dryRun && <RunProgress progress={run.progress} isOver={isOver(run)} />}
          {!run.dryRun && isMine && !isOver(run) && <RunLimits run={run} />}
          {!run.dryRun && <FailureReasons run={run} />}
          {!run.dryRun && run.progress.failed > 0 && <FailedItems runId={run.id} isOver={isOver(run)} />}
          {!run.dryRun && <ReportLink runId={run.id} />}
          <Facts
            facts={[
              [TEXT.started, formatTime(run.startedAt ?? run.createdAt)],
              [TEXT.finished, formatTime(run.finishedAt)],
              [TEXT.by, run.startedBy?.name ?? NONE],
            ]}
          />
        </Stack>
      )}
    </Page>
  );
}
