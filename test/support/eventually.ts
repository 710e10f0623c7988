import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again, for what tells nobody when it happens; rejects after so many seconds. */
export async function until<T>(ask: () => Promise<T | undefined | false>, seconds: number): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`it did not come true within ${seconds} s`);
    await sleep(10);
  }
}

/** Resolves once this holds; fails after twenty seconds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => holds(), 20);
}
