import { defineEntity, p } from '@mikro-orm/core';
import { MigrationRunSchema } from './migration-run.entity.js';

/**
 * The window of a run: the few calls that come next or are under way. A call enters in the run's order and leaves when
 * its outcome is counted; deleting its row is what gives a worker the right to count it.
 */
export const MigrationClaimSchema = defineEntity({
  name: 'MigrationClaim',
  tableName: 'migration_claims',
  properties: {
    run: () => p.manyToOne(MigrationRunSchema).primary().deleteRule('cascade').updateRule('no action'),
    /** Its place in the run, from 1. */
    position: p.integer().primary(),
    catiCallId: p.uuid(),
    recordingId: p.uuid(),
    /** Tries that ended without an outcome. */
    tries: p.integer().default(0),
    /** Not to be taken before. */
    notBefore: p.datetime(3).nullable(),
    workerId: p.uuid().nullable(),
    claimedUntil: p.datetime(3).nullable(),
    /** When it was first taken. */
    takenAt: p.datetime(3).nullable(),
  },
});

export class MigrationClaim extends MigrationClaimSchema.class {}
MigrationClaimSchema.setClass(MigrationClaim);
