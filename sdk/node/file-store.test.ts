import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from './file-store.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-store-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('keeps values over a new beginning, and leaves nothing beside them', async () => {
  const store = fileStore(folder);
  await Promise.all([store.set('a/1', 'one'), store.set('a/2', 'two'), store.set('b', 'three')]);
  await store.set('a/1', 'another');
  await store.delete('a/2');
  const again = fileStore(folder);
  expect([await again.get('a/1'), await again.get('a/2'), await again.keys('a/')]).toEqual([
    'another',
    undefined,
    ['a/1'],
  ]);
  expect((await readdir(folder)).filter((name) => !name.endsWith('.json'))).toEqual([]);
});

it('takes away what an earlier process left half written, but not what another is at', async () => {
  const [old, fresh] = [join(folder, 'old.tmp'), join(folder, 'fresh.tmp')];
  await Promise.all([writeFile(old, 'ha'), writeFile(fresh, 'ha')]);
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(old, hourAgo, hourAgo);
  await fileStore(folder).keys('');
  expect(await readdir(folder)).toEqual(['fresh.tmp']);
});
