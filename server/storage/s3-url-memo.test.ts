import type { SignedRequest } from './direct-transfer.js';
import { UrlMemo } from './s3-url-memo.js';

describe('UrlMemo', () => {
  const epoch = { window: 0, credentials: {} };
  const signed = (url: string): SignedRequest => ({
    method: 'GET',
    url,
    headers: {},
    expiresAt: new Date(0),
  });
  let signings: string[];
  const ask = (memo: UrlMemo, key: string, at = epoch) =>
    memo.get(key, at, () => {
      signings.push(key);
      return Promise.resolve(signed(key));
    });

  beforeEach(() => {
    signings = [];
  });

  it('signs once for each key, also when asked at the same time', async () => {
    const memo = new UrlMemo();
    const [first, second] = await Promise.all([ask(memo, 'a'), ask(memo, 'a')]);
    expect(second).toBe(first);
    expect(await ask(memo, 'a')).toBe(first);
    await ask(memo, 'b');
    expect(signings).toEqual(['a', 'b']);
  });

  it('keeps what is in use, forgets what is not, and never holds more than its bound', async () => {
    const memo = new UrlMemo(4);
    for (let index = 0; index < 100; index += 1) {
      await ask(memo, 'in use');
      await ask(memo, String(index));
      expect(memo.size).toBeLessThanOrEqual(4);
    }
    expect(signings.filter((key) => key === 'in use')).toHaveLength(1);
    await ask(memo, '0');
    expect(signings.filter((key) => key === '0')).toHaveLength(2);
  });

  it.each([
    ['window', { ...epoch, window: 300 }],
    ['credentials', { ...epoch, credentials: {} }],
  ])('forgets all with a new %s', async (_name, next) => {
    const memo = new UrlMemo();
    await ask(memo, 'a');
    await ask(memo, 'b', next);
    expect(memo.size).toBe(1);
    await ask(memo, 'a', next);
    expect(signings).toEqual(['a', 'b', 'a']);
  });

  it('keeps no failure', async () => {
    const memo = new UrlMemo();
    await expect(memo.get('a', epoch, () => Promise.reject(new Error('no credentials')))).rejects.toThrow(
      'no credentials',
    );
    expect(memo.size).toBe(0);
    expect((await ask(memo, 'a')).url).toBe('a');
  });
});
