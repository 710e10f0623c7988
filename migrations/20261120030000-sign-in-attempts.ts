import { Migration } from '@mikro-orm/migrations';

/** Counts failed sign-ins, for all processes together: the table that rate-limiter-flexible expects. */
export class SignInAttempts extends Migration {
  override up(): void {
    this.addSql(`create table sign_in_attempts (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    )`);
  }
}
