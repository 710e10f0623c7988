/** Items of one group, so that a group's transaction stays short. */
const MOST = 100;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly done: (result: Result) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Writes what is added in groups: while one group is being written, the next one gathers, so that a slow write makes
 * larger groups instead of a longer queue. What a group fails for may be one item's fault: then each is written alone.
 */
export class GroupCommit<Item, Result = void> {
  private gathered: Waiting<Item, Result>[] = [];
  private writing = false;

  /** `write` answers for each item, in their order; with nothing at all where there is nothing to tell. */
  constructor(private readonly write: (items: Item[]) => Promise<readonly Result[]>) {}

  /** Resolves when the item is written. */
  add(item: Item): Promise<Result> {
    return new Promise((done, failed) => {
      this.gathered.push({ item, done, failed });
      if (!this.writing) void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    // What is added in the same turn of the loop belongs together.
    await Promise.resolve();
    while (this.gathered.length > 0) await this.writeGroup(this.gathered.splice(0, MOST));
    this.writing = false;
  }

  private async writeGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(group.map(({ item }) => item));
      for (const [index, { done }] of group.entries()) done(results[index] as Result);
    } catch (error) {
      if (group.length === 1) for (const { failed } of group) failed(error);
      else await Promise.all(group.map((one) => this.writeGroup([one])));
    }
  }
}
