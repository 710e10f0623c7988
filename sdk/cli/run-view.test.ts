import type { Migration } from '../core/index.js';
import { viewFor } from './run-view.js';

function run(facts: Partial<Migration>, progress: Partial<Migration['progress']> = {}): Migration {
  return {
    id: 'run1',
    status: 'RUNNING',
    statusReason: null,
    dryRun: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: null,
    startedBy: null,
    options: {
      batchSize: 50,
      delayMs: 0,
      maxCalls: null,
      skipUploaded: true,
      concurrency: 10,
      requestsPerMinute: null,
      maxBytesPerSecond: null,
      order: 'EXPIRING_FIRST',
    },
    progress: {
      total: 13_000,
      uploaded: 6500,
      skipped: 0,
      deleted: 100,
      failed: 20,
      remaining: 6380,
      bytes: 6.5e9,
      itemsPerSecond: 38.25,
      bytesPerSecond: 38.25e6,
      etaSeconds: 167,
      atRisk: 0,
      ...progress,
    },
    errors: [],
    plan: null,
    ...facts,
  };
}

const STILL = { itemsPerSecond: null, bytesPerSecond: null, etaSeconds: null };

function seen(json: boolean, terminal: { isTTY?: boolean; columns?: number } = {}) {
  const output = { text: '', ...terminal, write: (text: string) => (output.text += text) };
  return { output, view: viewFor(output, json) };
}

describe('on a terminal', () => {
  it('draws a bar with rate and ETA in place', () => {
    const { output, view } = seen(false, { isTTY: true, columns: 120 });
    view.show(run({}));
    view.show(run({}, { remaining: 0, uploaded: 12_880, ...STILL }));
    expect(output.text.split('\r\u001B[2K')).toEqual([
      '',
      '██████████░░░░░░░░░░  50 % of 13,000  38.3/s, 38.3 MB/s, ETA 2 min 47 s  100 gone  20 failed',
      '████████████████████  100 % of 13,000  100 gone  20 failed',
    ]);
  });

  it('never wraps', () => {
    const { output, view } = seen(false, { isTTY: true, columns: 30 });
    view.show(run({}));
    expect(output.text.split('\u001B[2K')[1]).toHaveLength(29);
  });

  it('says why it stands still', () => {
    const { output, view } = seen(false, { isTTY: true, columns: 120 });
    view.show(run({ status: 'ENQUEUED' }, { total: 0, ...STILL }));
    view.end(run({ status: 'PAUSED', statusReason: 'The token has expired.' }, STILL), 3);
    expect(output.text).toContain('ENQUEUED: waits for a worker');
    expect(output.text).toContain(
      'PAUSED: The token has expired. 6,500 copied (6.5 GB), 100 gone, 20 failed',
    );
    expect(output.text).toContain('npx earshot resume run1');
  });
});

it('elsewhere it writes a line for each status, and no control characters', () => {
  const { output, view } = seen(false);
  view.show(run({ status: 'ENQUEUED' }, { total: 0, ...STILL }));
  view.show(run({}));
  view.show(run({}, { uploaded: 6501, remaining: 6379 }));
  view.end(
    run(
      {
        status: 'SUCCEEDED',
        finishedAt: '2026-01-01T00:03:20.000Z',
        errors: [{ code: 'NOT_AUDIO', count: 20 }],
      },
      { uploaded: 12_880, remaining: 0, ...STILL },
    ),
    1,
  );
  expect(output.text).toBe(
    [
      'ENQUEUED: waits for a worker',
      'RUNNING  50 % of 13,000: 6,500 copied (6.5 GB), 100 gone, 20 failed, 6,380 left  (38.3/s, 38.3 MB/s, ETA 2 min 47 s)',
      'SUCCEEDED in 3 min 20 s. 12,880 copied (6.5 GB), 100 gone, 20 failed.',
      'Failed: 20 NOT_AUDIO.',
      'Every call: npx earshot report run1',
      'Try again: npx earshot retry',
      '',
    ].join('\n'),
  );
});

it('for programs it writes JSON, the result last', () => {
  const { output, view } = seen(true, { isTTY: true });
  view.note('a word');
  view.show(run({}));
  view.end(run({ status: 'SUCCEEDED' }), 0);
  const lines = output.text.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { type: 'progress', run: run({}) },
    { type: 'result', exitCode: 0, run: run({ status: 'SUCCEEDED' }) },
  ]);
});
