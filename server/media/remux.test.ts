import { open, readFile, rm, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bufferSource, type ByteSource } from './byte-source.js';
import { fileSource } from './file-source.js';
import { identify } from './identify.js';
import { probe } from './probe.js';
import { NotRemuxable } from './not-remuxable.js';
import { remuxToM4a } from './remux.js';

const fixture = (file: string) => readFile(new URL(`../../test/fixtures/${file}`, import.meta.url));
const going = new AbortController().signal;
let folder: string;
const copy = () => join(folder, 'copy.m4a');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remux-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each(['call.aac', 'call.3gp'])('%s becomes an M4A with its index in front', async (name) => {
  await remuxToM4a(bufferSource(await fixture(name)), copy(), going);
  const bytes = await readFile(copy());
  expect(bytes.indexOf('moov')).toBeGreaterThan(0);
  expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  await using file = await open(copy());
  const source = await fileSource(file);
  const sniffed = await identify(source);
  expect(sniffed?.contentType).toBe('audio/mp4');
  const { codec, durationMs, truncated } = await probe(source, sniffed ?? fail());
  expect({ codec, truncated }).toEqual({ codec: 'aac', truncated: false });
  expect(Math.abs((durationMs ?? 0) - 33_519)).toBeLessThan(200);
});

it.each([
  ['MP3', () => fixture('call.mp3')],
  ['3GP with AMR', () => fixture('call-amr.3gp')],
  ['a page', () => Promise.resolve(Buffer.from('<html>'.padEnd(5000)))],
  ['nothing', () => Promise.resolve(Buffer.alloc(0))],
])('%s is refused', async (_name, make) => {
  await expect(remuxToM4a(bufferSource(await make()), copy(), going)).rejects.toBeInstanceOf(NotRemuxable);
});

it('a cut file gives what is there', async () => {
  const bytes = await fixture('call.aac');
  await remuxToM4a(bufferSource(bytes.subarray(0, 70_000)), copy(), going);
  expect((await stat(copy())).size).toBeGreaterThan(60_000);
});

it('a source that fails is no fault of the bytes', async () => {
  const bytes = bufferSource(await fixture('call.aac'));
  const away: ByteSource = {
    byteSize: bytes.byteSize,
    read: (offset, length) =>
      offset + length > 100_000 ? Promise.reject(new Error('the disk is gone')) : bytes.read(offset, length),
  };
  await expect(remuxToM4a(away, copy(), going)).rejects.toThrow('the disk is gone');
});

it('ends when it is no longer wanted', async () => {
  const source = bufferSource(await fixture('call.aac'));
  await expect(remuxToM4a(source, copy(), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});

function fail(): never {
  throw new Error('it is no audio');
}
