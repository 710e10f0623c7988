import { request } from 'node:http';

/**
 * A fetch whose connection breaks once, in the middle of a request's body, as a phone's does on the road: real bytes
 * leave, then the socket is gone. `arm` says when.
 */
export class CutFetch {
  private armed = false;

  /** The next request is cut. */
  arm(): void {
    this.armed = true;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    if (!this.armed) return fetch(input, init);
    this.armed = false;
    const whole = new Request(input, init);
    const body = Buffer.from(await whole.arrayBuffer());
    const socket = request(whole.url, {
      method: whole.method,
      headers: { ...Object.fromEntries(whole.headers), 'content-length': body.length },
    });
    socket.on('error', () => undefined);
    await new Promise((sent) => socket.write(body.subarray(0, body.length >> 1), sent));
    socket.destroy();
    throw new TypeError('the connection was cut');
  };
}
