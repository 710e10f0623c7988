import { found } from '../found.js';
import { UploadedPartsDocument, UploadPartsDocument } from '../generated/operations.js';
import type { UploadedPartsQuery, UploadPartsQuery } from '../generated/operations.js';
import type { AbortSignalLike } from '../platform.js';
import { noteReached, sendSigned } from './send-whole.js';
import type { SignedTarget } from './send-whole.js';
import type { RunContext, UploadAnswer, UploadClient } from './upload-run.js';

type StoredPart = NonNullable<UploadedPartsQuery['upload']>['uploadedParts'][number];
type PartTarget = NonNullable<UploadPartsQuery['upload']>['parts'][number];

/** Signed at a time: so few that the last is still good when its turn comes on a slow line. */
const BATCH = 4;

/** What the store really has, by number. */
export async function uploadedParts(
  client: Pick<UploadClient, 'request'>,
  id: string,
  signal: AbortSignalLike,
): Promise<readonly StoredPart[]> {
  const { upload } = await client.request(UploadedPartsDocument, { id }, { signal, retries: 0 });
  return found('upload', upload).uploadedParts;
}

/** A file in parts of the session's chunk size, each to a signed target of its own; parts that are there are left. */
class PartSender {
  #sentBytes: number;
  readonly #missing: readonly number[];

  constructor(
    private readonly context: RunContext,
    private readonly session: UploadAnswer,
    stored: readonly StoredPart[],
  ) {
    const count = Math.ceil(session.byteSize / session.chunkSize);
    const whole = new Set(
      stored.filter((part) => part.byteSize === this.#lengthOf(part.number)).map(({ number }) => number),
    );
    this.#missing = Array.from({ length: count }, (_none, index) => index + 1).filter((n) => !whole.has(n));
    this.#sentBytes = [...whole].reduce((sum, number) => sum + this.#lengthOf(number), 0);
  }

  async send(): Promise<'finalize' | 'ask' | 'chunk'> {
    this.context.show({ phase: 'sending', method: 'MULTIPART', alreadySent: this.#sentBytes });
    for (let at = 0; at < this.#missing.length; at += BATCH) {
      const numbers = this.#missing.slice(at, at + BATCH);
      const targets = await this.#sign(numbers);
      for (const number of numbers) {
        const outcome = await this.#sendPart(number, targets.get(number));
        if (outcome !== 'stored') return outcome;
      }
    }
    return 'finalize';
  }

  async #sendPart(number: number, target: SignedTarget | undefined): Promise<'stored' | 'ask' | 'chunk'> {
    const before = this.#sentBytes;
    const slice = {
      offset: (number - 1) * this.session.chunkSize,
      length: this.#lengthOf(number),
      hasOthers: before > 0,
    };
    const again = async () => (await this.#sign([number])).get(number);
    const sent = await sendSigned(this.context, target, again, slice, (bytes) =>
      this.context.progress(before + bytes),
    );
    if (typeof sent === 'string') return sent;
    this.#sentBytes = before + slice.length;
    this.context.progress(this.#sentBytes);
    await noteReached(this.context);
    return 'stored';
  }

  async #sign(numbers: readonly number[]): Promise<ReadonlyMap<number, SignedTarget>> {
    const { client, signal } = this.context;
    const variables = { id: this.session.id, numbers };
    const { upload } = await client.request(UploadPartsDocument, variables, { signal, retries: 0 });
    const targets: readonly PartTarget[] = found('upload', upload).parts;
    return new Map(targets.map((target) => [target.number, { method: 'PUT', ...target }]));
  }

  #lengthOf(number: number): number {
    const { byteSize, chunkSize } = this.session;
    return Math.max(0, Math.min(chunkSize, byteSize - (number - 1) * chunkSize));
  }
}

/** By S3's multipart upload. */
export async function sendParts(
  context: RunContext,
  session: UploadAnswer,
): Promise<'finalize' | 'ask' | 'chunk'> {
  const stored = await uploadedParts(context.client, session.id, context.signal);
  return new PartSender(context, session, stored).send();
}
