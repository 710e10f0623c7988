import type { Selectable } from 'kysely';
import type { RecordingSchema } from '../recordings/recording.entity.js';
import type { Tables } from '../rows.js';
import type { StorageFindingSchema } from './storage-finding.entity.js';
import type { StorageSweepSchema } from './storage-sweep.entity.js';

export type SweepTables = Tables<
  typeof StorageSweepSchema | typeof StorageFindingSchema | typeof RecordingSchema
>;

/** A sweep as its row says it. */
export type SweepRow = Selectable<SweepTables['storage_sweeps']>;
