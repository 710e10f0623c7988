import { DamagedForm, formBoundary, FormDataParser, type PartHead } from './form-data.js';

interface Seen {
  head: PartHead;
  text: string;
  whole: boolean;
}

/** What a form's parts are when its bytes arrive in pieces that end at these places. */
function parse(form: string | Buffer, cuts: readonly number[] = [], boundary = 'b'): Seen[] {
  const bytes = Buffer.from(form);
  const seen: Seen[] = [];
  const parser = new FormDataParser(boundary, {
    begin: (head) => seen.push({ head, text: '', whole: false }),
    bytes: (some) =>
      Object.assign(seen.at(-1) ?? {}, { text: (seen.at(-1)?.text ?? '') + some.toString('latin1') }),
    end: () => Object.assign(seen.at(-1) ?? {}, { whole: true }),
  });
  const ends = [...cuts, bytes.length];
  ends.forEach((end, n) => {
    // Its memory is used again for the next piece, as that of a file's bytes may be.
    const piece = Buffer.from(bytes.subarray(ends[n - 1] ?? 0, end));
    parser.write(piece);
    piece.fill('#');
  });
  return seen;
}

const part = (name: string, value: string, more = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const head = (name: string): PartHead => ({ name, filename: undefined, contentType: undefined });

/** All that looks like a delimiter for a while. */
const NEARLY = '\r\n--a\r\n-\r\r\n--\r\n\r--b\n--b--b\r\n';
const FORM = `${part('one', NEARLY)}${part('two', '')}${part('three', 'last')}--b--\r\nmore`;
const PARTS: Seen[] = [
  { head: head('one'), text: NEARLY, whole: true },
  { head: head('two'), text: '', whole: true },
  { head: head('three'), text: 'last', whole: true },
];

it('finds the parts wherever the bytes are cut in two', () => {
  for (let cut = 0; cut <= FORM.length; cut += 1)
    expect({ cut, parts: parse(FORM, [cut]) }).toEqual({ cut, parts: PARTS });
});

it.each([1, 2, 3, 5, 7, 11])('finds the parts in pieces of %d bytes', (size) => {
  const cuts = Array.from({ length: Math.floor(FORM.length / size) }, (_, n) => (n + 1) * size);
  expect(parse(FORM, cuts)).toEqual(PARTS);
});

it('a boundary of 70 characters whose beginning comes again and again', () => {
  const boundary = `${'-'.repeat(69)}x`;
  const value = `\r\n${'-'.repeat(70)}\r\n${'-'.repeat(71)}\r\n--${'-'.repeat(68)}`;
  const form = `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--${boundary}--`;
  for (let cut = 0; cut <= form.length; cut += 1)
    expect(parse(form, [cut], boundary)).toEqual([{ head: head('a'), text: value, whole: true }]);
});

it.each<[string, string, Partial<PartHead>]>([
  [
    'a file',
    'Content-Disposition: form-data; name="0"; filename="call.m4a"\r\nContent-Type: audio/mp4',
    { name: '0', filename: 'call.m4a', contentType: 'audio/mp4' },
  ],
  [
    'other cases and blanks',
    'content-DISPOSITION:form-data;name="0" ;\tFilename="a b"',
    { name: '0', filename: 'a b' },
  ],
  ['no quotes', 'Content-Disposition: form-data; name=0; filename=a.b', { name: '0', filename: 'a.b' }],
  [
    'quotes in percents',
    'Content-Disposition: form-data; name="0"; filename="a%22b%0D%0A%41"',
    { filename: 'a"b\r\n%41' },
  ],
  [
    'quotes behind a backslash',
    String.raw`Content-Disposition: form-data; name="0"; filename="a\"b\\c"`,
    { filename: String.raw`a"b\c` },
  ],
  [
    'a path of Windows',
    String.raw`Content-Disposition: form-data; name="0"; filename="C:\calls\a.m4a"`,
    { filename: String.raw`C:\calls\a.m4a` },
  ],
  ['UTF-8', 'Content-Disposition: form-data; name="0"; filename="कॉल.m4a"', { filename: 'कॉल.m4a' }],
  ['a name twice', 'Content-Disposition: form-data; name="0"; name="1"', { name: '0' }],
  [
    'a name in a name',
    'Content-Disposition: form-data; filename="; name=\\"1\\""; name="0"',
    { name: '0', filename: '; name="1"' },
  ],
  [
    'a name in another language',
    `Content-Disposition: form-data; name="0"; filename*=UTF-8''%C3%B6`,
    { name: '0', filename: undefined },
  ],
  ['other headers', 'X-One: 1\r\nContent-Disposition: form-data; name="0"\r\nX-Two', { name: '0' }],
])('reads a head with %s', (_name, lines, expected) => {
  expect(parse(`--b\r\n${lines}\r\n\r\n\r\n--b--`)[0]?.head).toMatchObject(expected);
});

it.each([
  ['a text in front', 'x--b\r\n'],
  ['an empty line in front', `\r\n${part('a', 'b')}`],
  ['another boundary', '--c\r\n'],
  ['blanks behind the boundary', '--b \r\n'],
  ['half an end', '--b-x'],
  ['half a line', '--b\rx'],
  ['a part without a head', '--b\r\n\r\n--b--'],
  ['a part without a name', '--b\r\nContent-Type: text/plain\r\n\r\n--b--'],
  ['a part of another kind', '--b\r\nContent-Disposition: attachment; name="a"\r\n\r\n--b--'],
  ['a kind that only begins so', '--b\r\nContent-Disposition: form-database; name="a"\r\n\r\n--b--'],
  ['a head that is too long', `--b\r\nX: ${'x'.repeat(9000)}`],
  ['a quote without an end', `--b\r\nContent-Disposition: form-data; name="${'\\'.repeat(5000)}\r\n\r\n`],
])('%s is damaged', (_name, form) => {
  expect(() => parse(form)).toThrow(DamagedForm);
  const everywhere = Array.from({ length: form.length }, (_, n) => n);
  expect(() => parse(form, everywhere)).toThrow(DamagedForm);
});

it('a form that was cut has a part without an end', () => {
  expect(parse(part('a', 'value').slice(0, -2))).toEqual([{ head: head('a'), text: 'value', whole: false }]);
});

it.each([
  ['multipart/form-data; boundary=abc', 'abc'],
  ['Multipart/Form-Data; charset=utf-8; Boundary="a b"', 'a b'],
  [
    'multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW',
    '----WebKitFormBoundary7MA4YWxkTrZu0gW',
  ],
  ['multipart/form-data', undefined],
  ['multipart/form-data; boundary=', undefined],
  ['multipart/form-data; boundary="a "', undefined],
  ['multipart/form-data; boundary="a\\"b"', undefined],
  [`multipart/form-data; boundary=${'x'.repeat(71)}`, undefined],
  ['multipart/mixed; boundary=abc', undefined],
  ['boundary=abc', undefined],
  ['', undefined],
  [undefined, undefined],
])('the boundary of %j is %j', (type, boundary) => {
  expect(formBoundary(type)).toBe(boundary);
});
