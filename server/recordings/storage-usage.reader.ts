import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Tables } from '../rows.js';
import type { StorageUsageSchema } from './storage-usage.entity.js';
import type { StorageUsageType } from './storage-usage.type.js';

export interface StoragePrice {
  /** For 10^9 bytes kept for a month. */
  readonly perGbMonth: number;
  /** ISO 4217. */
  readonly currency: string;
}

export class StorageUsageReader {
  constructor(
    private readonly em: EntityManager,
    private readonly price: StoragePrice | undefined,
  ) {}

  /** Reads counters that are kept with every move, one row or a few for each month: nothing is scanned. */
  async usage(): Promise<StorageUsageType> {
    const byMonth = await this.em
      .getKysely<Tables<typeof StorageUsageSchema>>()
      .selectFrom('storage_usage')
      .select([
        'month',
        sql<number>`sum(objects)::bigint`.as('objects'),
        sql<number>`sum(bytes)::bigint`.as('bytes'),
      ])
      .groupBy('month')
      .having(sql<boolean>`sum(objects) <> 0`)
      .orderBy('month')
      .execute();
    const objects = byMonth.reduce((sum, month) => sum + month.objects, 0);
    const bytes = byMonth.reduce((sum, month) => sum + month.bytes, 0);
    return { objects, bytes, byMonth, estimatedMonthlyCost: costOf(bytes, this.price) };
  }
}

/** For a month; null without a price. */
export function costOf(
  bytes: number | null,
  price: StoragePrice | undefined,
): { amount: number; currency: string } | null {
  if (bytes === null || !price) return null;
  return { amount: Math.round((bytes / 1e9) * price.perGbMonth * 100) / 100, currency: price.currency };
}
