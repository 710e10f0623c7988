import type { EarshotClient } from '../client.js';
import { MigrationProgressDocument } from '../generated/operations.js';
import type {
  MigrationProgressSubscription,
  MigrationProgressSubscriptionVariables,
  MigrationStatus,
} from '../generated/operations.js';
import type { Migration } from '../types.js';
import type { WatchSpec } from './watch-spec.js';

const FINAL: readonly MigrationStatus[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

export function migrationWatch(
  client: Pick<EarshotClient, 'migration'>,
  id: string,
): WatchSpec<Migration, MigrationProgressSubscription, MigrationProgressSubscriptionVariables> {
  return {
    document: MigrationProgressDocument,
    variables: { id },
    select: ({ migrationProgress }) => migrationProgress,
    poll: (options) => client.migration(id, options),
    isFinal: ({ status }) => FINAL.includes(status),
  };
}
