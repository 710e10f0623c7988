import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';

export interface Captured {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The body itself is not kept. */
  byteSize: number;
  md5: string;
  sha256: string;
  /** Of XML bodies. */
  text: string;
}

const MAX_TEXT = 10_000;

/** Answers like an S3 server whose bucket has one object, `from`, of 20 MiB, and keeps what it was asked. */
export class CaptureServer {
  readonly requests: Captured[] = [];
  /** How the bucket's lifecycle is configured. */
  lifecycle: { rules: string; headers: Record<string, string> } = { rules: '', headers: {} };
  /** Bytes of all bodies so far. */
  received = 0;
  private readonly server = createServer((request, response) => void this.handle(request, response));

  static async open(): Promise<CaptureServer> {
    const capture = new CaptureServer();
    await new Promise<void>((listening) => capture.server.listen(0, '127.0.0.1', listening));
    return capture;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const captured = await this.capture(request);
    this.requests.push(captured);
    const { method, path, query } = captured;
    response.setHeader('etag', `"${captured.md5}"`);
    if (method === 'HEAD') {
      if (path.endsWith('/from'))
        response
          .setHeader('content-length', 20 * 1024 * 1024)
          .setHeader('last-modified', new Date().toUTCString());
      else response.statusCode = 404;
      response.end();
    } else if (method === 'GET' && query.has('lifecycle')) {
      for (const [name, value] of Object.entries(this.lifecycle.headers)) response.setHeader(name, value);
      response.end(xml('LifecycleConfiguration', this.lifecycle.rules));
    } else if (method === 'POST' && query.has('uploads'))
      response.end(xml('InitiateMultipartUploadResult', '<UploadId>id</UploadId>'));
    else if (method === 'POST') response.end(xml('CompleteMultipartUploadResult', '<ETag>"x-3"</ETag>'));
    else if (query.has('partNumber') && 'x-amz-copy-source' in captured.headers)
      response.end(xml('CopyPartResult', '<ETag>"x"</ETag>'));
    else if ('x-amz-copy-source' in captured.headers)
      response.end(xml('CopyObjectResult', '<ETag>"x"</ETag>'));
    else response.end();
  }

  private async capture(request: IncomingMessage): Promise<Captured> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    let byteSize = 0;
    let text = '';
    for await (const chunk of request as AsyncIterable<Buffer>) {
      byteSize += chunk.length;
      this.received += chunk.length;
      md5.update(chunk);
      sha256.update(chunk);
      if (text.length < MAX_TEXT) text += chunk.toString('latin1', 0, MAX_TEXT);
    }
    const { method = '', headers } = request;
    return {
      method,
      path: pathname,
      query: searchParams,
      headers,
      byteSize,
      md5: md5.digest('base64'),
      sha256: sha256.digest('hex'),
      text,
    };
  }
}

const xml = (name: string, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><${name}>${content}</${name}>`;
