import { ProgressMeter } from './progress-meter.js';

function meter(byteSize: number, shown = 0) {
  let now = 0;
  const it = new ProgressMeter(byteSize, shown, () => now);
  return {
    note: (at: number, sent: number) => ((now = at), it.note(sent)),
    begin: (sent: number) => it.begin(sent),
  };
}

it('tells at each hundredth, each second and at the end, and nothing between', () => {
  const { note } = meter(100_000);
  expect(note(10, 500)).toMatchObject({ sentBytes: 500 });
  expect(note(20, 900)).toBeUndefined();
  expect(note(30, 1600)).toMatchObject({ sentBytes: 1600 });
  expect(note(1100, 1601)).toMatchObject({ sentBytes: 1601 });
  expect(note(1110, 100_000)).toMatchObject({ sentBytes: 100_000 });
  expect(note(1120, 100_000)).toBeUndefined();
});

it('never goes back, and tells the truth about the time that is left', () => {
  const { note, begin } = meter(1000, 640);
  begin(0);
  expect(note(1000, 100)).toEqual({ sentBytes: 640, bytesPerSecond: 100, secondsLeft: 9 });
  expect(note(3000, 700)).toMatchObject({ sentBytes: 700 });
});

it('does not take for speed what the server had before', () => {
  const { note, begin } = meter(1000);
  begin(500);
  expect(note(1000, 600)).toMatchObject({ sentBytes: 600, bytesPerSecond: 100, secondsLeft: 4 });
});
