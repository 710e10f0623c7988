import { Migration } from '@mikro-orm/migrations';

/** Uploads whose length the client tells only later. */
export class DeferredLength extends Migration {
  override up(): void {
    this.addSql(`alter table upload_sessions add column length_deferred boolean not null default false`);
  }
}
