import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { errors } from '../errors.js';

export interface SigningKey {
  /** Names the key in links; not secret. */
  kid: string;
  secret: string;
}

export interface VerifiedUrl {
  ok: true;
  expiresAt: Date;
}

const VERSION = '1';
/** Query parameters that the signer adds: version, key id, expiry in epoch seconds, signature. */
const OWN = ['v', 'kid', 'exp', 'sig'] as const;

/** The same words whatever is wrong, so that nobody learns from them how far a forgery got. */
const refused = () => errors.forbidden('This link is not valid. Ask for a new one.');

/**
 * Signs links with HMAC-SHA256 over version, key id, expiry and every field, of which one must be `purpose`: a link
 * for listening is then none for uploading. Fields that are not in the path go into the query under their own names:
 *
 *     const query = signer.sign({ purpose: 'recording', id, viewer }, expiresAt);
 *     query.set('viewer', viewer);
 *     `/recordings/${id}/call.mp3?${query}`
 *     …
 *     signer.verify({ purpose: 'recording', id: path.id, viewer: query.get('viewer') ?? '' }, query);
 */
export class UrlSigner {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly signing: { readonly kid: string; readonly secret: KeyObject };

  /** The first key signs, all verify: to change keys, put the new one first and drop the old when its links are dead. */
  constructor(
    keys: readonly SigningKey[],
    private readonly clock: () => Date = () => new Date(),
  ) {
    const [first] = keys;
    if (!first) throw new Error('a signer needs a key');
    if (keys.some(({ kid, secret }) => kid === '' || secret === ''))
      throw new Error('a signing key is empty');
    this.keys = new Map(keys.map(({ kid, secret }) => [kid, createSecretKey(secret, 'utf8')]));
    if (this.keys.size !== keys.length) throw new Error('two signing keys have one id');
    this.signing = { kid: first.kid, secret: createSecretKey(first.secret, 'utf8') };
  }

  /** The signer's own query parameters. The link is good until `expiresAt`, rounded up to the second. */
  sign(fields: Readonly<Record<string, string>>, expiresAt: Date): URLSearchParams {
    return new URLSearchParams(this.query(fields, expiresAt));
  }

  /** The same as text, for lists: URLSearchParams would cost more than the signature. */
  query(fields: Readonly<Record<string, string>>, expiresAt: Date): string {
    const problem = fieldsProblem(fields);
    if (problem !== undefined) throw new Error(problem);
    const { kid, secret } = this.signing;
    const exp = String(Math.ceil(expiresAt.getTime() / 1000));
    if (!/^\d+$/.test(exp)) throw new Error('a link expires at a date after 1970');
    return `v=${VERSION}&kid=${encodeURIComponent(kid)}&exp=${exp}&sig=${signatureOf(secret, kid, exp, fields)}`;
  }

  /**
   * Checks a link's query against the fields that the request is about. A parameter that is neither the signer's nor a
   * field's, or that stands there twice or with another value than its field, makes the link as bad as a wrong
   * signature.
   * @throws EarshotError FORBIDDEN, or EXPIRED for a link that was good once
   */
  verify(fields: Readonly<Record<string, string>>, params: URLSearchParams): VerifiedUrl {
    if (fieldsProblem(fields) !== undefined || !isSameQuery(fields, params)) throw refused();
    const [version, kid, exp, sig] = OWN.map((name) => params.get(name));
    if (version !== VERSION || !kid || !sig || !exp || !/^[1-9]\d{0,11}$/.test(exp)) throw refused();
    const secret = this.keys.get(kid);
    if (secret === undefined) throw refused();
    if (!isEqual(sig, signatureOf(secret, kid, exp, fields))) throw refused();

    const expiresAt = new Date(Number(exp) * 1000);
    if (this.clock() >= expiresAt) throw errors.expired('This link has expired. Ask for a new one.');
    return { ok: true, expiresAt };
  }
}

/**
 * The expiry of a link asked for at `now`: the same for all that ask within one window, so that the same question gives
 * the same URL and caches work. Between `expiresInSeconds` and a window more from `now`.
 */
export function windowedExpiry(now: Date, expiresInSeconds: number, windowSeconds = 300): Date {
  const window = Math.floor(now.getTime() / 1000 / windowSeconds) * windowSeconds;
  return new Date((window + windowSeconds + expiresInSeconds) * 1000);
}

function fieldsProblem(fields: Readonly<Record<string, string>>): string | undefined {
  if (!fields['purpose']) return 'a link needs a purpose';
  const own = OWN.find((name) => Object.hasOwn(fields, name));
  if (own !== undefined) return `the field ${own} is the signer's own`;
  // Lone surrogates all have the same UTF-8: two values would have one signature.
  const isBad = (text: string): boolean => !text.isWellFormed();
  return Object.entries(fields).some(([name, value]) => isBad(name) || isBad(value))
    ? 'a field is not well-formed Unicode'
    : undefined;
}

function isSameQuery(fields: Readonly<Record<string, string>>, params: URLSearchParams): boolean {
  const seen = new Set<string>();
  for (const [name, value] of params) {
    if (seen.has(name)) return false;
    seen.add(name);
    const isOwn = OWN.some((own) => own === name);
    if (!isOwn && (!Object.hasOwn(fields, name) || fields[name] !== value)) return false;
  }
  return OWN.every((name) => seen.has(name));
}

/** base64url. Each part stands after its length in bytes, so that no two sets of fields read alike. */
function signatureOf(
  secret: KeyObject,
  kid: string,
  exp: string,
  fields: Readonly<Record<string, string>>,
): string {
  let text = part('earshot-url') + part(VERSION) + part(kid) + part(exp);
  for (const name of Object.keys(fields).sort()) text += part(name) + part(fields[name] ?? '');
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function part(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}

/** Compares the text, not what it decodes to: base64url has several spellings of the same bytes. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
