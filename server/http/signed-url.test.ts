import { UrlSigner, windowedExpiry } from './signed-url.js';

const NOW = new Date('2025-01-01T00:00:00.000Z');
const EXPIRES = new Date('2025-01-01T00:15:00.000Z');
const OLD = { kid: 'k1', secret: 'old-secret' };
const NEW = { kid: 'k2', secret: 'new-secret' };
const FIELDS = {
  purpose: 'recording',
  id: '0199ab',
  variant: 'original',
  disposition: 'inline',
  viewer: 'zażółć 😀',
};
const FORBIDDEN = expect.objectContaining({ code: 'FORBIDDEN', status: 403 });
const EXPIRED = expect.objectContaining({ code: 'EXPIRED', status: 410 });

const signerAt = (now: Date, keys = [OLD]) => new UrlSigner(keys, () => now);

/** A link's query: what the signer adds and the fields that are not in the path. */
function queryOf(fields: Record<string, string> = FIELDS, signer = signerAt(NOW)): URLSearchParams {
  const query = signer.sign(fields, EXPIRES);
  for (const name of ['variant', 'disposition', 'viewer'])
    if (fields[name] !== undefined) query.set(name, fields[name]);
  return query;
}

function failureOf(run: () => unknown): unknown {
  try {
    return { passed: run() };
  } catch (error) {
    return error;
  }
}

describe('UrlSigner', () => {
  it('verifies what it signed, over a URL and back', () => {
    const url = new URL(`http://localhost/recordings/0199ab/call.mp3?${queryOf().toString()}`);
    expect(signerAt(NOW).verify(FIELDS, url.searchParams)).toEqual({ ok: true, expiresAt: EXPIRES });
  });

  it('gives the same link for the same question, in any order of fields', () => {
    const reversed = Object.fromEntries(Object.entries(FIELDS).reverse());
    expect(signerAt(NOW).sign(reversed, EXPIRES).toString()).toBe(
      signerAt(NOW).sign(FIELDS, EXPIRES).toString(),
    );
  });

  const parameters = ['v', 'kid', 'exp', 'sig', 'variant', 'disposition', 'viewer'];

  it.each(parameters)('refuses a link with %s changed', (name) => {
    const values = [
      '',
      '1',
      '2',
      'k2',
      'x',
      `${queryOf().get(name)}x`,
      ` ${queryOf().get(name)}`,
      '1735690501',
      '0',
    ];
    for (const value of values.filter((candidate) => candidate !== queryOf().get(name))) {
      const query = queryOf();
      query.set(name, value);
      // The route takes its fields from the query, as a forger would have it.
      const fields = name in FIELDS ? { ...FIELDS, [name]: value } : FIELDS;
      expect(failureOf(() => signerAt(NOW, [OLD, NEW]).verify(fields, query))).toEqual(FORBIDDEN);
      expect(failureOf(() => signerAt(NOW, [OLD, NEW]).verify(FIELDS, query))).toEqual(FORBIDDEN);
    }
  });

  it.each(parameters)('refuses a link without %s', (name) => {
    const query = queryOf();
    query.delete(name);
    const fields = name in FIELDS ? { ...FIELDS, [name]: '' } : FIELDS;
    expect(failureOf(() => signerAt(NOW).verify(fields, query))).toEqual(FORBIDDEN);
  });

  it.each(parameters)('refuses a link with %s twice, the same or another', (name) => {
    for (const value of [queryOf().get(name) ?? '', 'other']) {
      const query = queryOf();
      query.append(name, value);
      expect(failureOf(() => signerAt(NOW).verify(FIELDS, query))).toEqual(FORBIDDEN);
    }
  });

  it.each(['extra', 'V', 'Sig', 'purpose ', '__proto__', 'constructor', 'toString'])(
    'refuses a link with the unknown parameter %j',
    (name) => {
      const query = queryOf();
      query.append(name, 'x');
      expect(failureOf(() => signerAt(NOW).verify(FIELDS, query))).toEqual(FORBIDDEN);
    },
  );

  it.each(Object.keys(FIELDS))('refuses a link used for another %s', (name) => {
    const query = signerAt(NOW).sign(FIELDS, EXPIRES);
    expect(signerAt(NOW).verify(FIELDS, query).ok).toBe(true);
    for (const value of ['other', '', FIELDS[name as keyof typeof FIELDS].toUpperCase()]) {
      expect(failureOf(() => signerAt(NOW).verify({ ...FIELDS, [name]: value }, query))).toEqual(FORBIDDEN);
    }
  });

  it('refuses a link with a field more or fewer', () => {
    const { viewer: _viewer, ...fewer } = FIELDS;
    const query = signerAt(NOW).sign(FIELDS, EXPIRES);
    expect(failureOf(() => signerAt(NOW).verify(fewer, query))).toEqual(FORBIDDEN);
    expect(failureOf(() => signerAt(NOW).verify({ ...FIELDS, more: '' }, query))).toEqual(FORBIDDEN);
  });

  it.each<[Record<string, string>, Record<string, string>]>([
    [
      { a: 'bc', d: '' },
      { a: 'b', d: 'c' },
    ],
    [{ ab: 'c' }, { a: 'bc' }],
    [{ a: 'b', c: 'd' }, { a: 'b1:c1:d' }],
    [{ a: '1:b' }, { a: '', b: '' }],
    [{ a: '', b: '' }, { a: '0:1:b' }],
    [{ a: 'x&b=y' }, { a: 'x', b: 'y' }],
    [{ a: 'x\nb' }, { 'a\nx': 'b' }],
    [{ a: 'é' }, { a: 'e\u0301' }],
    [{ a: 'é' }, { a: 'Ã©' }],
    [{ a: 'x' }, { a: 'x\0' }],
    [{ a: 'x' }, { A: 'x' }],
  ])('signs %j otherwise than %j', (one, other) => {
    const query = signerAt(NOW).sign({ purpose: 'p', ...one }, EXPIRES);
    expect(signerAt(NOW).verify({ purpose: 'p', ...one }, query).ok).toBe(true);
    expect(failureOf(() => signerAt(NOW).verify({ purpose: 'p', ...other }, query))).toEqual(FORBIDDEN);
  });

  it.each(['', 'x', 'é', '😀', 'A'.repeat(43), `${'A'.repeat(42)}é`, 'A'.repeat(10_000)])(
    'refuses the signature %j',
    (sig) => {
      const query = queryOf();
      query.set('sig', sig);
      expect(failureOf(() => signerAt(NOW).verify(FIELDS, query))).toEqual(FORBIDDEN);
    },
  );

  it('refuses another spelling of the same signature', () => {
    const sig = queryOf().get('sig') ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sibling = sig.slice(0, -1) + alphabet.charAt(alphabet.indexOf(sig.slice(-1)) + 1);
    expect(Buffer.from(sibling, 'base64url')).toEqual(Buffer.from(sig, 'base64url'));
    for (const spelling of [sibling, `${sig}=`, `${sig} `]) {
      const query = queryOf();
      query.set('sig', spelling);
      expect(failureOf(() => signerAt(NOW).verify(FIELDS, query))).toEqual(FORBIDDEN);
    }
  });

  it.each([
    ['before', -1, true],
    ['at', 0, false],
    ['after', 1, false],
  ])('a millisecond %s its expiry', (_name, offset, isGood) => {
    const signer = signerAt(new Date(EXPIRES.getTime() + offset));
    const result = failureOf(() => signer.verify(FIELDS, queryOf()));
    expect(result).toEqual(isGood ? { passed: { ok: true, expiresAt: EXPIRES } } : EXPIRED);
  });

  it('checks the signature before the expiry', () => {
    const query = queryOf();
    query.set('sig', 'A'.repeat(43));
    expect(failureOf(() => signerAt(new Date('2030-01-01')).verify(FIELDS, query))).toEqual(FORBIDDEN);
  });

  it('never ends a link before its date', () => {
    const query = signerAt(NOW).sign(FIELDS, new Date('2025-01-01T00:00:00.001Z'));
    expect(query.get('exp')).toBe('1735689601');
  });

  it('changes keys: the first signs, all verify, none that is gone', () => {
    const rotated = signerAt(NOW, [NEW, OLD]);
    expect(queryOf(FIELDS, rotated).get('kid')).toBe('k2');
    expect(rotated.verify(FIELDS, queryOf(FIELDS, signerAt(NOW, [OLD]))).ok).toBe(true);
    expect(rotated.verify(FIELDS, queryOf(FIELDS, rotated)).ok).toBe(true);
    expect(failureOf(() => signerAt(NOW, [NEW]).verify(FIELDS, queryOf()))).toEqual(FORBIDDEN);
    const reused = signerAt(NOW, [{ kid: 'k1', secret: 'another' }]);
    expect(failureOf(() => reused.verify(FIELDS, queryOf()))).toEqual(FORBIDDEN);
  });

  it('signs the key id too, when two keys share a secret', () => {
    const twins = [OLD, { kid: 'k2', secret: OLD.secret }];
    const query = queryOf();
    query.set('kid', 'k2');
    expect(failureOf(() => signerAt(NOW, twins).verify(FIELDS, query))).toEqual(FORBIDDEN);
  });

  it.each<[string, Record<string, string>]>([
    ['no purpose', { id: '1' }],
    ['an empty purpose', { purpose: '' }],
    ['a field named sig', { purpose: 'p', sig: 'x' }],
    ['a field named exp', { purpose: 'p', exp: '1' }],
    ['a lone surrogate', { purpose: 'p', a: '\ud800' }],
  ])('signs nothing with %s, and verifies nothing', (_name, fields) => {
    expect(() => signerAt(NOW).sign(fields, EXPIRES)).toThrow(Error);
    expect(failureOf(() => signerAt(NOW).verify(fields, queryOf()))).toEqual(FORBIDDEN);
  });

  it.each([[[]], [[OLD, OLD]], [[{ kid: '', secret: 'x' }]], [[{ kid: 'x', secret: '' }]]])(
    'refuses the keys %j',
    (keys) => {
      expect(() => new UrlSigner(keys)).toThrow(Error);
    },
  );

  it.each([new Date(Number.NaN), new Date(-1000)])('signs no expiry at %p', (expiresAt) => {
    expect(() => signerAt(NOW).sign(FIELDS, expiresAt)).toThrow(/expires/);
  });
});

describe('windowedExpiry', () => {
  it.each([
    ['2025-01-01T00:00:00.000Z', 900, 300, '2025-01-01T00:20:00.000Z'],
    ['2025-01-01T00:04:59.999Z', 900, 300, '2025-01-01T00:20:00.000Z'],
    ['2025-01-01T00:05:00.000Z', 900, 300, '2025-01-01T00:25:00.000Z'],
    ['2025-01-01T00:00:01.000Z', 60, 300, '2025-01-01T00:06:00.000Z'],
    ['2025-01-01T00:00:01.000Z', 3600, 60, '2025-01-01T01:01:00.000Z'],
  ])('%s + %i s in windows of %i s', (now, expiresIn, window, expected) => {
    expect(windowedExpiry(new Date(now), expiresIn, window).toISOString()).toBe(expected);
  });

  it('has windows of five minutes unless told otherwise', () => {
    expect(windowedExpiry(NOW, 900)).toEqual(windowedExpiry(NOW, 900, 300));
  });
});
