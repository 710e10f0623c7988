import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** One of OWASP's sets for scrypt: N = 2^15, r = 8, p = 3. 32 MiB a guess, so that guesses at once cannot fill memory. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 } as const;
const KEY_BYTES = 32;

/** `scrypt:<salt>:<key>`, both in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return `scrypt:${salt.toString('base64url')}:${key.toString('base64url')}`;
}

/** Takes the same time whether the password is wrong or there is no hash, so that answers do not tell who exists. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [scheme, salt, key] = (hash ?? NOBODY).split(':');
  if (scheme !== 'scrypt' || !salt || !key) return false;
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'));
  return expected.length === actual.length && timingSafeEqual(expected, actual) && hash !== null;
}

const NOBODY = `scrypt:${'A'.repeat(22)}:${'A'.repeat(43)}`;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
