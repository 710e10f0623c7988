import { createSecretKey } from 'node:crypto';
import {
  createRemoteJWKSet,
  errors as joseErrors,
  jwtVerify,
  SignJWT,
  type JWTPayload,
  type JWTVerifyGetKey,
  type KeyObject,
} from 'jose';
import { errors } from '../errors.js';

const ISSUER = 'earshot';
const AUDIENCE = 'earshot-api';

export interface Claims {
  /** `sub`: a user's id, or another issuer's own name for the user. */
  subject: string;
  email: string | undefined;
  expiresAt: Date;
}

/** Whose tokens are good: our own, signed with a secret, or another issuer's by its published keys. */
export type TokenOptions =
  | { kind: 'secret'; secret: string; lifetime: number }
  | { kind: 'jwks'; url: string; issuer: string; audience: string };

export class Tokens {
  private readonly key: KeyObject | undefined;
  private readonly remote: JWTVerifyGetKey | undefined;

  constructor(private readonly options: TokenOptions) {
    if (options.kind === 'secret') this.key = createSecretKey(options.secret, 'utf8');
    else this.remote = createRemoteJWKSet(new URL(options.url), { timeoutDuration: 5000 });
  }

  /** Signs a token for a user of ours. With another issuer there is nothing to sign: sign in there. */
  async issue(userId: string, now = new Date()): Promise<{ accessToken: string; expiresAt: Date }> {
    if (this.options.kind !== 'secret' || !this.key) {
      throw errors.forbidden(
        'Passwords are not used here: sign in with your identity provider and send its token.',
      );
    }
    const expiresAt = new Date((Math.floor(now.getTime() / 1000) + Math.round(this.options.lifetime)) * 1000);
    const accessToken = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setIssuedAt(now)
      .setExpirationTime(expiresAt)
      .sign(this.key);
    return { accessToken, expiresAt };
  }

  /** UNAUTHENTICATED for a token that is forged, expired or not ours; UNAVAILABLE when the issuer's keys cannot be had. */
  async verify(token: string): Promise<Claims> {
    try {
      return toClaims(await this.payload(token));
    } catch (error) {
      if (error instanceof joseErrors.JWKSTimeout)
        throw errors.unavailable('Tokens cannot be checked at the moment. Try again.', { cause: error });
      throw errors.unauthenticated(
        error instanceof joseErrors.JWTExpired
          ? 'Your session has ended. Sign in again.'
          : 'The token is not valid. Sign in again.',
      );
    }
  }

  private async payload(token: string): Promise<JWTPayload> {
    const required = { requiredClaims: ['sub', 'exp'] };
    if (this.key) {
      return (
        await jwtVerify(token, this.key, {
          ...required,
          issuer: ISSUER,
          audience: AUDIENCE,
          algorithms: ['HS256'],
        })
      ).payload;
    }
    if (this.options.kind !== 'jwks' || !this.remote) throw new Error('no key to verify with');
    const { issuer, audience } = this.options;
    const algorithms = [
      'RS256',
      'RS384',
      'RS512',
      'PS256',
      'PS384',
      'PS512',
      'ES256',
      'ES384',
      'ES512',
      'EdDSA',
    ];
    return (
      await jwtVerify(token, this.remote, { ...required, issuer, audience, algorithms, clockTolerance: 30 })
    ).payload;
  }
}

function toClaims({ sub, exp, email, email_verified }: JWTPayload): Claims {
  if (sub === undefined || exp === undefined) throw errors.unauthenticated();
  return {
    subject: sub,
    email: typeof email === 'string' && email_verified !== false ? email.toLowerCase() : undefined,
    expiresAt: new Date(exp * 1000),
  };
}
