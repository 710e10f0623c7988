import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { nodeFiles, nodeSender } from '../../../sdk/node/index.js';

it('declares the length of what it streams, which stores sign', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-sender-'));
  const path = join(folder, 'call.wav');
  await writeFile(path, '0123456789');
  const got: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push({ headers: request.headers, body });
      response.writeHead(200, { etag: '"one"' }).end('stored');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const source = await nodeFiles().open({ uri: path });
    const sent: number[] = [];
    const response = await nodeSender()({
      method: 'PUT',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      headers: { 'content-type': 'audio/wav' },
      body: await source?.body?.(2, 5),
      byteSize: 5,
      signal: new AbortController().signal,
      onProgress: (bytes) => sent.push(bytes),
    });
    expect(got).toMatchObject([
      { headers: { 'content-length': '5', 'content-type': 'audio/wav' }, body: '23456' },
    ]);
    expect(got[0]?.headers).not.toHaveProperty('transfer-encoding');
    expect([response.status, response.header('ETag'), response.text]).toEqual([200, '"one"', 'stored']);
    expect(sent).toEqual([5]);
    await source?.close?.();
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});
