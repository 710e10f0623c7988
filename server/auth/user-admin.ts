import { randomBytes } from 'node:crypto';
import { newId } from '../entity.js';
import type { Tables } from '../rows.js';
import type { Transaction } from '../unit-of-work.js';
import { hashPassword } from './password.js';
import type { Role, UserSchema } from './user.entity.js';

type DB = Tables<typeof UserSchema>;

export interface UserFacts {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly active: boolean;
  /** False: signs in with the identity provider only. */
  readonly hasPassword: boolean;
}

export interface UserChanges {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
  readonly password?: string | undefined;
}

/** 120 bits, to be handed over once. */
export const newPassword = (): string => randomBytes(15).toString('base64url');

/** The people of a server, as its operator keeps them. There is no API for it. */
export class UserAdmin {
  constructor(private readonly transaction: Transaction) {}

  list(): Promise<UserFacts[]> {
    return this.transaction(async (em) => {
      const rows = await em.getKysely<DB>().selectFrom('users').selectAll().orderBy('email').execute();
      return rows.map(({ name, email, role, active, password_hash: hash }) => ({
        name,
        email,
        role,
        active,
        hasPassword: hash !== null,
      }));
    });
  }

  /** `email` in lower case. False: somebody has this address. */
  async add(
    { name, email, role }: Pick<UserFacts, 'name' | 'email' | 'role'>,
    password: string | undefined,
  ): Promise<boolean> {
    const hash = password === undefined ? null : await hashPassword(password);
    const { numInsertedOrUpdatedRows } = await this.transaction((em) =>
      em
        .getKysely<DB>()
        .insertInto('users')
        .values({
          id: newId(),
          inserted_at: new Date().toISOString(),
          name,
          email,
          role,
          password_hash: hash,
          active: true,
        })
        .onConflict((conflict) => conflict.column('email').doNothing())
        .executeTakeFirst(),
    );
    return numInsertedOrUpdatedRows === 1n;
  }

  /** False: nobody has this address. A change of role holds within ROLE_CACHE_SECONDS, for open sockets too. */
  async change(email: string, { name, role, active, password }: UserChanges): Promise<boolean> {
    const hash = password === undefined ? undefined : await hashPassword(password);
    const { numUpdatedRows } = await this.transaction((em) =>
      em
        .getKysely<DB>()
        .updateTable('users')
        .set({
          ...(name !== undefined && { name }),
          ...(role !== undefined && { role }),
          ...(active !== undefined && { active }),
          ...(hash !== undefined && { password_hash: hash }),
        })
        .where('email', '=', email)
        .executeTakeFirst(),
    );
    return numUpdatedRows === 1n;
  }
}
