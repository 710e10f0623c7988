import { errors } from '../errors.js';
import { verifyPassword } from './password.js';
import type { Tokens } from './tokens.js';
import type { UserReader } from './user.reader.js';
import type { UserType } from './user.type.js';

export interface SignedIn {
  accessToken: string;
  expiresAt: Date;
  user: UserType;
}

export class AuthService {
  constructor(
    private readonly users: UserReader,
    private readonly tokens: Tokens,
  ) {}

  /** UNAUTHENTICATED for a wrong pair, without telling which half is wrong. */
  async signIn(email: string, password: string): Promise<SignedIn> {
    if (email.length > 320 || password.length > 1000)
      throw errors.badInput('email', 'The e-mail address or the password is too long.');
    const credentials = await this.users.credentials(email.trim());
    if (!(await verifyPassword(password, credentials?.passwordHash ?? null)) || !credentials) {
      throw errors.unauthenticated('The e-mail address or the password is wrong.');
    }
    const user = await this.users.byId.load(credentials.id);
    if (!user) throw errors.unauthenticated();
    return { ...(await this.tokens.issue(user.id)), user };
  }
}
