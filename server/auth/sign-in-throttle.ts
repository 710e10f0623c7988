import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { errors } from '../errors.js';

const MINUTES = 60;

/** Guesses before a wait, and the seconds that they are remembered. Good sign-ins give their point back. */
const LIMITS = {
  /** One person at one place. */
  pair: { points: 10, duration: 15 * MINUTES },
  /** One place, whoever it says it is. */
  address: { points: 100, duration: 15 * MINUTES },
  /** One person, from wherever: guesses spread over many places. */
  email: { points: 50, duration: 60 * MINUTES },
} as const;

type Limit = keyof typeof LIMITS;

/** Slows down who guesses passwords, over all processes, without locking the owner out for others' guesses at once. */
export class SignInThrottle {
  private readonly limiters: Readonly<Record<Limit, RateLimiterPostgres>>;

  constructor(pool: pg.Pool) {
    const limiter = (keyPrefix: Limit): RateLimiterPostgres =>
      new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        tableName: 'sign_in_attempts',
        tableCreated: true,
        keyPrefix,
        ...LIMITS[keyPrefix],
      });
    this.limiters = { pair: limiter('pair'), address: limiter('address'), email: limiter('email') };
  }

  /** Counts a try before its password is looked at, so that tries at once count too. Throws RATE_LIMITED. */
  async begin(email: string, address: string): Promise<void> {
    const keys = keysOf(email, address);
    for (const limit of Object.keys(LIMITS) as Limit[]) await this.consume(limit, keys[limit]);
  }

  /** A good password: what was counted is given back. */
  async succeed(email: string, address: string): Promise<void> {
    const keys = keysOf(email, address);
    await this.limiters.pair.delete(keys.pair);
    await Promise.all([this.limiters.address.reward(keys.address), this.limiters.email.reward(keys.email)]);
  }

  private async consume(limit: Limit, key: string): Promise<void> {
    try {
      await this.limiters[limit].consume(key);
    } catch (refused) {
      if (refused instanceof RateLimiterRes)
        throw errors.rateLimited(Math.max(1, Math.ceil(refused.msBeforeNext / 1000)));
      throw refused;
    }
  }
}

/** Hashed: the table of tries is no list of who signs in from where. */
function keysOf(email: string, address: string): Readonly<Record<Limit, string>> {
  const who = email.trim().toLowerCase();
  const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
  const place = placeOf(address);
  return { pair: digest(`${who}\n${place}`), address: digest(place), email: digest(who) };
}

/** Of IPv6 one customer has at least a /64 (RFC 6177), and as many addresses in it as guesses. */
function placeOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const known = ipaddr.process(address);
  return known instanceof ipaddr.IPv6 ? known.parts.slice(0, 4).join(':') : known.toString();
}
