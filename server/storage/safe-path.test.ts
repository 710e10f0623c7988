import { assertKey, assertKeyPrefix, safePath } from './safe-path.js';

const ROOT = '/var/lib/earshot';

describe('safePath', () => {
  it.each([
    'a',
    'recordings/0f/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b/1.mp3',
    'a b/c d.wav',
    ' leading space/x',
    'a..b/..c/c.d',
    'x/.hidden',
    '%2e%2e/%2f/100%',
    `quote"'\`/$(id);&|<>*?`,
    '~/x',
    '-rf/--',
    'a+b=c@d,e:f',
    'प्रदर्शन/रिकॉर्डिंग.mp3',
    'zażółć/日本語/😀',
    'a'.repeat(255),
    `${'b'.repeat(249)}/${'c'.repeat(250)}`,
  ])('keeps %j below the root', (key) => {
    expect(safePath(ROOT, key)).toBe(`${ROOT}/${key}`);
  });

  it.each([
    ['empty', ''],
    ['dot', '.'],
    ['dot dot', '..'],
    ['parent first', '../a'],
    ['parent inside', 'a/../b'],
    ['parent out', 'a/../../b'],
    ['parent last', 'a/..'],
    ['current inside', 'a/./b'],
    ['current last', 'a/.'],
    ['three dots', 'a/.../b'],
    ['absolute', '/etc/passwd'],
    ['two slashes first', '//host/share'],
    ['slash only', '/'],
    ['empty segment', 'a//b'],
    ['trailing slash', 'a/'],
    ['trailing slashes', 'a//'],
    ['trailing dot', 'a/b.'],
    ['trailing dot in a folder', 'a./b'],
    ['trailing space', 'a/b '],
    ['parent and space', 'a/.. /b'],
    ['reserved first segment', '.tmp/x'],
    ['dot file first', '.x'],
    ['backslash', 'a\\b'],
    ['backslash parent', 'a\\..\\..\\b'],
    ['UNC path', '\\\\host\\share'],
    ['drive letter', 'C:/x'],
    ['drive letter, relative', 'c:x'],
    ['drive letter inside', 'a/C:/x'],
    ['NUL', 'a\0b'],
    ['NUL then suffix', 'a/..\0.mp3'],
    ['newline', 'a\nb'],
    ['carriage return', 'a\rb'],
    ['tab', 'a\tb'],
    ['escape', 'a\u001b[2Jb'],
    ['DEL', 'a\u007fb'],
    ['C1 control', 'a\u0085b'],
    ['line separator', 'a\u2028b'],
    ['right-to-left override', 'a\u202egpm.exe'],
    ['zero-width space in a parent', 'a/.\u200b./b'],
    ['byte order mark', '\ufeffa'],
    ['full-width dots', 'a/\uff0e\uff0e/b'],
    ['two-dot leader', 'a/\u2025/b'],
    ['one-dot leaders', 'a/\u2024\u2024/b'],
    ['full-width slash', 'a/..\uff0fb'],
    ['full-width backslash', 'a\uff3cb'],
    ['decomposed form', 'cafe\u0301'],
    ['lone high surrogate', 'a\ud800b'],
    ['lone low surrogate', 'a\udc00b'],
    ['501 characters', 'a/'.repeat(250) + 'b'],
    [
      '1,025 bytes',
      `${'é'.repeat(100)}/${'日'.repeat(80)}/${'日'.repeat(80)}/${'日'.repeat(80)}/${'日'.repeat(80)}`,
    ],
    ['segment of 256 bytes', 'a'.repeat(256)],
    ['segment of 128 two-byte letters', 'é'.repeat(128)],
  ])('refuses %s', (_name, key) => {
    expect(() => safePath(ROOT, key)).toThrow(/storage key/);
    expect(() => assertKey(key)).toThrow(/storage key/);
  });

  it.each(['/', '/srv', '/srv/', 'relative/root'])('works below the root %j', (root) => {
    expect(safePath(root, 'a/b').endsWith('/a/b')).toBe(true);
  });

  it('says what is wrong without repeating an endless key', () => {
    expect(() => assertKey('x'.repeat(10_000))).toThrow(/^storage key "x{80}" is too long$/);
  });
});

describe('assertKeyPrefix', () => {
  it.each(['', 'a', 'a/', 'a/b', 'a/b/', 'recordings/0f/', 'a b', 'a.', 'a ', 'x/.'])(
    'takes %j',
    (prefix) => {
      expect(() => assertKeyPrefix(prefix)).not.toThrow();
    },
  );

  it.each([
    '/',
    '/a',
    '..',
    '../',
    '../a',
    'a/../',
    'a/../b',
    '.',
    '.tmp',
    '.tmp/',
    './',
    'a//',
    'a\\/b',
    'a\0/',
    'C:/',
  ])('refuses %j', (prefix) => {
    expect(() => assertKeyPrefix(prefix)).toThrow();
  });
});
