import type { FoundRecording, Provider, RecordingSource, RecordingVerdict } from './provider.js';

/** Milliseconds for one question. */
const TOTAL_MS = 10_000;

/**
 * How many bytes a recording has at its provider, by HEAD; by its first byte where HEAD is refused or tells no length.
 * Undefined where it cannot be found out, or what is there is no recording.
 * @throws FetchAborted when `signal` fires
 */
export async function sizeOfSource(
  provider: Pick<Provider, 'fetchRecording'>,
  source: RecordingSource,
  signal: AbortSignal,
): Promise<number | undefined> {
  const ask = async (how: Pick<RecordingSource, 'method' | 'range'>): Promise<RecordingVerdict> => {
    const verdict = await provider.fetchRecording({ ...source, ...how, totalMs: TOTAL_MS }, signal);
    if (verdict.kind === 'found') verdict.body.destroy();
    return verdict;
  };
  const head = await ask({ method: 'HEAD' });
  if (head.kind === 'found' && sizeIn(head) !== undefined) return sizeIn(head);
  if (!refusesHead(head)) return undefined;
  const first = await ask({ range: 'bytes=0-0' });
  return first.kind === 'found' ? sizeIn(first) : undefined;
}

/** A page or an error under 200 has a length too. */
function sizeIn({ byteSize, contentType }: FoundRecording): number | undefined {
  const isText = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|html)\b)/i.test(contentType ?? '');
  return isText || byteSize === 0 ? undefined : byteSize;
}

/** What is found but has no length, and how a server answers that does not know HEAD (403, 405, 501). */
function refusesHead(verdict: RecordingVerdict): boolean {
  if (verdict.kind === 'failed')
    return verdict.code === 'SOURCE_REFUSED' || verdict.code === 'SOURCE_UNREACHABLE';
  return verdict.kind === 'found' || verdict.kind === 'refused';
}
