import { NotAudio } from '../../server/media/not-audio.js';
import { probe, type Probe } from '../../server/media/probe.js';
import type { Sniffed } from '../../server/media/sniffed.js';
import { endless, zeros } from './made-up-bytes.js';

export interface HostileAudio {
  type: Sniffed;
  head: Buffer;
  /** What follows the head, again and again; zeros by default. */
  filler?: Buffer;
  /** That of the head by default. */
  byteSize?: number;
  /** What a refusal says, or the duration that is told. */
  outcome: RegExp | number | undefined;
  /** Bytes that may be read. */
  budget: number;
}

/** Probing it comes to this end, within its budget and in constant memory. */
export async function expectSoonProbed(audio: HostileAudio): Promise<void> {
  const { type, head, filler = zeros(1), byteSize = head.length, outcome, budget } = audio;
  const source = endless(head, filler, byteSize);
  const found: Probe | NotAudio = await probe(source, type).catch((error: unknown) => {
    if (error instanceof NotAudio) return error;
    throw error;
  });
  if (outcome instanceof RegExp) expect(String(found)).toMatch(outcome);
  else expect(found).toMatchObject({ durationMs: outcome });
  expect(source.bytesRead).toBeLessThanOrEqual(budget);
  expect(source.largest).toBeLessThanOrEqual(256 * 1024);
}
