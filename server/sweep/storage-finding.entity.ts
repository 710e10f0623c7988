import { defineEntity, p } from '@mikro-orm/core';
import { base, oneOf } from '../entity.js';
import { StorageSweepSchema } from './storage-sweep.entity.js';

/**
 * ORPHAN: an object that no row tells of. MISSING: a stored recording without its object. MISMATCH: its object has
 * another length. STRANGER: an object whose name the server never gives.
 */
export const FINDING_KINDS = ['ORPHAN', 'MISSING', 'MISMATCH', 'STRANGER'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export const FINDING_ACTIONS = ['NONE', 'COLLECTED', 'COPIED_AGAIN', 'MARKED_DAMAGED'] as const;
/** What was done about it. */
export type FindingAction = (typeof FINDING_ACTIONS)[number];

export const StorageFindingSchema = defineEntity({
  name: 'StorageFinding',
  tableName: 'storage_findings',
  properties: {
    ...base,
    sweep: () => p.manyToOne(StorageSweepSchema).deleteRule('cascade').updateRule('no action'),
    kind: p.string().length(20).$type<FindingKind>(),
    action: p.string().length(20).$type<FindingAction>(),
    key: p.text(),
    recordingId: p.uuid().nullable(),
    /** Of the object; null where there is none. */
    byteSize: p.bigint('number').nullable(),
    /** What its row says. */
    expectedBytes: p.bigint('number').nullable(),
    modifiedAt: p.datetime(3).nullable(),
  },
  checks: [
    oneOf('storage_findings_kind_check', 'kind', FINDING_KINDS),
    oneOf('storage_findings_action_check', 'action', FINDING_ACTIONS),
  ],
  indexes: [
    { name: 'storage_findings_inserted_at_index', properties: ['insertedAt', 'id'] },
    { name: 'storage_findings_sweep_id_index', properties: ['sweep', 'insertedAt', 'id'] },
    { name: 'storage_findings_kind_index', properties: ['kind', 'insertedAt', 'id'] },
  ],
});

export class StorageFinding extends StorageFindingSchema.class {}
StorageFindingSchema.setClass(StorageFinding);
