import { createError } from '../../../sdk/core/error-classes.js';
import type { AbortSignalLike } from '../../../sdk/core/platform.js';
import { EarshotClient } from '../../../sdk/core/index.js';
import type { Sender } from '../../../sdk/core/uploads/index.js';
import type { OperationRequest } from '../../../sdk/core/transport.js';
import type { VirtualClock } from '../../support/virtual-clock.js';

type Status = 'OPEN' | 'FINALIZING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

interface Session {
  readonly id: string;
  readonly key: string;
  readonly callLogId: string;
  readonly byteSize: number;
  status: Status;
  receivedBytes: number;
  sha256: string;
}

interface Input {
  readonly callLogId: string;
  readonly byteSize: number;
  readonly sha256: string;
  readonly idempotencyKey: string;
  readonly uploadId: string;
}

const EVER = '2100-01-01T00:00:00Z';
const ALIVE: readonly Status[] = ['OPEN', 'FINALIZING', 'COMPLETED'];

const stopped = (signal: AbortSignalLike | undefined) =>
  new Promise<never>((_resolve, reject) => {
    const stop = () => reject(createError('Stopped.', { code: 'ABORTED' }));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
  });

/** A server in this process that keeps upload sessions as the real one does, and can be held up at any request. */
export class FakeServer {
  readonly sessions = new Map<string, Session>();
  /** What finalizing makes of a session. */
  finalizesTo: Status = 'COMPLETED';
  /** The calls whose bytes have come, in order. */
  readonly arrived: string[] = [];
  readonly requests: string[] = [];
  /** Before a request is carried out; a rejection is its answer. */
  before: (name: string) => Promise<void> | void = () => undefined;
  /** When it was carried out; a rejection is what the client hears. */
  after: (name: string) => Promise<void> | void = () => undefined;

  client(clock: VirtualClock): EarshotClient {
    return new EarshotClient({
      url: 'http://nowhere.example/graphql',
      platform: clock,
      retry: { retries: 0 },
      transport: (request) => this.#answer(request),
    });
  }

  readonly sender: Sender = async ({ url, byteSize, signal }) => {
    await Promise.race([this.before('PUT'), stopped(signal)]);
    const session = this.#session(url);
    session.receivedBytes = byteSize;
    this.arrived.push(session.callLogId);
    await this.after('PUT');
    return { status: 200, header: () => null, text: '' };
  };

  /** The recordings of a call, by their sessions. */
  statusesOf(callLogId: string): Status[] {
    return [...this.sessions.values()]
      .filter((session) => session.callLogId === callLogId)
      .map(({ status }) => status);
  }

  async #answer({ name, variables, signal }: OperationRequest): Promise<unknown> {
    this.requests.push(name);
    const work = async () => {
      await this.before(name);
      const data = this.#carryOut(name, variables as { id: string; input: Input });
      await this.after(name);
      return data;
    };
    return Promise.race([work(), stopped(signal)]);
  }

  #carryOut(name: string, { id, input }: { readonly id: string; readonly input: Input }): unknown {
    switch (name) {
      case 'RequestUpload':
        return { requestUpload: { upload: this.#shown(this.#request(input)) } };
      case 'Upload':
        return { upload: this.#shown(this.#session(id)) };
      case 'FinalizeUpload': {
        const session = this.#session(input.uploadId);
        if (session.status === 'OPEN') session.status = this.finalizesTo;
        return { finalizeUpload: { upload: this.#shown(session) } };
      }
      case 'CancelUpload': {
        const session = this.#session(input.uploadId);
        if (session.status !== 'OPEN' && session.status !== 'CANCELLED')
          throw createError('It is too late to cancel it.', { code: 'CONFLICT' });
        session.status = 'CANCELLED';
        return { cancelUpload: { upload: this.#shown(session) } };
      }
      case 'CallLogRecordingState':
        return { callLog: { recording: this.#recordingOf(id) } };
      default:
        throw new Error(`${name} is not known here.`);
    }
  }

  #request({ callLogId, byteSize, sha256, idempotencyKey: key }: Input): Session {
    const ofCall = [...this.sessions.values()].filter((session) => session.callLogId === callLogId);
    const known = ofCall.find((session) => session.key === key && ALIVE.includes(session.status));
    if (known) return known;
    if (this.#recordingOf(callLogId)) throw createError('There is a recording.', { code: 'CONFLICT' });
    const id = `upload-${this.sessions.size + 1}`;
    const session: Session = { id, key, callLogId, byteSize, sha256, status: 'OPEN', receivedBytes: 0 };
    this.sessions.set(id, session);
    return session;
  }

  #recordingOf(callLogId: string) {
    const done = [...this.sessions.values()].find(
      (session) => session.callLogId === callLogId && session.status === 'COMPLETED',
    );
    return done ? { id: `recording-${done.id}`, status: 'UPLOADED', sha256: done.sha256 } : null;
  }

  #session(id: string): Session {
    const session = this.sessions.get(id);
    if (!session) throw createError('There is no such upload.', { code: 'NOT_FOUND' });
    return session;
  }

  #shown({ id, status, byteSize, receivedBytes, callLogId }: Session) {
    return {
      id,
      status,
      strategy: 'PUT',
      byteSize,
      receivedBytes,
      chunkSize: byteSize,
      expiresAt: EVER,
      recording: this.#recordingOf(callLogId),
      error: null,
      request: { method: 'PUT', url: id, headers: [], expiresAt: EVER },
    };
  }
}
