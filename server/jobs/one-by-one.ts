export interface OneByOne<Thing> {
  /** Takes the next one, for this worker alone and for a time; undefined: there is none. */
  readonly take: () => Promise<Thing | undefined>;
  /** Takes it for longer: work goes on. Of a dead worker, another takes it soon. */
  readonly renew: (thing: Thing) => Promise<unknown>;
  readonly work: (thing: Thing) => Promise<unknown>;
  /** Gives back what was broken off, so that the next turn goes on with it at once. */
  readonly giveBack: (thing: Thing) => Promise<unknown>;
  /** Puts off one that failed: it keeps nobody from the others. */
  readonly failed: (thing: Thing, error: unknown) => Promise<unknown>;
}

/**
 * Works through what is to be done until nothing is left or the signal fires. Answers how many things were done.
 * @param renewal seconds
 */
export async function oneByOne<Thing>(
  steps: OneByOne<Thing>,
  renewal: number,
  signal: AbortSignal,
): Promise<number> {
  let done = 0;
  while (!signal.aborted) {
    const thing = await steps.take();
    if (thing === undefined) break;
    // What is not renewed is begun by another as well, which harms nobody.
    const timer = setInterval(() => void steps.renew(thing).catch(() => undefined), renewal * 1000);
    try {
      await steps.work(thing);
      done++;
    } catch (error) {
      if (signal.aborted) await steps.giveBack(thing);
      else await steps.failed(thing, error);
    } finally {
      clearInterval(timer);
    }
  }
  return done;
}
