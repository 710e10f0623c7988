import type { CopyOutcome } from '../cati/copy-outcome.js';
import type { FailureCode } from '../errors.js';
import { SourceOutage } from './source-outage.js';

const failed = (code: FailureCode): CopyOutcome => ({ kind: 'failed', code, message: 'No route.' });
const down = failed('SOURCE_UNREACHABLE');

/** What is told after each of these outcomes, of calls that stand at 1, 2, 3 … */
const told = (outcomes: CopyOutcome[], provider: (n: number) => string = () => 'deepcall') => {
  const outage = new SourceOutage();
  return outcomes.map((outcome, n) => outage.after(provider(n), n + 1, outcome));
};

it('ten different calls in a row without an answer are an outage, with its reason', () => {
  const reasons = told(Array.from({ length: 10 }, (_, n) => (n % 2 ? down : failed('SOURCE_TIMEOUT'))));
  expect(reasons.slice(0, 9)).toEqual(Array(9).fill(undefined));
  expect(reasons[9]).toMatch(/deepcall does not answer\. Last: No route\./);
});

it.each<[string, CopyOutcome]>([
  ['a stored one', { kind: 'uploaded', bytes: 1 }],
  ['one that is gone', { kind: 'deleted', code: 'GONE_AT_SOURCE' }],
  ['a refusal', failed('SOURCE_REFUSED')],
])('%s in between is an answer', (_name, answer) => {
  expect(told([...Array<CopyOutcome>(9).fill(down), answer, ...Array<CopyOutcome>(9).fill(down)])).toEqual(
    Array(19).fill(undefined),
  );
});

it.each<[string, CopyOutcome]>([
  ['held by others', { kind: 'held' }],
  ['not asked', { kind: 'failed', code: 'SOURCE_RATE_LIMITED', message: 'Later.', unasked: true }],
])('one that is %s is none', (_name, outcome) => {
  expect(told([...Array<CopyOutcome>(9).fill(down), outcome, down]).at(-1)).toMatch(/does not answer/);
});

it('the same call again and again is one call, and providers are told apart', () => {
  const outage = new SourceOutage();
  for (let tries = 0; tries < 20; tries += 1) expect(outage.after('deepcall', 1, down)).toBeUndefined();
  expect(told(Array<CopyOutcome>(18).fill(down), (n) => (n % 2 ? 'deepcall' : 'twilio'))).toEqual(
    Array(18).fill(undefined),
  );
});
