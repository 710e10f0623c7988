import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '../../server/auth/password.js';
import type { Migration } from '../../sdk/core/index.js';
import { CliProcess, earshot } from '../support/cli-process.js';
import { tokenOf } from '../support/graphql.js';
import { ProviderApp } from '../support/provider-app.js';
import { seedProviderCalls } from '../support/provider-calls.js';

let provider: ProviderApp;
let env: Record<string, string>;
let campaigns = 0;

beforeAll(async () => {
  provider = await ProviderApp.start({ env: { STORAGE_PRICE_PER_GB_MONTH: '1000' } });
  const admin = await provider.app.make.user('ADMIN', {
    email: 'ada@example.com',
    passwordHash: await hashPassword('correct horse'),
  });
  env = { EARSHOT_URL: provider.app.url, EARSHOT_TOKEN: await tokenOf(provider.app, admin) };
});
afterAll(() => provider[Symbol.asyncDispose]());
beforeEach(() => provider.fake.reset());

/** Calls of a campaign of their own, so that no test sees another's. */
async function seeded(count: number): Promise<{ campaign: string; calls: string[] }> {
  const campaign = `campaign${++campaigns}`;
  const calls = await seedProviderCalls(provider.app.database, provider.fake, {
    count,
    prefix: `c${campaigns}x`,
    campaign,
  });
  return { campaign, calls };
}

interface Line {
  type: string;
  exitCode?: number;
  run: Migration;
}

describe('earshot', () => {
  it('explains itself', async () => {
    const [help, version] = await Promise.all([earshot('--help'), earshot('--version')]);
    expect([help.code, version.code]).toEqual([0, 0]);
    for (const word of ['migrate', 'retry', 'report', 'status', '--dry-run', 'Exit codes', 'EARSHOT_URL']) {
      expect(help.stdout).toContain(word);
    }
    const manifest = JSON.parse(await readFile('sdk/package.json', 'utf8')) as { version: string };
    expect(version.stdout).toBe(`${manifest.version}\n`);
  });

  it.each([
    ['', 2, 'Usage'],
    ['dance', 2, 'no command dance'],
    ['migrate --batch-size=many', 2, '--batch-size must be a whole number'],
    ['migrate --batch-size=1001', 2, 'batchSize must be from 1 to 1000'],
    ['migrate --sped=1', 2, '--sped'],
    ['report', 2, 'Name one run'],
    ['report x --format=xml', 2, '--format must be'],
    ['status 00000000-0000-7000-8000-000000000000', 3, 'no such'],
  ])('%j ends with %d', async (words, code, text) => {
    const command = await earshot(words, env);
    expect(command.stdout + command.stderr).toContain(text);
    expect(command.code).toBe(code);
  });

  it('needs somebody who may, and a server', async () => {
    const manager = await provider.app.make.user('MANAGER');
    const [nobody, refused, nowhere] = await Promise.all([
      earshot('migrate', { EARSHOT_URL: provider.app.url }),
      earshot('migrate', { ...env, EARSHOT_TOKEN: await tokenOf(provider.app, manager) }),
      earshot('migrate --json', { ...env, EARSHOT_URL: 'http://127.0.0.1:1' }),
    ]);
    expect(nobody.stderr).toContain('Set EARSHOT_TOKEN');
    expect(nowhere.lines()).toEqual([expect.objectContaining({ type: 'error', code: 'NETWORK' })]);
    expect([nobody.code, refused.code, nowhere.code]).toEqual([2, 3, 3]);
  });
});

describe('earshot migrate', () => {
  it('--dry-run tells the plan and copies nothing', async () => {
    const { campaign } = await seeded(20);
    const words = `migrate --dry-run --campaign=${campaign} --requests-per-minute=60`;
    const signedIn = {
      EARSHOT_URL: `${provider.app.url}/graphql`,
      EARSHOT_EMAIL: 'ada@example.com',
      EARSHOT_PASSWORD: 'correct horse',
    };
    const command = await earshot(words, signedIn);
    expect(command.code).toBe(0);
    expect(command.stdout).toContain('Dry run: nothing was copied.');
    expect(command.stdout).toMatch(/Calls to go through +20\n/);
    expect(command.stdout).toMatch(/Time with one worker +20 s\n/);
    expect(command.stdout).toMatch(/Where they lie +127\.0\.0\.1 \(20\)\n/);
    const stored = `select from recordings join cati_calls on recording_id = recordings.id
      where campaign = $1 and recordings.status <> 'EXPECTED'`;
    expect(await provider.app.database.query(stored, [campaign])).toEqual([]);
  });

  it('copies, counts, reports; tells that some failed; retry takes those', async () => {
    const { campaign, calls } = await seeded(12);
    provider.fake.script(calls[0]!, { kind: 'html' });
    provider.fake.script(calls[1]!, { kind: 'status', status: 404 }, 'g1');
    provider.fake.script(calls[1]!, { kind: 'jsonError', code: 1004 }, 'detail');
    const first = await earshot(`migrate --json --campaign=${campaign} --concurrency=4`, env);
    const lines = first.lines<Line>();
    const result = lines.at(-1)!;
    expect(first.code).toBe(1);
    expect(result).toMatchObject({
      type: 'result',
      exitCode: 1,
      run: {
        status: 'SUCCEEDED',
        options: { concurrency: 4 },
        progress: { total: 12, uploaded: 10, deleted: 1, failed: 1, remaining: 0 },
      },
    });
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.slice(0, -1).every(({ type, run }) => type === 'progress' && run.id === result.run.id)).toBe(
      true,
    );

    provider.fake.reset();
    const second = await earshot(`retry --campaign=${campaign}`, env);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/SUCCEEDED in .*\. 1 copied/);
    await reportsOf(result.run.id);
  });

  async function reportsOf(id: string): Promise<void> {
    const dir = await mkdtemp(join(tmpdir(), 'earshot-cli-'));
    try {
      const [csv, ndjson, one, all] = await Promise.all([
        earshot(`report ${id} -o ${join(dir, 'run.csv')}`, env),
        earshot(`report ${id} --format=ndjson`, env),
        earshot(`status ${id}`, env),
        earshot('status --json', env),
      ]);
      expect([csv.code, ndjson.code, one.code, all.code]).toEqual([0, 0, 0, 0]);
      expect(await readdir(dir)).toEqual(['run.csv']);
      const rows = (await readFile(join(dir, 'run.csv'), 'utf8')).trim().split('\r\n');
      expect(rows).toHaveLength(13);
      expect(ndjson.lines<{ code: string | null }>().filter(({ code }) => code === 'NOT_AUDIO')).toHaveLength(
        1,
      );
      expect(one.stdout).toMatch(/SUCCEEDED\n {2}10 copied \(.*\), 1 gone, 1 failed\n/);
      expect(all.lines<Migration>().map((run) => run.id)).toContain(id);
    } finally {
      await rm(dir, { recursive: true });
    }
  }

  it('Ctrl-C pauses the run and tells how it goes on; resume brings it to its end', async () => {
    const { campaign, calls } = await seeded(30);
    for (const call of calls) provider.fake.script(call, { kind: 'hang' });
    const first = CliProcess.spawn(`migrate --campaign=${campaign} --concurrency=2`, env);
    await first.printed(/RUNNING {2}0 % of 30/);
    first.child.kill('SIGINT');
    // As npm does, which passes a signal on a second time.
    first.child.kill('SIGINT');
    expect(await first.exited).toBe(130);
    expect(first.stdout).toContain('PAUSED');
    const [, id] = /earshot resume (\S+)/.exec(first.stdout) ?? [];

    provider.fake.reset();
    const second = await earshot(`resume ${id} --json`, env);
    expect(second.lines<Line>().at(-1)).toMatchObject({ exitCode: 0, run: { progress: { uploaded: 30 } } });
    expect(second.code).toBe(0);
  });

  it('a fault of the source pauses the run and is told', async () => {
    const { campaign } = await seeded(5);
    const { auth } = provider.fake;
    provider.fake.auth = { g1: 'closed', g2: 'token' };
    const first = await earshot(`migrate --campaign=${campaign}`, env);
    provider.fake.auth = auth;
    expect(first.code).toBe(3);
    expect(first.stdout).toMatch(/PAUSED: .+\n?/);
    expect(first.stdout).toMatch(/earshot resume \S+/);
  });
});
