import type { Request, Response } from 'express';
import { Health, type Check } from './health.js';

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
