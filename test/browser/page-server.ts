import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PageFile {
  readonly contentType: string;
  readonly body: string | Buffer;
}

/**
 * Serves a few files to the browser, by their paths. A page that the test's driver made up would not do: Chromium lets
 * only pages from the machine itself call servers on it.
 */
export async function servePages(fileOf: (path: string) => PageFile | undefined) {
  const server = createServer(({ url = '/' }, response) => {
    const file = fileOf(new URL(url, 'http://localhost').pathname);
    response.writeHead(file ? 200 : 404, { 'content-type': file?.contentType ?? 'text/plain' });
    response.end(file?.body);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose](): Promise<void> {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
