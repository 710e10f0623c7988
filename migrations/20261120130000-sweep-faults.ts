import { Migration } from '@mikro-orm/migrations';

/** What a sweep could not do, and whether it looks at a store that is not this database's. */
export class SweepFaults extends Migration {
  override up(): void {
    this.addSql(`alter table storage_sweeps
      add column suspicious boolean not null default false,
      add column failing_since timestamptz(3),
      add column skipped text[] not null default '{}'`);
  }
}
