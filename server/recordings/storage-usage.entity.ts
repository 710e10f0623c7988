import { defineEntity, p } from '@mikro-orm/core';

/**
 * How much is stored, by the month of its storing: kept by a trigger on `recordings`. Each month has several rows, so
 * that copies that end at once do not wait for each other; their sum is what counts.
 */
export const StorageUsageSchema = defineEntity({
  name: 'StorageUsage',
  tableName: 'storage_usage',
  properties: {
    /** `2026-01`, in UTC. */
    month: p.string().length(7).primary(),
    shard: p.integer().primary(),
    objects: p.bigint('number'),
    bytes: p.bigint('number'),
  },
});

export class StorageUsage extends StorageUsageSchema.class {}
StorageUsageSchema.setClass(StorageUsage);
