import { parseArgs } from 'node:util';
import type { Config } from '../config.js';
import { StartupError } from '../startup-error.js';
import { s3Options } from '../storage/s3-open.js';
import { checkBucket, type ProbeReport } from '../storage/s3-check.js';
import { prefixOf, type SettingReport } from '../storage/s3-settings.js';
import { setupBucket } from '../storage/s3-setup.js';
import { S3Storage } from '../storage/s3-storage.js';
import { StorageUnavailable } from '../storage/storage.js';

export const S3_USAGE = `earshot s3 setup [--origin URL]… [--dry-run] [--json]
    Sets the bucket's CORS rules for the pages that play and upload (--origin, or CORS_ORIGINS), and the lifecycle
    rules that end abandoned uploads of ours. Other rules stay. May be run again at any time.
earshot s3 check [--dry-run] [--json]
    Tries with the server's own rights everything that it will do, and removes what it wrote.
--dry-run  changes nothing: says what would be set; tries only what writes nothing
--json     for programs`;

/** The command line itself is wrong. */
export class UsageError extends Error {}

interface Asked {
  command: 'setup' | 'check';
  origins: readonly string[];
  dryRun: boolean;
  json: boolean;
}

/** The bucket of S3_BUCKET, put right or looked at. @throws UsageError, StartupError */
export async function s3Command(
  args: readonly string[],
  load: () => Config,
): Promise<{ text: string; ok: boolean }> {
  const asked = parse(args);
  const config = load();
  if (config.storage.kind !== 's3')
    throw new StartupError('Storage: this server stores locally. Set S3_BUCKET, and STORAGE=s3.');
  await using storage = new S3Storage(s3Options(config.storage));
  return asked.command === 'check'
    ? await check(storage, asked, config)
    : await setup(storage, asked, config);
}

function parse(args: readonly string[]): Asked {
  const { values, positionals } = parsed(args);
  const [command, ...rest] = positionals;
  if ((command !== 'setup' && command !== 'check') || rest.length > 0)
    throw new UsageError('Say what to do: setup or check.');
  const { origin: origins = [], 'dry-run': dryRun = false, json = false } = values;
  if (command === 'check' && origins.length > 0) throw new UsageError('--origin goes with setup.');
  return { command, origins, dryRun, json };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        origin: { type: 'string', multiple: true },
        'dry-run': { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function check(storage: S3Storage, { dryRun, json }: Asked, { http }: Config) {
  const probes = await checkBucket(storage, { dryRun, origins: originsOf(http.corsOrigins) });
  const ok = probes.every(({ outcome }) => outcome !== 'failed');
  const text = json
    ? JSON.stringify({ bucket: storage.bucket.name, ok, probes }, null, 2)
    : probes.map(probeLine).join('\n');
  return { text, ok };
}

async function setup(storage: S3Storage, { origins, dryRun, json }: Asked, { http }: Config) {
  const pages = origins.length > 0 ? origins : originsOf(http.corsOrigins);
  if (pages.length === 0)
    throw new UsageError('Name the pages that may play and upload: --origin, or CORS_ORIGINS.');
  try {
    const settings = await setupBucket(storage.bucket, { origins: pages, dryRun });
    const text = json
      ? JSON.stringify({ bucket: storage.bucket.name, dryRun, settings }, null, 2)
      : settings.map(settingLines).join('\n');
    return { text, ok: true };
  } catch (error) {
    if (error instanceof StorageUnavailable) throw new StartupError(error.message, { cause: error });
    throw error;
  }
}

/** S3 takes one asterisk in an origin. */
function originsOf(origins: Config['http']['corsOrigins']): readonly string[] {
  return origins === 'localhost' ? ['http://localhost:*', 'http://127.0.0.1:*'] : origins;
}

function probeLine({ probe, outcome, detail }: ProbeReport): string {
  return `${outcome.padEnd(8)} ${probe}${detail === undefined ? '' : `: ${detail}`}`;
}

const DONE = { none: 'as it should be', add: 'added', replace: 'replaced' } as const;
const PLANNED = { none: 'as it should be', add: 'would be added', replace: 'would be replaced' } as const;

function settingLines({ setting, action, applied, before, after }: SettingReport): string {
  const name = 'Status' in after ? `${setting} ${prefixOf(after)}` : setting;
  const line = `${name.padEnd(24)} ${(applied ? DONE : PLANNED)[action]}`;
  if (action === 'none') return line;
  const was = before === undefined ? [] : [`  was ${JSON.stringify(before)}`];
  return [line, ...was, `  now ${JSON.stringify(after)}`].join('\n');
}
