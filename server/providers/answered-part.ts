import type { FoundRecording } from './provider.js';

type Answered = Pick<FoundRecording, 'status' | 'contentRange' | 'contentLength'>;

/** The bytes that a 206 says it holds, by their places in the whole; undefined where it contradicts itself. */
export function answeredPart({
  contentRange,
  contentLength,
}: Answered): { first: number; last: number } | undefined {
  const { first, last, byteSize = Infinity } = contentRange ?? {};
  if (first === undefined || last === undefined || last < first || last >= byteSize) return undefined;
  return contentLength === undefined || contentLength === last - first + 1 ? { first, last } : undefined;
}

/** Whether the answer holds all bytes of the recording, as far as it tells. */
export function isWhole(answered: Answered): boolean {
  if (answered.status === 200) return true;
  const part = answeredPart(answered);
  return part?.first === 0 && part.last + 1 === answered.contentRange?.byteSize;
}
