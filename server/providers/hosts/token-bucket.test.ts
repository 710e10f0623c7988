import { TokenBucket } from './token-bucket.js';

let now: number;
const taken = (bucket: TokenBucket): number => {
  let count = 0;
  while (bucket.take() === 0) count++;
  return count;
};
beforeEach(() => {
  now = 0;
});

it.each([
  [30, 1],
  [60, 1],
  [600, 10],
])('at %i a minute, %i at once, and as many as the time allows afterwards', (perMinute, atOnce) => {
  const bucket = new TokenBucket(perMinute, () => now);
  expect(taken(bucket)).toBe(atOnce);
  let later = 0;
  for (; now < 60_000; now += 100) later += taken(bucket);
  expect(later).toBeGreaterThanOrEqual(perMinute - 1);
  expect(later).toBeLessThanOrEqual(perMinute);
});

it('saves up no more than a second’s worth', () => {
  const bucket = new TokenBucket(600, () => now);
  taken(bucket);
  now = 3_600_000;
  expect(taken(bucket)).toBe(10);
});

it('tells how long the next one takes', () => {
  const bucket = new TokenBucket(60, () => now);
  expect(bucket.take()).toBe(0);
  now = 400;
  expect(bucket.take()).toBe(600);
  now = 1000;
  expect(bucket.take()).toBe(0);
});

it('begins anew when it is drained, and outlives a clock that goes back', () => {
  const bucket = new TokenBucket(600, () => now);
  bucket.drain();
  expect(bucket.take()).toBe(100);
  now = -5000;
  expect(bucket.take()).toBe(100);
});
