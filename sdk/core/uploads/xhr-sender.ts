import type { Sender } from './upload-ports.js';

/** XMLHttpRequest, as far as it is needed here: browsers and React Native have it, and it tells of progress. */
export interface XhrLike {
  readonly status: number;
  readonly responseText: string;
  readonly upload: {
    addEventListener(type: 'progress', listener: (event: { readonly loaded: number }) => void): void;
  };
  addEventListener(type: 'load' | 'error' | 'abort' | 'timeout', listener: () => void): void;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: unknown): void;
  abort(): void;
}

export type XhrConstructor = new () => XhrLike;

/** Without a byte on its way for so long, a connection is dead. */
const STALL_MS = 60_000;

export interface Timers {
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** Tells of every byte that leaves; a connection on which none does for a minute is given up. */
export function xhrSender(Xhr: XhrConstructor, timers: Timers, stallMs = STALL_MS): Sender {
  return ({ method, url, headers, body, signal, onProgress }) =>
    new Promise((resolve, reject) => {
      const xhr = new Xhr();
      let timer: unknown;
      const abort = () => xhr.abort();
      const watch = () => {
        timers.clearTimeout(timer);
        timer = timers.setTimeout(abort, stallMs);
      };
      const end = () => {
        timers.clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      const fail = (reason: string) => () => {
        end();
        reject(new Error(reason));
      };
      xhr.upload.addEventListener('progress', ({ loaded }) => {
        watch();
        onProgress(loaded);
      });
      xhr.addEventListener('load', () => {
        end();
        const { status, responseText: text } = xhr;
        resolve({ status, header: (name) => xhr.getResponseHeader(name), text });
      });
      xhr.addEventListener('error', fail('The connection broke.'));
      xhr.addEventListener('timeout', fail('The connection was too slow.'));
      xhr.addEventListener('abort', fail('The request was stopped.'));
      if (signal.aborted) return fail('The request was stopped.')();
      signal.addEventListener('abort', abort);
      xhr.open(method, url);
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      watch();
      xhr.send(body);
    });
}
