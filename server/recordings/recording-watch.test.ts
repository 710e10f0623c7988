import { errors } from '../errors.js';
import { RecordingWatch } from './recording-watch.js';

const ID = '01890000-0000-7000-8000-000000000000';
const OUTAGE = new Error('the database is away');

/** A watch whose looks answer this, one after the other, and how to break its connection. */
async function watching(answers: (string | undefined | Error)[]) {
  let hear: ((heard: { kind: 'missed' }) => void) | undefined;
  let looks = 0;
  const find = (): Promise<string | undefined> => {
    const answer = answers[looks++];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const subscribe = (_topic: unknown, listener: typeof hear): (() => void) => {
    hear = listener;
    return () => (hear = undefined);
  };
  const watch = new RecordingWatch({ subscribe }, { ofId: find, ofCallLog: find, ofCatiCall: find });
  const changes = await watch.watch({ callLogId: ID });
  return {
    changes,
    miss: () => hear?.({ kind: 'missed' }),
    looks: () => looks,
    isHeard: () => hear !== undefined,
  };
}

it('tells what it is after a break, though the first look fails', async () => {
  const { changes, miss } = await watching([ID, OUTAGE, OUTAGE, ID]);
  miss();
  expect(await changes.next()).toEqual({ done: false, value: { id: ID } });
  changes.close();
});

it('looks once where there is nothing yet', async () => {
  const { changes, miss, looks } = await watching([undefined, undefined]);
  miss();
  changes.close();
  expect(await changes.next()).toEqual({ done: true, value: undefined });
  expect(looks()).toBe(2);
});

it('ends when the viewer may not see it any more', async () => {
  const { changes, miss, isHeard } = await watching([ID, OUTAGE, errors.notFound('call log')]);
  miss();
  expect(await changes.next()).toEqual({ done: true, value: undefined });
  expect(isHeard()).toBe(false);
});

it('looks no more once it is closed', async () => {
  const first = await watching([ID, OUTAGE, ID]);
  const second = await watching([ID, OUTAGE, ID]);
  first.miss();
  second.miss();
  first.changes.close();
  await second.changes.next();
  expect([first.looks(), second.looks()]).toEqual([2, 3]);
});
