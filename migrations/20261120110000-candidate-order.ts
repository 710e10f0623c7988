import { Migration } from '@mikro-orm/migrations';

/** Runs that verify what is stored go through it in the order of expiry too. */
export class CandidateOrder extends Migration {
  override up(): void {
    this.addSql(
      `create index recordings_candidate_order_index on recordings (expiry_order, id) where status in ('EXPECTED', 'PENDING', 'FAILED', 'UPLOADED')`,
    );
  }
}
