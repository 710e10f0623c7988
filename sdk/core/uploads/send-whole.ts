import { NetworkError } from '../errors.js';
import type { SendResponse } from './upload-ports.js';
import type { RunContext, UploadAnswer } from './upload-run.js';
import { retryEnd, RunEnd, verdictOfResponse } from './upload-verdict.js';
import { aborted } from '../deadline.js';

/** A signed target, however it was asked for. */
export interface SignedTarget {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly expiresAt: string;
}

export interface Slice {
  readonly offset: number;
  readonly length: number;
}

/** A signature that ends sooner is asked for again before any byte leaves. */
const MARGIN_MS = 60_000;
/** Broken connections to the store, with the API in reach, until the bytes go through the API instead. */
const MOST_DIRECT_FAILURES = 2;

/**
 * Sends a part of the file to a signed target. A signature that has run out, by this device's clock or by the store's
 * word, is replaced once: a device whose clock is wrong must not ask forever.
 *
 * @param sign a fresh target; undefined when the server has none any more, so that it has to be asked
 */
export async function sendSigned(
  context: RunContext,
  first: SignedTarget | undefined,
  sign: () => Promise<SignedTarget | undefined>,
  slice: Slice,
  onProgress: (sentBytes: number) => void,
): Promise<SendResponse | 'ask' | 'chunk'> {
  const { clock } = context;
  const isStale = !first || Date.parse(first.expiresAt) - clock.now() < MARGIN_MS;
  let target = isStale ? await sign() : first;
  for (let isFresh = isStale; ; isFresh = true) {
    if (!target) return 'ask';
    const response = await send(context, target, slice, onProgress);
    const verdict = verdictOfResponse(response, clock.now());
    if (verdict === 'stored') return response;
    if (verdict === 'ask' || verdict === 'chunk') return verdict;
    if (verdict !== 'resign') {
      if (verdict.kind === 'final') throw new RunEnd(verdict);
      throw retryEnd('SERVER_BUSY', true, verdict.afterSeconds);
    }
    // Refused with a signature of this moment: no signature will help.
    if (isFresh) return 'chunk';
    target = await sign();
  }
}

async function send(
  context: RunContext,
  target: SignedTarget,
  { offset, length }: Slice,
  onProgress: (sentBytes: number) => void,
): Promise<SendResponse> {
  const { client, sender, signal, source } = context;
  const body = await (source.body ? source.body(offset, length) : source.bytes(offset, length));
  const headers = Object.fromEntries(target.headers.map(({ name, value }) => [name, value]));
  try {
    const { method, url } = target;
    return await sender({ method, url, headers, body, byteSize: length, signal, onProgress });
  } catch (cause) {
    if (signal.aborted) throw aborted(signal, 'Upload');
    // Out of reach altogether, and then this rejects; or the store alone: CORS, DNS, a firewall.
    await client.upload(context.record().uploadId ?? '', { signal, retries: 0 });
    const directFailures = context.record().directFailures + 1;
    const useChunks = directFailures >= MOST_DIRECT_FAILURES;
    await context.save({ directFailures, ...(useChunks && { useChunks, uploadId: undefined }) });
    throw new NetworkError('The store could not be reached.', {
      code: 'NETWORK',
      operation: 'Upload',
      cause,
    });
  }
}

/** The whole file in one signed request. */
export async function sendWhole(
  context: RunContext,
  session: UploadAnswer,
): Promise<'finalize' | 'ask' | 'chunk'> {
  const { client, signal } = context;
  const sign = async () => (await client.upload(session.id, { signal, retries: 0 })).request ?? undefined;
  const whole = { offset: 0, length: session.byteSize };
  const sent = await sendSigned(context, session.request ?? undefined, sign, whole, (bytes) =>
    context.progress(bytes),
  );
  if (typeof sent === 'string') return sent;
  context.progress(session.byteSize);
  return 'finalize';
}
