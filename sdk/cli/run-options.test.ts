import { runOptions } from './run-options.js';

it('gives the server only what was typed', () => {
  expect(runOptions([])).toEqual({ input: {}, json: false, detach: false });
});

it.each<[string, object]>([
  ['--dry-run --batch-size=50 --delay-ms=0', { dryRun: true, batchSize: 50, delayMs: 0 }],
  ['--max-calls 10 --concurrency=3', { maxCalls: 10, concurrency: 3 }],
  [
    '--requests-per-minute=200 --max-bytes-per-second=1000000',
    { requestsPerMinute: 200, maxBytesPerSecond: 1e6 },
  ],
  ['--skip-uploaded', { skipUploaded: true }],
  ['--no-skip-uploaded', { skipUploaded: false }],
  ['--order=newest-first --allow-concurrent', { order: 'NEWEST_FIRST', allowConcurrent: true }],
  ['--only-errors=not-ready,TRUNCATED', { onlyErrors: ['NOT_READY', 'TRUNCATED'] }],
  ['--provider=deepcall --campaign=C1', { filter: { provider: 'deepcall', campaign: 'C1' } }],
  [
    '--started-after=2026-01-31 --started-before=2026-02-01T09:00+05:30',
    { filter: { startedAfter: '2026-01-31T00:00:00.000Z', startedBefore: '2026-02-01T03:30:00.000Z' } },
  ],
  [
    '--quiet-hours=22:00-06:00@Asia/Kolkata',
    { quietHours: { from: '22:00', to: '06:00', timeZone: 'Asia/Kolkata' } },
  ],
])('reads %s', (typed, input) => expect(runOptions(typed.split(' ')).input).toEqual(input));

it.each([
  ['--batch-size=many', 'whole number'],
  ['--delay-ms=-1', 'whole number'],
  ['--max-calls=1.5', 'whole number'],
  ['--order=random', '--order must be'],
  ['--order=constructor', '--order must be'],
  ['--only-errors=BORED', 'does not know BORED'],
  ['--only-errors=', 'does not know'],
  ['--skip-uploaded --no-skip-uploaded', 'not both'],
  ['--started-after=yesterday', '--started-after must be'],
  ['--started-after=2026-01-31T09:00', '--started-after must be'],
  ['--quiet-hours=22-6', '--quiet-hours must be'],
  ['--speed=9', 'speed'],
  ['everything', 'everything'],
])('refuses %s', (typed, problem) => expect(() => runOptions(typed.split(' '))).toThrow(problem));
