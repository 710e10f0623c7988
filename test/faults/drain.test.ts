import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import express from 'express';
import { HttpServer } from '../../server/http/http-server.js';

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

async function listening(app = express()): Promise<{ http: HttpServer; port: number }> {
  const http = new HttpServer(app);
  return { http, port: await http.listen('127.0.0.1', 0) };
}

it('a connection that is kept alive ends with the request that was under way', async () => {
  const arrived = Promise.withResolvers<() => void>();
  const app = express().get('/', (_req, res) => arrived.resolve(() => res.send('done')));
  const { http, port } = await listening(app);
  const agent = new Agent({ keepAlive: true });
  const answer = once(request({ port, agent }).end(), 'response');
  const finish = await arrived.promise;
  const drained = http.drain(600);
  finish();
  const [response] = (await answer) as [NodeJS.ReadableStream & { statusCode: number }];
  response.resume();
  expect(response.statusCode).toBe(200);
  await drained;
  await http.close(600);
});

it('an upgraded connection is no request: it outlives the drain, and is closed when the time is over', async () => {
  const { http, port } = await listening();
  http.server.on('upgrade', (_req, socket) => socket.write(SWITCHING));
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const [, socket] = (await once(request({ port, headers }).end(), 'upgrade')) as [unknown, Socket];
  // It may be reset.
  socket.on('error', () => undefined).resume();
  const closed = once(socket, 'close');
  await http.drain(600);
  expect(socket.readyState).toBe('open');
  await http.close(0.05);
  await closed;
  expect(socket.destroyed).toBe(true);
});

it('a request that takes too long is cut off', async () => {
  const arrived = Promise.withResolvers<void>();
  const { http, port } = await listening(express().get('/', () => arrived.resolve()));
  const answer = once(request({ port }).end(), 'response');
  await arrived.promise;
  await http.drain(0.05);
  await http.close(600);
  await expect(answer).rejects.toThrow('socket hang up');
});

it('one that does not listen is drained at once', async () => {
  await expect(new HttpServer(express()).drain(600)).resolves.toBeUndefined();
});
