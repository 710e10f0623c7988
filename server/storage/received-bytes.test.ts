import { markReceived, ReceivedBytes } from './received-bytes.js';

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
const lengths = (...all: Uint8Array[]): number[] => all.map(({ byteLength }) => byteLength);

it('gives back what was received once another buffer follows, and at the end', () => {
  const [first, second] = [bytes(10), bytes(20)];
  for (const part of [first, second]) markReceived(part);
  const received = new ReceivedBytes();
  received.done(first.subarray(0, 4));
  received.done(first.subarray(4));
  expect(lengths(first, second)).toEqual([10, 20]);
  received.done(second);
  expect(lengths(first, second)).toEqual([0, 20]);
  received.end();
  expect(lengths(first, second)).toEqual([0, 0]);
});

it('gives back a buffer of which only a part was stored', () => {
  const received = new ReceivedBytes();
  const whole = markReceived(bytes(20));
  received.done(whole.subarray(0, 5));
  received.end();
  expect(lengths(whole)).toEqual([0]);
});

it('leaves what nobody received', () => {
  const own = bytes(10);
  const received = new ReceivedBytes();
  received.done(own);
  received.end();
  expect(lengths(own)).toEqual([10]);
});
