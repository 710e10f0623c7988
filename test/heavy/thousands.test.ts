import { peakMib } from '../support/process-memory.js';
import type { ServerProcess } from '../support/server-process.js';
import { expectEndState } from './end-state.js';
import { Farm, followed, sumOf, tell } from './farm.js';
import { seedScripted } from './scripted-calls.js';

const CALLS = 13_000;
const MOST_MIB = 300;
const MINUTE = 60_000;

let farm: Farm;
beforeEach(async () => {
  farm = await Farm.start();
}, MINUTE);
afterEach(() => farm[Symbol.asyncDispose](), MINUTE);

/** Counters are disjoint at every moment. */
function expectSum(run: Parameters<typeof sumOf>[0]): void {
  if (run.progress.total > 0) expect(sumOf(run)).toBe(run.progress.total);
}

it(
  `${CALLS} calls, with all that goes wrong, end in exactly the right state`,
  async () => {
    const ends = await seedScripted(farm.database, farm.fake, CALLS);
    const client = await farm.admin();
    const worker = await farm.worker();
    const begun = Date.now();
    const { id } = await client.startMigration({ concurrency: 20 });
    const run = await followed(client, id, expectSum);
    const seconds = (Date.now() - begun) / 1000;
    await expectEndState(farm, run, ends);
    const twice = [...ends.keys()].filter((call) => ends.get(call) === 'UPLOADED' && requests(call) > 2);
    expect(twice).toEqual([]);
    const rss = await peakMib(worker.pid);
    tell('one worker', { calls: CALLS, seconds, perSecond: Math.round(CALLS / seconds), rss });
    expect(rss).toBeLessThan(MOST_MIB);
  },
  8 * MINUTE,
);

/** Requests that gave the recording out, or said when it can be had. */
const requests = (callId: string): number =>
  farm.fake.requestsFor(callId, 'g1') + farm.fake.requestsFor(callId, 'stream');

it(
  'the same with two workers, one killed three times, and PostgreSQL restarted six times',
  async () => {
    const ends = await seedScripted(farm.database, farm.fake, CALLS);
    const client = await farm.admin();
    const steady = await farm.worker();
    let mortal = await farm.worker();
    const peaks: number[] = [];
    const replace = async (): Promise<void> => {
      peaks.push(await peakMib(mortal.pid));
      await mortal.end('SIGKILL');
      mortal = await farm.worker();
    };
    const restart = (): Promise<void> => farm.restartPostgres();
    const faults = [replace, restart, replace, restart, restart, restart, replace, restart, restart];
    const begun = Date.now();
    const { id } = await client.startMigration({ concurrency: 10 });
    let faultsDone = 0;
    const run = await followed(client, id, async (now) => {
      expectSum(now);
      const { total, remaining } = now.progress;
      if (total === 0 || total - remaining < (CALLS / (faults.length + 2)) * (faultsDone + 1)) return;
      await faults[faultsDone++]?.();
    });
    const seconds = (Date.now() - begun) / 1000;
    expect(faultsDone).toBeGreaterThanOrEqual(faults.length);
    await expectEndState(farm, run, ends);
    peaks.push(await peakOf(steady), await peakOf(mortal));
    tell('two workers, three kills, six restarts', { calls: CALLS, seconds, rss: peaks });
    expect(Math.max(...peaks)).toBeLessThan(MOST_MIB);
  },
  8 * MINUTE,
);

const peakOf = (worker: ServerProcess): Promise<number> => peakMib(worker.pid);
