import { AdaptiveLimit } from './adaptive-limit.js';

it('halves, and never ends at none', () => {
  const limit = new AdaptiveLimit(16);
  const seen = [8, 4, 2, 1, 1].map(() => {
    limit.limited(limit.begin());
    return limit.current;
  });
  expect(seen).toEqual([8, 4, 2, 1, 1]);
});

it('takes a burst of refusals for one', () => {
  const limit = new AdaptiveLimit(16);
  const begun = Array.from({ length: 16 }, () => limit.begin());
  for (const one of begun) limit.limited(one);
  expect(limit.current).toBe(8);
});

it('grows by one for each round of answers, up to the most', () => {
  const limit = new AdaptiveLimit(4);
  limit.limited(limit.begin());
  expect([limit.current, limit.isFull]).toEqual([2, false]);
  for (let answers = 0; answers < 3; answers++) limit.succeeded();
  expect(limit.current).toBe(3);
  for (let answers = 0; answers < 100; answers++) limit.succeeded();
  expect([limit.current, limit.isFull]).toEqual([4, true]);
});
