/** Copies without Earshot: undici to the same store. It knows of no database, no check, no second try. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { LocalStorage } from '../../server/storage/local-storage.js';
import { answerAll } from './child.js';

export interface Copying {
  urls: readonly string[];
  concurrency: number;
  /** `loop`: the next one as soon as one is done. `batches`: so many at once, and the next when all are done. */
  way: 'loop' | 'batches';
}

async function copyAll({ urls, concurrency, way }: Copying): Promise<{ seconds: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-bench-'));
  const storage = await LocalStorage.open(folder);
  const agent = new Agent({ connections: concurrency });
  const copy = async (index: number): Promise<void> => {
    const { statusCode, body } = await request(urls[index] ?? '', { dispatcher: agent });
    if (statusCode !== 200) throw new Error(`the provider answered ${statusCode}`);
    await storage.put(`recordings/${index % 256}/${index}.mp3`, Readable.from(body));
  };
  const started = performance.now();
  if (way === 'loop') await loop(urls.length, concurrency, copy);
  else await batches(urls.length, concurrency, copy);
  const seconds = (performance.now() - started) / 1000;
  await agent.close();
  await rm(folder, { recursive: true });
  return { seconds };
}

async function loop(
  count: number,
  concurrency: number,
  copy: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await copy(index);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

async function batches(count: number, size: number, copy: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += size) {
    const indexes = Array.from({ length: Math.min(size, count - from) }, (_, offset) => from + offset);
    await Promise.all(indexes.map(copy));
  }
}

answerAll(copyAll);
