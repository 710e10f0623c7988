import { contentDisposition } from './content-disposition.js';

describe('contentDisposition', () => {
  it.each([
    ['call.mp3', 'inline; filename="call.mp3"'],
    ['my call (1).m4a', 'inline; filename="my call (1).m4a"'],
    ['a;b=c,d.mp3', 'inline; filename="a;b=c,d.mp3"'],
    ['na"me.mp3', `inline; filename="na_me.mp3"; filename*=UTF-8''na%22me.mp3`],
    ['100%.mp3', `inline; filename="100_.mp3"; filename*=UTF-8''100%25.mp3`],
    ['żółć.mp3', `inline; filename="____.mp3"; filename*=UTF-8''%C5%BC%C3%B3%C5%82%C4%87.mp3`],
    ['😀.mp3', `inline; filename="_.mp3"; filename*=UTF-8''%F0%9F%98%80.mp3`],
    [`é'()*!.mp3`, `inline; filename="_'()*!.mp3"; filename*=UTF-8''%C3%A9%27%28%29%2A!.mp3`],
    ['../../etc/passwd', 'inline; filename=".._.._etc_passwd"'],
    ['C:\\x.mp3', 'inline; filename="C:_x.mp3"'],
    ['x\u202e3pm.exe', 'inline; filename="x_3pm.exe"'],
    ['\ud800.mp3', `inline; filename="_.mp3"; filename*=UTF-8''%EF%BF%BD.mp3`],
  ])('%j', (filename, expected) => {
    expect(contentDisposition('inline', filename)).toBe(expected);
    expect(contentDisposition('attachment', filename)).toBe(expected.replace('inline', 'attachment'));
  });

  it.each([
    '',
    'a\r\nSet-Cookie: x=1',
    'a\nb',
    'a\rb',
    'a\0b',
    'a\tb',
    'a\u007f',
    'a\u0085b',
    'a\u2028b',
    'x'.repeat(201),
  ])('refuses %j', (filename) => {
    expect(() => contentDisposition('inline', filename)).toThrow(/filename/);
  });
});
