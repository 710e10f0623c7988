import { setTimeout as delay } from 'node:timers/promises';
import { seedProviderCalls } from '../support/provider-calls.js';
import { peakMib, resetPeak } from '../support/process-memory.js';
import { until } from '../support/eventually.js';
import { Farm, tell } from './farm.js';

const CALLS = 1_000_000;
const MOST_MIB = 300;
/** Milliseconds. */
const AT_ONCE = 2000;
const WATCHED = 15_000;
const MINUTE = 60_000;

let farm: Farm;
beforeEach(async () => {
  farm = await Farm.start();
}, MINUTE);
afterEach(() => farm[Symbol.asyncDispose](), MINUTE);

it(
  `a run over ${CALLS} calls begins at once, stands still at once, and needs no more memory for it`,
  async () => {
    const filling = Date.now();
    await seedProviderCalls(farm.database, farm.fake, { count: CALLS });
    await farm.database.query('vacuum analyze');
    const filled = Date.now() - filling;
    const client = await farm.admin();
    const worker = await farm.worker();

    const asked = Date.now();
    const { id } = await client.startMigration({ concurrency: 20 });
    const stored = 'select 1 from migration_items where run_id = $1 limit 1';
    await until(async () => (await farm.database.query(stored, [id])).length > 0, 60);
    const begins = Date.now() - asked;
    // Beside the copying: until then the total is not known.
    await until(async () => (await client.migration(id)).progress.total === CALLS, 120);
    const counted = Date.now() - asked;

    await delay(WATCHED);
    const early = await peakMib(worker.pid);
    await resetPeak(worker.pid);
    await delay(WATCHED);
    const late = await peakMib(worker.pid);

    const paused = Date.now();
    await client.pauseMigration(id);
    await until(async () => (await client.migration(id)).status === 'PAUSED', 30);
    const stands = Date.now() - paused;
    const { progress } = await client.migration(id);
    tell('a million', { filled, begins, counted, stands, copied: progress.uploaded, rss: { early, late } });
    expect(progress.uploaded + progress.remaining).toBe(CALLS);
    expect(begins).toBeLessThan(AT_ONCE);
    expect(stands).toBeLessThan(AT_ONCE);
    expect(late).toBeLessThan(Math.min(MOST_MIB, early * 1.2));
    const window = await farm.database.query<{ size: number }>(
      'select count(*)::int as size from migration_claims where run_id = $1',
      [id],
    );
    expect(window[0]?.size).toBeLessThan(1000);
  },
  8 * MINUTE,
);
