import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { base, oneOf } from '../entity.js';
import type { FailureCode } from '../errors.js';
import type { MigrationPlan } from './migration-plan.js';
import { RUN_STATUSES, type RunStatus } from './run-states.js';

export const RUN_ORDERS = ['EXPIRING_FIRST', 'NEWEST_FIRST', 'OLDEST_FIRST'] as const;
export type RunOrder = (typeof RUN_ORDERS)[number];

/**
 * One run over the calls of a filter: what was asked for, how far it came, and what its workers share. Which status may
 * follow which stands in run-states.ts; run-moves.ts is the only place that changes it.
 */
export const MigrationRunSchema = defineEntity({
  name: 'MigrationRun',
  tableName: 'migration_runs',
  properties: {
    ...base,
    status: p.string().length(20).$type<RunStatus>(),
    /** Since when it has this status. */
    statusAt: p.datetime(3),
    statusReason: p.string().length(500).nullable(),
    dryRun: p.boolean(),
    startedBy: () => p.manyToOne(UserSchema).nullable().deleteRule('restrict').updateRule('no action'),
    idempotencyKey: p.string().length(200).nullable(),
    startedAt: p.datetime(3).nullable(),
    finishedAt: p.datetime(3).nullable(),
    /** When a worker last looked after it. */
    heartbeatAt: p.datetime(3).nullable(),

    batchSize: p.integer(),
    /** Milliseconds between two batches of one worker. */
    delayMs: p.integer(),
    maxCalls: p.integer().nullable(),
    skipUploaded: p.boolean(),
    /** Copies at once, in each worker process. */
    concurrency: p.integer(),
    requestsPerMinute: p.integer().nullable(),
    maxBytesPerSecond: p.bigint('number').nullable(),
    onlyErrors: p.array().$type<FailureCode[]>().nullable(),
    sortOrder: p.string().length(20).$type<RunOrder>(),
    provider: p.string().length(40).nullable(),
    campaign: p.string().length(200).nullable(),
    startedAfter: p.datetime(3).nullable(),
    startedBefore: p.datetime(3).nullable(),
    quietFrom: p.string().length(5).nullable(),
    quietTo: p.string().length(5).nullable(),
    quietZone: p.string().length(64).nullable(),

    /** Null until it starts: then it never changes. */
    total: p.integer().nullable(),
    uploaded: p.integer().default(0),
    skipped: p.integer().default(0),
    deleted: p.integer().default(0),
    failed: p.integer().default(0),
    bytes: p.bigint('number').default(0),
    plan: p.json<MigrationPlan>().nullable(),

    /** How many calls were put into the window so far, and the last of them. */
    taken: p.integer().default(0),
    cursorValue: p.datetime(3).nullable(),
    cursorId: p.uuid().nullable(),
    /** Whether the window has had the last candidate. */
    exhausted: p.boolean().default(false),

    /** When the next copy may begin, by `requestsPerMinute`; all workers draw from it. */
    nextRequestAt: p.datetime(3).nullable(),
    /** When the bytes so far are paid for, by `maxBytesPerSecond`. */
    bytesPaidAt: p.datetime(3).nullable(),
    /** Until when the source asked to be left alone. */
    backoffUntil: p.datetime(3).nullable(),
  },
  checks: [
    oneOf('migration_runs_status_check', 'status', RUN_STATUSES),
    oneOf('migration_runs_sort_order_check', 'sort_order', RUN_ORDERS),
    {
      name: 'migration_runs_counters_check',
      expression: 'uploaded + skipped + deleted + failed <= total',
    },
  ],
  uniques: [{ name: 'migration_runs_idempotency_key_unique', properties: ['startedBy', 'idempotencyKey'] }],
  indexes: [
    { name: 'migration_runs_inserted_at_index', properties: ['insertedAt', 'id'] },
    {
      name: 'migration_runs_live_index',
      properties: ['status'],
      where: "status in ('ENQUEUED', 'RUNNING', 'PAUSING', 'PAUSED', 'CANCELLING')",
    },
  ],
});

export class MigrationRun extends MigrationRunSchema.class {}
MigrationRunSchema.setClass(MigrationRun);
