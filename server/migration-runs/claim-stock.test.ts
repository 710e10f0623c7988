import { ClaimStock } from './claim-stock.js';
import type { Claim } from './run-ledger.js';

/** A window of so many calls; what was fetched of it, and how many were asked for each time. */
function windowOf(size: number) {
  const asked: number[] = [];
  let next = 1;
  const fetch = async (most: number): Promise<Claim[]> => {
    asked.push(most);
    const count = Math.min(most, size - next + 1);
    return Array.from({ length: count }, () => ({ position: next++ }) as Claim);
  };
  return { stock: new ClaimStock(fetch), asked };
}

const positions = (claims: Claim[]): number[] => claims.map(({ position }) => position);
const settled = () => new Promise(setImmediate);

it('fetches before the next one is needed, in order', async () => {
  const { stock, asked } = windowOf(100);
  expect(positions(await stock.take(2, 4))).toEqual([1, 2]);
  expect(stock.positions).toEqual([3, 4, 5, 6]);
  expect(positions(await stock.take(3, 4))).toEqual([3, 4, 5]);
  await settled();
  expect(stock.positions).toEqual([6, 7, 8, 9]);
  expect(asked).toEqual([6, 3]);
});

it('keeps nothing where nothing is to be kept', async () => {
  const { stock, asked } = windowOf(100);
  expect(positions(await stock.take(2, 0))).toEqual([1, 2]);
  await settled();
  expect(stock.positions).toEqual([]);
  expect(asked).toEqual([2]);
});

it('asks the window again each time that it has run out', async () => {
  const { stock, asked } = windowOf(1);
  expect(positions(await stock.take(2, 2))).toEqual([1]);
  await settled();
  expect(await stock.take(2, 2)).toEqual([]);
  expect(await stock.take(2, 2)).toEqual([]);
  expect(asked).toEqual([4, 2, 4, 4]);
});

it('gives up all that it has, also what is on its way', async () => {
  const { stock } = windowOf(100);
  await stock.take(3, 4);
  await stock.take(3, 4);
  expect(positions(await stock.empty())).toEqual([7, 8, 9, 10]);
  expect(stock.positions).toEqual([]);
});
