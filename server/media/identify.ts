import type { ByteSource } from './byte-source.js';
import { ByteWindow } from './byte-window.js';
import { skipId3 } from './formats/id3.js';
import type { ProbeOptions } from './probe.js';
import { sniff, SNIFF_BYTES } from './sniff.js';
import type { Container, Sniffed } from './sniffed.js';

/** What may stand behind an ID3v2 tag. */
const TAGGED: ReadonlySet<string> = new Set<Container>(['aac', 'flac', 'mp3']);

/**
 * `sniff` over a whole source: reads its head, or the bytes behind ID3v2 tags of whatever length, so that nothing is
 * assumed. Rejects with the source's own error.
 */
export async function identify(
  source: ByteSource,
  { signal }: ProbeOptions = {},
): Promise<Sniffed | undefined> {
  const window = new ByteWindow(source, signal);
  const start = await skipId3(window);
  const sniffed = sniff(await window.load(start, SNIFF_BYTES), source.byteSize - start);
  return start === 0 || (sniffed && TAGGED.has(sniffed.container)) ? sniffed : undefined;
}
