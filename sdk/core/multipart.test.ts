import { runInNewContext } from 'node:vm';
import { extractFiles, multipartBody } from './multipart.js';

const blob = new Blob(['abc']);
const bytes = new Uint8Array([1, 2]);
const reference = { uri: 'file:///a.m4a', name: 'a.m4a', type: 'audio/mp4' };

describe('extractFiles', () => {
  it('leaves variables without files as they are', () => {
    const date = new Date(0);
    const variables = { a: 1, b: [null, { c: 'x' }], date, none: undefined };
    const result = extractFiles(variables);
    expect(result.files.size).toBe(0);
    expect(JSON.stringify(result.variables)).toBe(JSON.stringify(variables));
  });

  it.each([undefined, null, 'x', 3])('takes %p', (variables) => {
    expect(extractFiles(variables)).toEqual({ variables, files: new Map() });
  });

  it('replaces every kind of file by null, and names where it stood', () => {
    const { variables, files } = extractFiles({
      input: { chunk: bytes, list: [blob, reference] },
      name: 'n',
    });
    expect(variables).toEqual({ input: { chunk: null, list: [null, null] }, name: 'n' });
    expect([...files]).toEqual([
      [bytes, ['variables.input.chunk']],
      [blob, ['variables.input.list.0']],
      [reference, ['variables.input.list.1']],
    ]);
  });

  it('knows bytes of another realm', () => {
    const foreign: unknown = runInNewContext('new Uint8Array(2)');
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    expect(extractFiles({ foreign }).files.size).toBe(1);
  });

  it('sends a file that stands twice once', () => {
    const { files } = extractFiles({ a: blob, b: blob });
    expect([...files]).toEqual([[blob, ['variables.a', 'variables.b']]]);
  });

  it('does not change what it was given', () => {
    const input = { chunk: blob };
    extractFiles({ input });
    expect(input.chunk).toBe(blob);
  });
});

describe('multipartBody', () => {
  class RecordedForm {
    readonly parts: unknown[][] = [];
    append(...part: unknown[]): void {
      this.parts.push(part);
    }
  }

  it('writes operations, then the map, then the files', async () => {
    const named = new File(['z'], 'call.m4a', { type: 'audio/mp4' });
    const { variables, files } = extractFiles({ a: bytes, b: named, c: reference });
    const form = multipartBody(
      { FormData: RecordedForm, Blob },
      { query: 'q', variables },
      files,
    ) as RecordedForm;
    const [operations, map, first = [], second, third] = form.parts;
    expect(operations).toEqual(['operations', '{"query":"q","variables":{"a":null,"b":null,"c":null}}']);
    expect(map).toEqual(['map', '{"0":["variables.a"],"1":["variables.b"],"2":["variables.c"]}']);
    expect([first[0], first[2]]).toEqual(['0', 'blob']);
    expect(new Uint8Array(await (first[1] as Blob).arrayBuffer())).toEqual(bytes);
    expect(second).toEqual(['1', named, 'call.m4a']);
    expect(third).toEqual(['2', reference]);
  });
});
