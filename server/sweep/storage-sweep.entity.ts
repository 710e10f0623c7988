import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { base, oneOf } from '../entity.js';
import type { StorageCounts } from './storage-counts.js';

export const SWEEP_STATUSES = ['RUNNING', 'FINISHED'] as const;
export type SweepStatus = (typeof SWEEP_STATUSES)[number];

/** In this order. */
export const SWEEP_PHASES = ['RECORDINGS', 'UPLOADS', 'TEMPORARY', 'COUNTS'] as const;
export type SweepPhase = (typeof SWEEP_PHASES)[number];

/** One walk over the store and the rows that tell of it. At most one is RUNNING, whatever number of processes there is. */
export const StorageSweepSchema = defineEntity({
  name: 'StorageSweep',
  tableName: 'storage_sweeps',
  properties: {
    ...base,
    status: p.string().length(20).$type<SweepStatus>(),
    /** Only looks: nothing is deleted, nothing repaired. */
    dryRun: p.boolean(),
    /** Null: its time had come. */
    startedBy: () => p.manyToOne(UserSchema).nullable().deleteRule('restrict').updateRule('no action'),
    phase: p.string().length(20).$type<SweepPhase>(),
    /** The last key of the phase that is done with; null: none yet. */
    cursor: p.text().nullable(),
    /** Whoever works on it, until `claimedUntil`. */
    claimId: p.uuid().nullable(),
    claimedUntil: p.datetime(3).nullable(),
    /** Since when the phase has failed without a page between; null: it does not. */
    failingSince: p.datetime(3).nullable(),
    /** Phases that failed for so long that they were left out, from where they had come. */
    skipped: p.array().$type<SweepPhase[]>().default([]),
    /** Some page looked as if this were another server's store: from then on nothing of that kind is touched. */
    suspicious: p.boolean().default(false),
    finishedAt: p.datetime(3).nullable(),
    /** Objects looked at. */
    objects: p.integer().default(0),
    /** Stored recordings looked at. */
    recordings: p.integer().default(0),
    orphans: p.integer().default(0),
    orphanBytes: p.bigint('number').default(0),
    missing: p.integer().default(0),
    mismatched: p.integer().default(0),
    strangers: p.integer().default(0),
    collected: p.integer().default(0),
    collectedBytes: p.bigint('number').default(0),
    repaired: p.integer().default(0),
    /** Unfinished puts and parts of dead processes that were deleted, or in a dry run would be. */
    temporary: p.integer().default(0),
    counts: p.json().$type<StorageCounts>().nullable(),
  },
  checks: [
    oneOf('storage_sweeps_status_check', 'status', SWEEP_STATUSES),
    oneOf('storage_sweeps_phase_check', 'phase', SWEEP_PHASES),
  ],
  uniques: [{ name: 'storage_sweeps_live_unique', properties: ['status'], where: "status = 'RUNNING'" }],
  indexes: [{ name: 'storage_sweeps_inserted_at_index', properties: ['insertedAt', 'id'] }],
});

export class StorageSweep extends StorageSweepSchema.class {}
StorageSweepSchema.setClass(StorageSweep);
