import { AdaptiveLimit } from './adaptive-limit.js';

it('halves when limited, never below one', () => {
  const limit = new AdaptiveLimit(8);
  const seen = [1, 2, 3, 4, 5].map(() => {
    limit.limited();
    return limit.current;
  });
  expect(seen).toEqual([4, 2, 1, 1, 1]);
});

it('grows by one for a round of successes, up to what is allowed', () => {
  const limit = new AdaptiveLimit(4);
  limit.limited();
  expect(limit.current).toBe(2);
  for (let done = 0; done < 3; done++) limit.succeeded();
  expect(limit.current).toBe(3);
  for (let done = 0; done < 100; done++) limit.succeeded();
  expect(limit.current).toBe(4);
});

it.each([
  ['unlimited, raised', 0, 10, 10],
  ['unlimited, lowered', 0, 2, 2],
  ['limited, raised', 1, 10, 2],
  ['limited, lowered', 1, 1, 1],
])('%s', (_name, times, most, expected) => {
  const limit = new AdaptiveLimit(4);
  for (let done = 0; done < times; done++) limit.limited();
  limit.resize(most);
  expect(limit.current).toBe(expected);
});
