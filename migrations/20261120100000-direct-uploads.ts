import { Migration } from '@mikro-orm/migrations';

/** Uploads whose bytes go to the store itself: where they lie there. */
export class DirectUploads extends Migration {
  override up(): void {
    this.addSql(
      `alter table upload_sessions add column object_key varchar(500), add column multipart_id varchar(1024)`,
    );
  }
}
