import { createSecretKey } from 'node:crypto';
import {
  createRemoteJWKSet,
  errors as joseErrors,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JWTPayload,
  type JWTVerifyGetKey,
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
  | {
      kind: 'jwks';
      url: string;
      issuer: string;
      audience: string;
      /** Seconds before the keys are fetched again for a key id that is not among them. */
      cooldown: number;
    };

export class Tokens {
  private readonly key: CryptoKey | undefined;
  private readonly remote: JWTVerifyGetKey | undefined;

  constructor(private readonly options: TokenOptions) {
    if (options.kind === 'secret') this.key = hmacKey(options.secret);
    else this.remote = remoteKeys(options.url, options.cooldown);
  }

  /** FORBIDDEN where another issuer signs the tokens, so that no password is even looked at. */
  requireOwn(): void {
    if (this.options.kind !== 'secret') throw elsewhere();
  }

  /** Signs a token for a user of ours. With another issuer there is nothing to sign: sign in there. */
  async issue(userId: string, now = new Date()): Promise<{ accessToken: string; expiresAt: Date }> {
    if (this.options.kind !== 'secret' || !this.key) throw elsewhere();
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
      if (error instanceof KeysUnavailable)
        throw errors.unavailable('Tokens cannot be checked at the moment. Try again.', {
          cause: error.cause,
        });
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

/** The issuer's keys could not be had: nothing is known of the token. */
class KeysUnavailable extends Error {}

/** Keys by the token's `kid` from the issuer's JWK set (RFC 7517), cached, and fetched again when they change. */
function remoteKeys(url: string, cooldown: number): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: 5000,
    cooldownDuration: cooldown * 1000,
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      const isOfToken =
        cause instanceof joseErrors.JWKSNoMatchingKey ||
        cause instanceof joseErrors.JWKSMultipleMatchingKeys ||
        cause instanceof joseErrors.JOSENotSupported;
      throw isOfToken ? cause : new KeysUnavailable('no keys', { cause });
    }
  };
}

/** Made once: of any other kind of key jose would make one for each token. */
function hmacKey(secret: string): CryptoKey {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return createSecretKey(secret, 'utf8').toCryptoKey(algorithm, false, ['sign', 'verify']);
}

function elsewhere() {
  return errors.forbidden(
    'Passwords are not used here: sign in with your identity provider and send its token.',
  );
}

function toClaims({ sub, exp, email, email_verified }: JWTPayload): Claims {
  if (sub === undefined || exp === undefined) throw errors.unauthenticated();
  return {
    subject: sub,
    email: email_verified === true && isEmail(email) ? email.toLowerCase() : undefined,
    expiresAt: new Date(exp * 1000),
  };
}

/** Text that the database can compare: no NUL, no novel. */
function isEmail(claim: unknown): claim is string {
  return typeof claim === 'string' && claim.length <= 320 && !claim.includes('\0');
}
