import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once this holds, for what tells nobody when it happens; fails after ten seconds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come true within ten seconds');
    await sleep(10);
  }
}
