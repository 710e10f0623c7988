import type { Request, Response } from 'express';
import { Health, remembered, type Check } from './health.js';

interface Answer {
  status: number;
  body: unknown;
}

async function ask(route: (req: Request, res: Response) => Promise<void> | void): Promise<Answer> {
  const answer: Answer = { status: 200, body: undefined };
  const res = {
    status(status: number) {
      answer.status = status;
      return res;
    },
    json(body: unknown) {
      answer.body = body;
    },
  };
  await route({} as Request, res as unknown as Response);
  return answer;
}

const good: Check = () => Promise.resolve();
const bad: Check = () => Promise.reject(new Error('down'));
const hanging: Check = () => new Promise(() => undefined);

it('is alive whatever else is', async () => {
  expect(await ask(new Health({ bad }).live)).toEqual({ status: 200, body: { status: 'ok' } });
});

it.each<[string, Record<string, Check>, number, object]>([
  ['nothing to check', {}, 200, { status: 'ok', checks: {} }],
  ['all answer', { good }, 200, { status: 'ok', checks: { good: 'ok' } }],
  ['one fails', { good, bad }, 503, { status: 'failed', checks: { good: 'ok', bad: 'failed' } }],
  ['one hangs', { hanging, good }, 503, { status: 'failed', checks: { hanging: 'failed', good: 'ok' } }],
])('readiness: %s', async (_name, checks, status, body) => {
  expect(await ask(new Health(checks, 20).ready)).toEqual({ status, body });
});

it('is not ready once it drains, though everything answers', async () => {
  const health = new Health({ good });
  health.drain();
  expect(await ask(health.ready)).toEqual({
    status: 503,
    body: { status: 'draining', checks: { good: 'ok' } },
  });
});

it('asks once while it is under way, and again when its answer has grown old', async () => {
  let asked = 0;
  let answer: () => void = () => undefined;
  const check = remembered(() => {
    asked += 1;
    return new Promise<void>((resolve) => (answer = resolve));
  }, 0);
  const both = [check(), check()];
  answer();
  await Promise.all(both);
  expect(asked).toBe(1);
  const third = check();
  expect(asked).toBe(2);
  answer();
  await third;
});

it('remembers a failure too', async () => {
  let asked = 0;
  const check = remembered(() => Promise.reject(new Error(`down ${++asked}`)), 60_000);
  await expect(check()).rejects.toThrow('down 1');
  await expect(check()).rejects.toThrow('down 1');
});
