import type { MikroORM } from '@mikro-orm/postgresql';
import { validate as isUuid } from 'uuid';
import { errors } from '../errors.js';
import type { Tables } from '../rows.js';
import type { Claims, Tokens } from './tokens.js';
import type { UserSchema, Role } from './user.entity.js';
import type { Viewer } from './viewer.js';

const ROLES_KEPT = 10_000;

/** From an Authorization header to a viewer: the token says who, the users table says what they may do. */
export class Authenticator {
  private readonly known = new Map<string, { user: { id: string; role: Role }; until: number }>();

  constructor(
    private readonly tokens: Tokens,
    private readonly orm: MikroORM,
    /** Seconds that a user's role is believed: a change of role, or of `active`, is felt after at most this time. */
    private readonly roleTtl: number,
  ) {}

  /** Undefined without a header. UNAUTHENTICATED for anything but a good token of an active user. */
  async viewer(header: string | undefined): Promise<Viewer | undefined> {
    if (header === undefined) return undefined;
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(header)?.[1];
    if (token === undefined)
      throw errors.unauthenticated('Send the token as `Authorization: Bearer <token>`.');
    return this.viewerOf(token);
  }

  async viewerOf(token: string): Promise<Viewer> {
    const claims = await this.tokens.verify(token);
    const user = await this.user(claims);
    if (!user) throw errors.unauthenticated('There is no active user for this token. Ask an admin.');
    return { ...user, expiresAt: claims.expiresAt };
  }

  /** The same viewer as the users table has them now; UNAUTHENTICATED when they may not go on. */
  async again({ id, expiresAt }: Viewer): Promise<Viewer> {
    const user =
      expiresAt > new Date() ? await this.user({ subject: id, email: undefined, expiresAt }) : undefined;
    if (!user) throw errors.unauthenticated('Your session has ended. Sign in again.');
    return { ...user, expiresAt };
  }

  private async user(claims: Claims): Promise<{ id: string; role: Role } | undefined> {
    const now = Date.now();
    const hit = this.known.get(claims.subject);
    if (hit && hit.until > now) return hit.user;
    const user = await this.read(claims);
    if (this.known.size >= ROLES_KEPT) this.known.clear();
    if (user) this.known.set(claims.subject, { user, until: now + this.roleTtl * 1000 });
    else this.known.delete(claims.subject);
    return user;
  }

  /** By id; another issuer's subjects are its own (UUIDs too, at some), so what is no user's id goes by e-mail. */
  private async read({ subject, email }: Claims): Promise<{ id: string; role: Role } | undefined> {
    const users = this.orm.em
      .getKysely<Tables<typeof UserSchema>>()
      .selectFrom('users')
      .select(['id', 'role'])
      .where('active', '=', true);
    const known = isUuid(subject) ? await users.where('id', '=', subject).executeTakeFirst() : undefined;
    if (known || email === undefined) return known;
    return users.where('email', '=', email).executeTakeFirst();
  }
}
