import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeFiles } from './node-files.js';

it('finds a file by its path and by its URL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-files-'));
  const path = join(folder, 'a call.wav');
  const { href } = pathToFileURL(path);
  const files = nodeFiles();
  try {
    await writeFile(path, '0123456789');
    for (const uri of [path, href]) {
      const source = await files.open({ uri });
      expect(source?.byteSize).toBe(10);
      await source?.close?.();
      expect(await files.playable({ uri })).toMatchObject({ url: href });
    }
    await files.remove({ uri: href });
    expect([await files.open({ uri: path }), await files.playable({ uri: path })]).toEqual([
      undefined,
      undefined,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
