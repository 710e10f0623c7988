export interface OneByOne<Thing> {
  /** Takes the next one, for this worker alone; undefined: there is none. */
  readonly take: () => Promise<Thing | undefined>;
  readonly work: (thing: Thing) => Promise<void>;
  /** Gives back what was broken off, so that the next turn goes on with it at once. */
  readonly giveBack: (thing: Thing) => Promise<void>;
  /** One that failed stays taken for a while: it keeps nobody from the others. */
  readonly failed: (thing: Thing, error: unknown) => void;
}

/** Works through what is to be done until nothing is left or the signal fires. Answers how many things were done. */
export async function oneByOne<Thing>(
  { take, work, giveBack, failed }: OneByOne<Thing>,
  signal: AbortSignal,
): Promise<number> {
  let done = 0;
  while (!signal.aborted) {
    const thing = await take();
    if (thing === undefined) break;
    try {
      await work(thing);
      done++;
    } catch (error) {
      if (signal.aborted) await giveBack(thing);
      else failed(thing, error);
    }
  }
  return done;
}
