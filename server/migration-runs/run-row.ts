import type { CatiCallSchema } from '../cati/cati-call.entity.js';
import type { RecordingSchema } from '../recordings/recording.entity.js';
import type { Tables } from '../rows.js';
import type { Selectable } from 'kysely';
import type { MigrationClaimSchema } from './migration-claim.entity.js';
import type { MigrationItemSchema } from './migration-item.entity.js';
import type { MigrationRunSchema } from './migration-run.entity.js';

export type RunTables = Tables<
  | typeof MigrationRunSchema
  | typeof MigrationClaimSchema
  | typeof MigrationItemSchema
  | typeof CatiCallSchema
  | typeof RecordingSchema
>;

/** A run as its row says it. */
export type RunRow = Selectable<RunTables['migration_runs']>;
