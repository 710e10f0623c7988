/** The fake provider in a process of its own; recordings take as long as a provider far away lets them. */
import { createHash } from 'node:crypto';
import { FakeProvider } from '../support/fake-provider/fake-provider.js';
import { answerAll } from './child.js';

/** Most are quick, one in twenty takes seconds: `[share up to which, least, most]`, in milliseconds. */
const LATENCIES = [
  [0.8, 30, 150],
  [0.95, 150, 500],
  [1, 1000, 2000],
] as const;

/** By the call's number alone, so that whoever copies calls 1 to n waits for the same. */
function latency(callId: string): number {
  const hash = createHash('sha256').update(callId.slice(-6)).digest();
  const which = hash.readUInt32LE(0) / 2 ** 32;
  const [, least, most] = LATENCIES.find(([share]) => which < share) ?? LATENCIES[0];
  return least + (hash.readUInt32LE(4) / 2 ** 32) * (most - least);
}

const fake = await FakeProvider.start({ auth: { g1: 'open' }, latency });
process.on('disconnect', () => void fake.stop());

answerAll(() => Promise.resolve({ origin: fake.origin, host: fake.host, url: fake.urlOf('CALL') }));
