import { errors } from '../errors.js';
import { verifyPassword } from './password.js';
import type { SignInThrottle } from './sign-in-throttle.js';
import type { Tokens } from './tokens.js';
import type { UserReader } from './user.reader.js';
import type { UserType } from './user.type.js';

export interface SignedIn {
  accessToken: string;
  expiresAt: Date;
  user: UserType;
}

const MAX_EMAIL = 320;
const MAX_PASSWORD = 1000;

export class AuthService {
  constructor(
    private readonly users: UserReader,
    private readonly tokens: Tokens,
    private readonly throttle: SignInThrottle,
  ) {}

  /** UNAUTHENTICATED for a wrong pair or somebody inactive, without telling which half is wrong; RATE_LIMITED for too many. */
  async signIn(email: string, password: string, address: string): Promise<SignedIn> {
    this.tokens.requireOwn();
    if (email.length > MAX_EMAIL)
      throw errors.badInput('email', `email may have at most ${MAX_EMAIL} characters.`, { limit: MAX_EMAIL });
    if (password.length > MAX_PASSWORD) {
      throw errors.badInput('password', `password may have at most ${MAX_PASSWORD} characters.`, {
        limit: MAX_PASSWORD,
      });
    }
    if (email.includes('\0')) throw errors.badInput('email', 'email may not contain a NUL character.');
    await this.throttle.begin(email, address);
    const credentials = await this.users.credentials(email.trim());
    if (!(await verifyPassword(password, credentials?.passwordHash ?? null)) || !credentials) {
      throw errors.unauthenticated('The e-mail address or the password is wrong.');
    }
    await this.throttle.succeed(email, address);
    const user = await this.users.byId.load(credentials.id);
    if (!user) throw errors.unauthenticated();
    return { ...(await this.tokens.issue(user.id)), user };
  }
}
