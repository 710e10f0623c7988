/**
 * Writes what is added in groups: while one group is being written, the next one gathers, so that a slow write makes
 * larger groups instead of a longer queue.
 */
export class GroupCommit<Item> {
  private gathered: { item: Item; done: () => void; failed: (error: unknown) => void }[] = [];
  private writing = false;

  constructor(private readonly write: (items: Item[]) => Promise<void>) {}

  /** Resolves when the item is written. */
  add(item: Item): Promise<void> {
    return new Promise((done, failed) => {
      this.gathered.push({ item, done, failed });
      if (!this.writing) void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    while (this.gathered.length > 0) {
      const group = this.gathered;
      this.gathered = [];
      try {
        await this.write(group.map(({ item }) => item));
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    this.writing = false;
  }
}
