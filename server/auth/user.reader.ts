import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { Tables } from '../rows.js';
import type { UserSchema } from './user.entity.js';
import { UserType } from './user.type.js';

type DB = Tables<typeof UserSchema>;

export class UserReader {
  /** One statement for all the users of a page. */
  readonly byId = new DataLoader<string, UserType | null>((ids) => this.load(ids));

  constructor(private readonly em: EntityManager) {}

  /** For signing in: the only reader of password hashes. */
  async credentials(email: string): Promise<{ id: string; passwordHash: string | null } | undefined> {
    return this.em
      .getKysely<DB>()
      .selectFrom('users')
      .select(['id', 'password_hash as passwordHash'])
      .where('email', '=', email.toLowerCase())
      .where('active', '=', true)
      .executeTakeFirst();
  }

  private async load(ids: readonly string[]): Promise<(UserType | null)[]> {
    const rows = await this.em
      .getKysely<DB>()
      .selectFrom('users')
      .select(['id', 'name', 'email', 'role'])
      .where('id', '=', sql<string>`any(${ids}::uuid[])`)
      .execute();
    const found = new Map(rows.map((row) => [row.id, Object.assign(new UserType(), row)]));
    return ids.map((id) => found.get(id) ?? null);
  }
}
