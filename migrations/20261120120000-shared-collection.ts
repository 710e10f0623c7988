import { Migration } from '@mikro-orm/migrations';

/** Workers share the uploads whose bytes are to be collected: each is one worker's for a time. */
export class SharedCollection extends Migration {
  override up(): void {
    this.addSql(`alter table upload_sessions add column collecting_until timestamptz(3) null`);
  }
}
