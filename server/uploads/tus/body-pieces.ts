import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { markReceived } from '../../storage/received-bytes.js';

/**
 * A request's body cut into streams as its bytes arrive, so that each can be kept by itself. When the connection is
 * cut, the body ends behind what arrived. Bytes go on as they were received: nothing is gathered, nothing copied.
 */
export class BodyPieces {
  /** Read, and not yet handed on. */
  private rest: Buffer | null = null;
  private waiting = NOBODY;
  private readonly wake = (): void => this.waiting();

  constructor(private readonly req: IncomingMessage) {
    for (const event of EVENTS) req.on(event, this.wake);
  }

  /** The connection ended before the body did. */
  get isCut(): boolean {
    return this.req.destroyed && !this.req.complete;
  }

  /** Waits for a further byte; false at the end. */
  async more(): Promise<boolean> {
    for (;;) {
      this.rest ??= this.read();
      if (this.rest) return true;
      if (this.isOver) return false;
      await new Promise<void>((resolve) => (this.waiting = resolve));
    }
  }

  /** The next bytes, at most `limit` of them; to be read to its end, or given up with the whole body. */
  take(limit: number): Readable {
    let left = limit;
    const pull = (): void => {
      const bytes = this.rest ?? this.read();
      if (bytes) {
        // A copy: whoever stores the first part may give the memory of both back.
        this.rest = bytes.length > left ? Buffer.from(bytes.subarray(left)) : null;
        const part = bytes.subarray(0, left);
        left -= part.length;
        piece.push(part);
      } else if (!this.isOver) {
        this.waiting = pull;
        return;
      }
      if (!bytes || left === 0) piece.push(null);
    };
    const piece = new Readable({
      read: pull,
      destroy: (error, done) => {
        this.waiting = NOBODY;
        done(error);
      },
    });
    return piece;
  }

  /** What is left is thrown away, so that the sender, who may hear nothing before all is sent, hears the answer. */
  giveUp(): void {
    for (const event of EVENTS) this.req.off(event, this.wake);
    this.req.on('error', () => undefined).resume();
  }

  private get isOver(): boolean {
    return this.req.readableEnded || this.req.destroyed;
  }

  private read(): Buffer | null {
    const bytes = this.req.read() as Buffer | null;
    if (bytes) markReceived(bytes);
    return bytes;
  }
}

/** One for all: with a function of each body's own, V8 keeps the body, and its request, until a full collection. */
const NOBODY = (): void => undefined;

const EVENTS = ['readable', 'end', 'close', 'error'];
