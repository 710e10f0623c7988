import type { EarshotClient } from '../client.js';
import { sleep } from '../deadline.js';
import type { AbortSignalLike } from '../platform.js';
import type { Clock } from '../ports.js';
import { currentRecording } from '../subscriptions/watch-recording.js';
import type { UploadSession, UploadTicket } from '../types.js';
import { sendChunks } from './send-chunks.js';
import { sendParts, uploadedParts } from './send-parts.js';
import { sendWhole } from './send-whole.js';
import type { UploadMethod } from './upload-job.js';
import type { Sender, UploadSource } from './upload-ports.js';
import type { UploadRecord } from './upload-record.js';
import { requestOf } from './upload-request.js';
import { codeOf, finalEnd, retryEnd, RunEnd, verdictOfFailure } from './upload-verdict.js';
import type { UploadVerdict } from './upload-verdict.js';

/** The part of the client that uploads need. */
export type UploadClient = Pick<
  EarshotClient,
  'appendChunk' | 'cancelUpload' | 'finalizeUpload' | 'platform' | 'request' | 'requestUpload' | 'upload'
>;

/** The session as it was last answered: with its signed request, but for the answer of finalizing. */
export type UploadAnswer = UploadSession & Partial<Pick<UploadTicket, 'request'>>;

export type RunStep =
  | { readonly phase: 'preparing' | 'verifying' }
  /** `alreadySent`: bytes that the server has. */
  | { readonly phase: 'sending'; readonly method: UploadMethod; readonly alreadySent: number };

/** What a run works with; the record is kept by its owner. */
export interface RunContext {
  readonly client: UploadClient;
  readonly sender: Sender;
  readonly source: UploadSource;
  readonly clock: Clock;
  readonly signal: AbortSignalLike;
  record(): UploadRecord;
  /** Resolves when it is kept for good. */
  save(change: Partial<UploadRecord>): Promise<void>;
  /** Shown to people. */
  show(step: RunStep): void;
  progress(sentBytes: number): void;
  /** Whether another job could begin if this one let go. */
  isWaitedFor(): boolean;
}

const VERIFY_MS = { first: 200, most: 3000, growth: 1.6, inAll: 45_000, ifWaitedFor: 2000 };
/** Sessions that may end under a run's hands, and turns that may lead nowhere, before it waits. */
const MOST_SESSIONS = 3;
const MOST_TURNS = 12;

/**
 * One try to bring a recording to the server, from wherever it stands: it asks the server what it has, sends the rest,
 * finalizes and waits for the verdict. Killed between any two steps, the next run goes on from there.
 */
export class UploadRun {
  #sessions = 0;

  constructor(private readonly context: RunContext) {}

  async run(): Promise<UploadVerdict> {
    let session = await this.#open();
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      switch (session.status) {
        case 'OPEN':
          session = await this.#advance(session);
          break;
        case 'FINALIZING':
          session = await this.#verify(session.id);
          break;
        case 'COMPLETED':
          return { kind: 'uploaded', recordingId: session.recording?.id };
        case 'FAILED':
          await this.#forget();
          return verdictOfFailure(session.error);
        case 'CANCELLED':
        case 'EXPIRED':
          await this.#forget();
          session = await this.#open();
          break;
        default:
          throw finalEnd('REFUSED');
      }
    }
    throw retryEnd('SERVER_BUSY', true);
  }

  /** The known session, or a new one. */
  async #open(): Promise<UploadAnswer> {
    this.context.show({ phase: 'preparing' });
    const known = await this.#ask();
    if (known) return known;
    this.#sessions += 1;
    if (this.#sessions > MOST_SESSIONS) throw retryEnd('SERVER_BUSY', true);
    return this.#request();
  }

  /** What the server has of the known session; undefined when there is none any more. */
  async #ask(): Promise<UploadTicket | undefined> {
    const { client, signal } = this.context;
    const { uploadId } = this.context.record();
    if (uploadId === undefined) return undefined;
    try {
      return await client.upload(uploadId, { signal, retries: 0 });
    } catch (error) {
      if (codeOf(error) !== 'NOT_FOUND') throw error;
      await this.#forget();
      return undefined;
    }
  }

  async #request(): Promise<UploadTicket> {
    const { client, signal } = this.context;
    // Before the server hears of it: a job that is cancelled now has a session to end.
    if (!this.context.record().isRequested) await this.context.save({ isRequested: true });
    try {
      const session = await client.requestUpload(requestOf(this.context.record()), { signal, retries: 0 });
      await this.context.save({ uploadId: session.id, isRequested: false });
      return session;
    } catch (error) {
      if (codeOf(error) === 'CONFLICT') throw await this.#conflict();
      throw error;
    }
  }

  /** The call has a recording: this one, by an earlier try whose end nobody heard of, or another. */
  async #conflict(): Promise<RunEnd> {
    const { client, signal } = this.context;
    const { target, sha256 } = this.context.record();
    const recording = await currentRecording(client, target, { signal, retries: 0 });
    if (recording?.status === 'UPLOADED' && recording.sha256 === sha256)
      return new RunEnd({ kind: 'uploaded', recordingId: recording.id });
    return finalEnd('OTHER_RECORDING_EXISTS');
  }

  /** The file itself was compared with the record when it was opened. */
  async #advance(session: UploadAnswer): Promise<UploadAnswer> {
    if (session.byteSize !== this.context.record().byteSize) throw finalEnd('FILE_CHANGED');
    const next = session.receivedBytes < session.byteSize ? await this.#send(session) : 'finalize';
    if (next === 'ask') return this.#open();
    if (next === 'chunk') {
      await this.context.save({ useChunks: true, uploadId: undefined });
      return this.#open();
    }
    return this.#finalize(session);
  }

  #send(session: UploadAnswer): Promise<'finalize' | 'ask' | 'chunk'> {
    const { strategy, receivedBytes } = session;
    if (strategy === 'AUTO') throw retryEnd('SERVER_BUSY', true);
    this.context.show({ phase: 'sending', method: strategy, alreadySent: receivedBytes });
    if (strategy === 'PUT') return sendWhole(this.context, session);
    return strategy === 'MULTIPART' ? sendParts(this.context, session) : sendChunks(this.context, session);
  }

  async #finalize({ id, strategy }: UploadAnswer): Promise<UploadAnswer> {
    const { client, signal } = this.context;
    this.context.show({ phase: 'verifying' });
    const { sha256 } = this.context.record();
    const parts = strategy === 'MULTIPART' ? { parts: await this.#parts(id) } : {};
    try {
      return await client.finalizeUpload({ uploadId: id, sha256, ...parts }, { signal, retries: 0 });
    } catch (error) {
      if (codeOf(error) !== 'CONFLICT') throw error;
      // Either this session is over, or the call got a recording meanwhile.
      const session = await this.#ask();
      if (session && session.status !== 'OPEN') return session;
      throw await this.#conflict();
    }
  }

  async #parts(id: string): Promise<{ number: number; etag: string }[]> {
    const { client, signal } = this.context;
    const parts = await uploadedParts(client, id, signal);
    return parts.map(({ number, etag }) => ({ number, etag }));
  }

  /** Until the server has compared length and hash; not for longer than a person looks on, nor while others wait. */
  async #verify(id: string): Promise<UploadAnswer> {
    const { client, clock, signal } = this.context;
    this.context.show({ phase: 'verifying' });
    const begin = clock.now();
    const most = () => (this.context.isWaitedFor() ? VERIFY_MS.ifWaitedFor : VERIFY_MS.inAll);
    for (
      let wait = VERIFY_MS.first;
      clock.now() - begin < most();
      wait = Math.min(VERIFY_MS.most, wait * VERIFY_MS.growth)
    ) {
      await sleep(clock, wait, 'Upload', signal);
      const session = await client.upload(id, { signal, retries: 0 });
      if (session.status !== 'FINALIZING') return session;
    }
    throw new RunEnd({ kind: 'verifying' });
  }

  #forget(): Promise<void> {
    return this.context.save({ uploadId: undefined, isVerifying: false });
  }
}
