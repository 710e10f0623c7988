import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { request } from 'undici';
import { CHECK_PREFIX } from './key-prefixes.js';
import { whatPagesLack } from './s3-cors.js';
import { hasAbandonedUploadsRule, lifecycleRulesOf } from './s3-lifecycle.js';
import { corsRulesOf } from './s3-setup.js';
import { MAX_SKEW_MS } from './s3-startup.js';
import type { S3Storage } from './s3-storage.js';
import { uploadsBelow } from './s3-unfinished.js';
import { ObjectExists } from './storage.js';

const PROBE_MS = 15_000;
const PROBE = Buffer.from('earshot');
const PROBE_TYPE = 'application/octet-stream';

export interface ProbeReport {
  probe: string;
  /** `warning`: it works, but not as well as it could. `skipped`: a dry run does not write. */
  outcome: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What is wrong; never a signed link. */
  detail: string | undefined;
}

/** What works, but not as well as it could. */
class Warning extends Error {}

/** The objects that one check writes, and removes again. */
interface Probe {
  storage: S3Storage;
  key: string;
  copy: string;
  origins: readonly string[];
}

export interface CheckOptions {
  dryRun?: boolean;
  /** Pages that shall play and upload. */
  origins: readonly string[];
}

/**
 * Tries with the server's own rights everything that it will do; in a dry run, what writes nothing. One failure does not
 * hide the next.
 */
export async function checkBucket(
  storage: S3Storage,
  { dryRun = false, origins }: CheckOptions,
): Promise<ProbeReport[]> {
  const key = `${CHECK_PREFIX}${randomUUID()}`;
  const probe: Probe = { storage, key, copy: `${key}.copy`, origins };
  const reports: ProbeReport[] = [];
  for (const [name, run] of Object.entries(PROBES)) {
    if (dryRun && !WRITES_NOTHING.has(name))
      reports.push({ probe: name, outcome: 'skipped', detail: undefined });
    else reports.push(await tried(name, () => run(probe)));
  }
  return reports;
}

const PROBES: Record<string, (probe: Probe) => Promise<void>> = {
  'list objects': ({ storage }) => storage.bucket.assertThere(),
  'write, read and delete an object': ({ storage }) => storage.check(),
  'upload by a signed link': putSigned,
  'refuse a second object at a key': refuseSecond,
  'read a range by a signed link': getSigned,
  'copy an object': ({ storage, key, copy }) => storage.copy(key, copy),
  'begin, list and abort a multipart upload': multipart,
  'list unfinished uploads': listUnfinished,
  'delete objects': remove,
  clock,
  'CORS rules': cors,
  'lifecycle rule for abandoned uploads': lifecycle,
};

const WRITES_NOTHING = new Set([
  'list objects',
  'list unfinished uploads',
  'clock',
  'CORS rules',
  'lifecycle rule for abandoned uploads',
]);

async function tried(probe: string, run: () => Promise<void>): Promise<ProbeReport> {
  try {
    await run();
    return { probe, outcome: 'ok', detail: undefined };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { probe, outcome: error instanceof Warning ? 'warning' : 'failed', detail };
  }
}

async function putSigned({ storage, key }: Probe): Promise<void> {
  const put = { byteSize: PROBE.length, contentType: PROBE_TYPE, expiresInSeconds: 60 };
  const { url, headers } = await storage.direct.signPut(key, put);
  const answer = await request(url, { method: 'PUT', headers, body: PROBE, ...within() });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`it was answered ${answer.statusCode}`);
}

async function refuseSecond({ storage, key }: Probe): Promise<void> {
  try {
    await storage.put(key, Readable.from([PROBE]));
  } catch (error) {
    if (error instanceof ObjectExists) return;
    throw error;
  }
  throw new Warning('this server ignores If-None-Match; nothing relies on it');
}

async function getSigned({ storage, key }: Probe): Promise<void> {
  const { url } = await storage.direct.signGet(key, { expiresInSeconds: 60 });
  const answer = await request(url, { headers: { range: 'bytes=3-6' }, ...within() });
  if (answer.statusCode !== 206) {
    await answer.body.dump();
    throw new Error(`it was answered ${answer.statusCode}`);
  }
  if (!Buffer.from(await answer.body.arrayBuffer()).equals(PROBE.subarray(3)))
    throw new Error('it gave other bytes');
}

async function multipart({ storage: { direct }, key }: Probe): Promise<void> {
  const uploadId = await direct.createMultipart(`${key}.parts`, { contentType: PROBE_TYPE });
  try {
    for await (const part of direct.listParts(`${key}.parts`, uploadId)) {
      throw new Error(`a new upload has a part ${part.number}`);
    }
  } finally {
    await direct.abortMultipart(`${key}.parts`, uploadId);
  }
}

/** As the sweep does. */
async function listUnfinished({ storage }: Probe): Promise<void> {
  await uploadsBelow(storage.bucket, CHECK_PREFIX).next();
}

async function remove({ storage, key, copy }: Probe): Promise<void> {
  await storage.delete(key);
  await storage.delete(copy);
  if (await storage.head(key)) throw new Error('what was deleted is still there');
}

function clock({ storage }: Probe): Promise<void> {
  const offset = Math.abs(storage.bucket.calls.config.systemClockOffset);
  if (offset <= MAX_SKEW_MS) return Promise.resolve();
  return Promise.reject(
    new Error(`the clocks differ by ${Math.round(offset / 1000)} s; links would not work`),
  );
}

async function cors({ storage, origins }: Probe): Promise<void> {
  const lacks = whatPagesLack(await corsRulesOf(storage.bucket), origins);
  if (lacks.length > 0) throw new Warning(`${lacks.join('; ')}; \`earshot s3 setup\` sets the rules`);
}

async function lifecycle({ storage }: Probe): Promise<void> {
  if (hasAbandonedUploadsRule(await lifecycleRulesOf(storage.bucket))) return;
  throw new Warning('abandoned uploads are kept and paid for; `earshot s3 setup` sets the rule');
}

const within = () => ({ signal: AbortSignal.timeout(PROBE_MS) });
