import { ResponseFormatError } from './errors.js';
import { paginate } from './paginate.js';
import type { Page } from './paginate.js';

function pages(...list: Page<number>[]) {
  const asked: (string | undefined)[] = [];
  const fetchPage = (after: string | undefined): Promise<Page<number>> => {
    asked.push(after);
    const page = list[asked.length - 1];
    return page ? Promise.resolve(page) : Promise.reject(new Error('No more pages were scripted.'));
  };
  return { asked, fetchPage };
}

const page = (nodes: number[], hasNextPage: boolean, endCursor: string | null): Page<number> => ({
  nodes,
  pageInfo: { hasNextPage, endCursor },
});

async function collect(iterable: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = [];
  for await (const node of iterable) all.push(node);
  return all;
}

describe('paginate', () => {
  it('goes through all pages, an empty one in between too', async () => {
    const { asked, fetchPage } = pages(page([1, 2], true, 'a'), page([], true, 'b'), page([3], false, 'c'));
    expect(await collect(paginate(fetchPage))).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, 'a', 'b']);
  });

  it('begins behind a cursor', async () => {
    const { asked, fetchPage } = pages(page([9], false, null));
    expect(await collect(paginate(fetchPage, 'x'))).toEqual([9]);
    expect(asked).toEqual(['x']);
  });

  it('fetches nothing before the loop, and no further page once it stops', async () => {
    const { asked, fetchPage } = pages(page([1, 2], true, 'a'));
    const iterator = paginate(fetchPage);
    expect(asked).toEqual([]);
    for await (const node of iterator) if (node === 2) break;
    expect(asked).toEqual([undefined]);
  });

  it.each([
    ['stays', 'a'],
    ['is missing', null],
  ])('ends in an error when the cursor %s', async (_name, second) => {
    const { fetchPage } = pages(page([1], true, 'a'), page([2], true, second));
    await expect(collect(paginate(fetchPage))).rejects.toBeInstanceOf(ResponseFormatError);
  });

  it('passes a failure on', async () => {
    const failure = new Error('boom');
    await expect(collect(paginate(() => Promise.reject(failure)))).rejects.toBe(failure);
  });
});
