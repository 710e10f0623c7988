import { GroupCommit } from './group-commit.js';

/** Writes that end when they are told to. */
class Writes {
  readonly groups: number[][] = [];
  private readonly waiting: (() => void)[] = [];
  refused: number | undefined;

  readonly write = async (items: number[]): Promise<number[]> => {
    this.groups.push(items);
    await new Promise<void>((done) => this.waiting.push(done));
    if (this.refused !== undefined && items.includes(this.refused)) throw new Error(`not ${this.refused}`);
    return items.map((item) => item * 10);
  };

  /** Ends every write that is under way. */
  async end(): Promise<void> {
    await new Promise(setImmediate);
    for (const done of this.waiting.splice(0)) done();
    await new Promise(setImmediate);
  }
}

let writes: Writes;
let commit: GroupCommit<number, number>;
beforeEach(() => {
  writes = new Writes();
  commit = new GroupCommit(writes.write);
});

it('writes together what is added at once, and then what was added meanwhile', async () => {
  const results = [1, 2].map((item) => commit.add(item));
  await new Promise(setImmediate);
  results.push(...[3, 4, 5].map((item) => commit.add(item)));
  await writes.end();
  await writes.end();
  expect(writes.groups).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  await expect(Promise.all(results)).resolves.toEqual([10, 20, 30, 40, 50]);
});

it('writes no more than a hundred at once', async () => {
  const results = Array.from({ length: 150 }, (_, item) => commit.add(item));
  await writes.end();
  await writes.end();
  expect(writes.groups.map(({ length }) => length)).toEqual([100, 50]);
  expect((await Promise.all(results)).at(-1)).toBe(1490);
});

it('lets nobody pay for what one item of the group fails for', async () => {
  writes.refused = 2;
  const results = Promise.allSettled([1, 2, 3].map((item) => commit.add(item)));
  await writes.end();
  await writes.end();
  expect(writes.groups).toEqual([[1, 2, 3], [1], [2], [3]]);
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('goes on after a failure', async () => {
  writes.refused = 1;
  const failed = expect(commit.add(1)).rejects.toThrow('not 1');
  await writes.end();
  await failed;
  const result = commit.add(2);
  await writes.end();
  await expect(result).resolves.toBe(20);
});
