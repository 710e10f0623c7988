import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { processRequest } from 'graphql-upload-minimal';
import type { FileUpload } from 'graphql-upload-minimal';

export interface SeenRequest {
  readonly headers: IncomingHttpHeaders;
  readonly method: string | undefined;
  readonly query: string;
  readonly operationName: string;
  readonly variables: Record<string, unknown>;
}

type Operation = Pick<SeenRequest, 'query' | 'operationName' | 'variables'>;

/** Answers one request; what it does not end stays open until the server is closed. */
export type Answer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

export function reply(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

export const failing = (code: string, extensions: Record<string, unknown> = {}) => ({
  errors: [{ message: `Refused: ${code}`, extensions: { code, ...extensions } }],
});

export async function readFile(upload: unknown): Promise<{ name: string; type: string; bytes: Buffer }> {
  const { promise } = upload as { promise: Promise<FileUpload> };
  const file = await promise;
  return { name: file.filename, type: file.mimetype, bytes: await buffer(file.createReadStream()) };
}

async function readOperation(request: IncomingMessage, response: ServerResponse): Promise<Operation> {
  const isForm = request.headers['content-type']?.startsWith('multipart/form-data') ?? false;
  if (isForm) return (await processRequest(request, response)) as unknown as Operation;
  return JSON.parse((await buffer(request)).toString()) as Operation;
}

/** A GraphQL endpoint on loopback whose every answer the test gives. */
export class FakeApi implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  static async start(answer: Answer): Promise<FakeApi> {
    const api = new FakeApi(answer);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/graphql`;
  }

  /** The names of the operations that arrived, in order. */
  get names(): string[] {
    return this.seen.map(({ operationName }) => operationName);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const operation = await readOperation(request, response);
      const seen = { ...operation, headers: request.headers, method: request.method };
      this.seen.push(seen);
      await this.#answer(seen, response);
    } catch (error) {
      if (!response.destroyed && !response.headersSent) reply(response, String(error), 599);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
