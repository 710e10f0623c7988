import { EarshotError } from '../core/index.js';
import type { EarshotClient, Migration, MigrationStatus } from '../core/index.js';
import { exitCodeOf } from './exit-code.js';
import type { Interrupts } from './interrupts.js';
import type { RunView } from './run-view.js';

/** The run is over, or goes on only when somebody wants it to. */
const STILL: readonly MigrationStatus[] = ['PAUSED', 'SUCCEEDED', 'FAILED', 'CANCELLED'];

/** Shows a run until it is over or stands still; Ctrl-C pauses it. Answers the exit code. */
export async function follow(
  client: EarshotClient,
  run: Migration,
  view: RunView,
  interrupts: Interrupts,
): Promise<number> {
  let latest = run;
  let interrupted = false;
  interrupts.onFirst(() => {
    interrupted = true;
    view.note('Pausing; Ctrl-C again leaves at once.');
    void halt(client, run).catch((error: unknown) => {
      if (!(error instanceof EarshotError)) throw error;
      view.note(`It could not be paused: ${error.message}`);
    });
  });
  for await (latest of client.watchMigration(run.id)) {
    if (STILL.includes(latest.status)) break;
    view.show(latest);
  }
  const exitCode = exitCodeOf(latest, interrupted);
  view.end(latest, exitCode);
  return exitCode;
}

/** A dry run takes moments, and leaves nothing to go on with. */
function halt(client: EarshotClient, { id, dryRun }: Migration): Promise<Migration> {
  return dryRun ? client.cancelMigration(id) : client.pauseMigration(id);
}
