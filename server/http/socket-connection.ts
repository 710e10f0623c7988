import { CloseCode, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Logger } from '../logger.js';

/** A slow reader's socket is cut off when so many bytes wait for it. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Between two pings, each of which must be answered before the next. */
const PING_MS = 12_000;

/** What an operation can know of the connection that carries it. */
export interface Connected {
  readonly socket: WebSocket;
}

/**
 * Lets graphql-ws serve one WebSocket, as its own adapter for `ws` does, but quietly (that one writes what a stranger
 * does wrong to the console) and with an end for peers that do not read or are gone.
 */
export function serveSocket<Extra extends Connected>(
  protocol: Server<Extra>,
  extra: Extra,
  logger: Logger,
): void {
  const { socket } = extra;
  socket.on('error', (error) => logger.debug({ err: error }, 'socket'));
  const stopPinging = ping(socket);
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => send(socket, data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (listen) =>
        socket.on('message', (data: Buffer) => {
          endSlowReader(socket);
          listen(data.toString()).catch((error: unknown) => {
            logger.error({ err: error }, 'socket message');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        }),
    },
    extra,
  );
  socket.on('ping', () => endSlowReader(socket));
  socket.once('close', (code, reason) => {
    stopPinging();
    closed(code, reason.toString()).catch((error: unknown) => logger.error({ err: error }, 'socket end'));
  });
}

/** Resolves when the bytes have left, or never will: of a peer that is gone `close` tells. */
function send(socket: WebSocket, data: string): Promise<void> {
  endSlowReader(socket);
  return new Promise((resolve) => {
    if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
    else resolve();
  });
}

/** Every message is answered, pings too: who sends and does not read would fill the memory. */
function endSlowReader(socket: WebSocket): void {
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
}

function ping(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
