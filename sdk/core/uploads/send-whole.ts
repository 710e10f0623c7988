import { NetworkError } from '../errors.js';
import type { SendResponse } from './upload-ports.js';
import type { RunContext, UploadAnswer } from './upload-run.js';
import { verdictOfResponse } from './send-verdict.js';
import { retryEnd, RunEnd } from './upload-verdict.js';
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
  /** The store has others of this file, which are not to be lost: it can be reached. */
  readonly hasOthers: boolean;
}

/** A signature that ends sooner is asked for again before any byte leaves. */
const MARGIN_MS = 60_000;
/** Connections in a row that reached no store, with the API in reach, until the bytes go through the API instead. */
const MOST_DIRECT_FAILURES = 2;
/** So much may leave into the buffers of a connection that leads nowhere. */
const REACHED_BYTES = 1024 * 1024;

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
      throw retryEnd(verdict.code, verdict.isBounded, verdict.afterSeconds);
    }
    // Refused with a signature of this moment: no signature will help.
    if (isFresh) return 'chunk';
    target = await sign();
  }
}

async function send(
  context: RunContext,
  target: SignedTarget,
  slice: Slice,
  onProgress: (sentBytes: number) => void,
): Promise<SendResponse> {
  const { client, sender, signal, source } = context;
  const { offset, length: byteSize, hasOthers } = slice;
  const body = await (source.body ? source.body(offset, byteSize) : source.bytes(offset, byteSize));
  const headers = Object.fromEntries(target.headers.map(({ name, value }) => [name, value]));
  const { method, url } = target;
  let sent = 0;
  const note = (bytes: number) => {
    sent = bytes;
    onProgress(bytes);
  };
  try {
    return await sender({ method, url, headers, body, byteSize, signal, onProgress: note });
  } catch (cause) {
    if (signal.aborted) throw aborted(signal, 'Upload');
    // Out of reach altogether, and then this rejects.
    await client.upload(context.record().uploadId ?? '', { signal, retries: 0 });
    // Where all has left and no answer may be read, nobody knows whether it was the store's (CORS).
    const isCutHalfway = sent >= REACHED_BYTES && sent < byteSize;
    await noteDirectFailure(context, hasOthers || isCutHalfway);
    const facts = { code: 'NETWORK', operation: 'Upload', cause } as const;
    throw new NetworkError('The store could not be reached.', facts);
  }
}

/** Only a store that is out of reach (CORS, DNS, a firewall) is a reason to go by the API: not a line that breaks. */
async function noteDirectFailure(context: RunContext, isReached: boolean): Promise<void> {
  if (isReached) return noteReached(context);
  const directFailures = context.record().directFailures + 1;
  const useChunks = directFailures >= MOST_DIRECT_FAILURES;
  await context.save({ directFailures, ...(useChunks && { useChunks, uploadId: undefined }) });
}

/** The store can be reached. */
export async function noteReached(context: RunContext): Promise<void> {
  if (context.record().directFailures > 0) await context.save({ directFailures: 0 });
}

/** The whole file in one signed request. */
export async function sendWhole(
  context: RunContext,
  session: UploadAnswer,
): Promise<'finalize' | 'ask' | 'chunk'> {
  const { client, signal } = context;
  const sign = async () => (await client.upload(session.id, { signal, retries: 0 })).request ?? undefined;
  const whole = { offset: 0, length: session.byteSize, hasOthers: false };
  const sent = await sendSigned(context, session.request ?? undefined, sign, whole, (bytes) =>
    context.progress(bytes),
  );
  if (typeof sent === 'string') return sent;
  context.progress(session.byteSize);
  return 'finalize';
}
