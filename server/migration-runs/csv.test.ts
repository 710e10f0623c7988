import { csvRecord } from './csv.js';

it.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['+91', "'+91"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1+1', "'  =1+1"],
  ['\t=1', "'\t=1"],
  ['\rx', '"\'\rx"'],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  [-5, '-5'],
  [null, ''],
  ['', ''],
])('%j is written as %j', (value, expected) => {
  expect(csvRecord([value])).toBe(`${expected}\r\n`);
});

it('separates cells by commas', () => {
  expect(csvRecord(['a', 1, null, 'b'])).toBe('a,1,,b\r\n');
});
