import { defineEntity, p } from '@mikro-orm/core';
import { CatiCallSchema } from '../cati/cati-call.entity.js';
import { oneOf } from '../entity.js';
import { FAILURE_RETRYABLE, type FailureCode } from '../errors.js';
import { MigrationRunSchema } from './migration-run.entity.js';

export const ITEM_STATUSES = ['UPLOADED', 'SKIPPED', 'DELETED', 'FAILED'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];

/** A call that a run is done with: written once, together with the run's counters, and never changed. */
export const MigrationItemSchema = defineEntity({
  name: 'MigrationItem',
  tableName: 'migration_items',
  properties: {
    run: () => p.manyToOne(MigrationRunSchema).primary().deleteRule('cascade').updateRule('no action'),
    catiCall: () => p.manyToOne(CatiCallSchema).primary().deleteRule('restrict').updateRule('no action'),
    recordingId: p.uuid(),
    status: p.string().length(20).$type<ItemStatus>(),
    code: p.string().length(40).$type<FailureCode>().nullable(),
    message: p.string().length(500).nullable(),
    bytes: p.bigint('number').nullable(),
    finishedAt: p.datetime(3),
  },
  checks: [
    oneOf('migration_items_status_check', 'status', ITEM_STATUSES),
    oneOf('migration_items_code_check', 'code', Object.keys(FAILURE_RETRYABLE)),
  ],
  indexes: [
    { name: 'migration_items_finished_at_index', properties: ['run', 'finishedAt', 'catiCall'] },
    { name: 'migration_items_code_index', properties: ['run', 'code'], where: 'code is not null' },
    { name: 'migration_items_cati_call_id_index', properties: ['catiCall'] },
  ],
});

export class MigrationItem extends MigrationItemSchema.class {}
MigrationItemSchema.setClass(MigrationItem);
