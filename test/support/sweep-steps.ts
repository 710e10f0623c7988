import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { User } from '../../server/auth/user.entity.js';
import { until } from './eventually.js';
import { graphql, tokenOf } from './graphql.js';
import type { TestApp } from './test-app.js';

/** An hour more than what a sweep takes for young, by default. */
const OLD_MS = 25 * 3_600_000;

/** Where an object of a local store is a file. */
export function fileOf(app: TestApp, key: string): string {
  return join(app.dataDir, 'objects', key);
}

/** An object as a process leaves it that was killed before it told of it. */
export async function leave(app: TestApp, key: string, ageMs = OLD_MS): Promise<string> {
  const file = fileOf(app, key);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, 'left behind', { mode: 0o600 });
  const at = new Date(Date.now() - ageMs);
  await utimes(file, at, at);
  return key;
}

export async function isThere(app: TestApp, key: string): Promise<boolean> {
  return (await app.services.storage.head(key)) !== undefined;
}

export interface Sweep {
  id: string;
  status: string;
  dryRun: boolean;
  objects: number;
  recordings: number;
  orphans: number;
  orphanBytes: number;
  missing: number;
  mismatched: number;
  strangers: number;
  collected: number;
  collectedBytes: number;
  repaired: number;
  temporary: number;
  suspicious: boolean;
  skipped: string[];
}

export const SWEEP_FIELDS =
  'id status dryRun objects recordings orphans orphanBytes missing mismatched strangers collected collectedBytes repaired temporary suspicious skipped';

/** Asks for a sweep as an admin does, and waits for its end. */
export async function sweep(app: TestApp, admin: User, dryRun = false): Promise<Sweep> {
  const token = await tokenOf(app, admin);
  const { data, code } = await graphql<{ sweepStorage: { sweep: Sweep } }>(
    app,
    `mutation { sweepStorage(input: { dryRun: ${dryRun} }) { sweep { id } } }`,
    { token },
  );
  const id = data?.sweepStorage.sweep.id;
  if (id === undefined) throw new Error(`no sweep: ${code}`);
  return until(async () => {
    const health = await graphql<{ storageHealth: { lastSweep: Sweep | null } }>(
      app,
      `{ storageHealth { lastSweep { ${SWEEP_FIELDS} } } }`,
      { token },
    );
    const last = health.data?.storageHealth.lastSweep;
    return last?.id === id && last;
  }, 25);
}

export interface Finding {
  kind: string;
  action: string;
  key: string | null;
  recordingId: string | null;
  byteSize: number | null;
  expectedBytes: number | null;
}

/** What one sweep found, by key. */
export async function findingsOf(app: TestApp, user: User, sweepId: string): Promise<Finding[]> {
  const { data, text } = await graphql<{ storageFindings: { nodes: Finding[] } }>(
    app,
    `{ storageFindings(first: 200, filter: { sweepId: "${sweepId}" }) {
      nodes { kind action key recordingId byteSize expectedBytes } } }`,
    { token: await tokenOf(app, user) },
  );
  if (!data) throw new Error(text);
  return data.storageFindings.nodes;
}
