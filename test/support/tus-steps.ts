import { createHash } from 'node:crypto';
import { send, type Answer } from './raw-request.js';
import { Caller } from './upload-steps.js';
import type { TestApp } from './test-app.js';

/** A header that is null is left out. */
export type TusHeaders = Record<string, string | number | null>;

export const TUS_BYTES = { 'content-type': 'application/offset+octet-stream' };

/** A telecaller who speaks tus by hand. */
export class TusCaller {
  private constructor(
    readonly app: TestApp,
    readonly caller: Caller,
  ) {}

  static async create(app: TestApp): Promise<TusCaller> {
    return new TusCaller(app, await Caller.create(app));
  }

  headers(headers: TusHeaders): Record<string, string | number> {
    const all = { 'tus-resumable': '1.0.0', authorization: `Bearer ${this.caller.token}`, ...headers };
    return Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
  }

  ask(method: string, path: string, headers: TusHeaders = {}, body?: Uint8Array): Promise<Answer> {
    const length = headers['transfer-encoding'] === undefined ? { 'content-length': body?.length ?? 0 } : {};
    return send(`${this.app.url}${path}`, body, { method, headers: this.headers({ ...length, ...headers }) });
  }

  head(id: string): Promise<Answer> {
    return this.ask('HEAD', `/tus/${id}`);
  }

  patch(id: string, offset: number, bytes: Uint8Array, headers: TusHeaders = {}): Promise<Answer> {
    return this.ask('PATCH', `/tus/${id}`, { ...TUS_BYTES, 'upload-offset': offset, ...headers }, bytes);
  }

  /** For a call of its own, unless the headers name one. */
  async create(headers: TusHeaders, body?: Uint8Array): Promise<{ answer: Answer; id: string }> {
    const own = { 'upload-metadata': metadataOf({ callLogId: await this.caller.call() }) };
    const answer = await this.ask('POST', '/tus', { ...own, ...headers }, body);
    return { answer, id: answer.headers.location?.replace('/tus/', '') ?? '' };
  }

  /** The SHA-256 of the recording that an upload became. */
  async storedHash(id: string): Promise<string | null> {
    await this.app.ingested(id);
    const { recording } = await this.caller.client.upload(id);
    return (await this.caller.client.recording(recording?.id ?? '')).sha256;
  }
}

export function metadataOf(facts: Record<string, string>): string {
  return Object.entries(facts)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}

export function checksumOf(algorithm: string, bytes: Uint8Array): string {
  return `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}`;
}

export function problemOf({ body }: Answer): object {
  return JSON.parse(body.toString()) as object;
}
