import { Interrupts } from './interrupts.js';

function pressed(...times: number[]) {
  const seen: string[] = [];
  let now = 0;
  const interrupts = new Interrupts(
    () => seen.push(`left at ${now}`),
    () => now,
  );
  const act = () => void seen.push(`acted at ${now}`);
  return {
    seen,
    press(): void {
      for (now of times) interrupts.signal();
    },
    listen: () => interrupts.onFirst(act),
  };
}

it('acts at the first, leaves at the second', () => {
  const { seen, press, listen } = pressed(1000, 1501, 9000);
  listen();
  press();
  expect(seen).toEqual(['acted at 1000', 'left at 1501', 'left at 9000']);
});

it('takes two that come together for one', () => {
  const { seen, press, listen } = pressed(1000, 1002, 1500);
  listen();
  press();
  expect(seen).toEqual(['acted at 1000']);
});

it('acts late on one that came too early', () => {
  const { seen, press, listen } = pressed(1000);
  press();
  listen();
  expect(seen).toEqual(['acted at 1000']);
});
