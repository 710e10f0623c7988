import { may } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { Page } from '../../ui/page.js';
import { Section } from '../../ui/section.js';
import { MigrationHistory } from './migration-history.js';
import { StartRun } from './start-run.js';
import { TEXT } from './text.js';

export function MigrationsPage() {
  const { role } = useViewer();
  return (
    <Page title={TEXT.title}>
      {may.runMigrations(role) && <StartRun />}
      <Section title={TEXT.history}>
        <MigrationHistory />
      </Section>
    </Page>
  );
}
