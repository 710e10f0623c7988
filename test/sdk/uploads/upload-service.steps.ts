import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EarshotClient } from '../../../sdk/core/index.js';
import { seededWav } from '../../support/seeded-wav.js';
import type { Caller } from '../../support/upload-steps.js';
import type { Mishap, Passing } from './bad-network.js';

export interface Made {
  path: string;
  sha256: string;
  callLogId: string;
}

/** A recording on the device, and the call that it is of. */
export async function record(folder: string, caller: Caller, name: string, byteSize: number): Promise<Made> {
  const wav = await seededWav(name, byteSize);
  const path = join(folder, `${name}.wav`);
  await writeFile(path, await wav.read(0, byteSize));
  return { path, sha256: wav.sha256, callLogId: await caller.call() };
}

const PUT_MISHAPS: readonly (Mishap | undefined)[] = [
  { kind: 'drop', afterBytes: 9000 },
  undefined,
  { kind: 'lose answer' },
  { kind: 'answer', status: 403 },
  undefined,
  { kind: 'answer', status: 500 },
  { kind: 'twice' },
  undefined,
  { kind: 'answer', status: 409 },
  { kind: 'answer', status: 503, headers: { 'retry-after': '0' } },
  { kind: 'drop', afterBytes: 0 },
  undefined,
];

const API_MISHAPS: Readonly<Record<number, Mishap>> = {
  3: { kind: 'lose answer' },
  6: { kind: 'answer', status: 500 },
  9: { kind: 'drop', afterBytes: 100 },
  11: { kind: 'twice' },
};

/** Every third request meets with something; an eighth of the uploads never gets through to the store at all. */
export function roughRoad({ name, url, count }: Passing): Mishap | undefined {
  if (name !== 'PUT') return API_MISHAPS[count % 13];
  const lastDigit = /uploads\/[0-9a-f-]*([0-9a-f])\?/.exec(url)?.[1];
  if (lastDigit === '0') return { kind: 'answer', status: 403 };
  if (lastDigit === '1') return { kind: 'answer', status: 413 };
  return PUT_MISHAPS[count % PUT_MISHAPS.length];
}

/** What the server says of the recordings of every call, by the call. */
export async function stored(
  client: EarshotClient,
): Promise<Map<string, { status: string; sha256: string | null }>> {
  const found = new Map<string, { status: string; sha256: string | null }>();
  for await (const { id, recording } of client.iterate.callLogs({ first: 100 }))
    if (recording) found.set(id, { status: recording.status, sha256: recording.sha256 });
  return found;
}
