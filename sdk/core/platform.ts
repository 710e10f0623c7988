/**
 * What the SDK needs of the machine it runs on, described by shape: browsers, Node and React Native each have
 * their own types for these, and the core must compile against none of them.
 */

/** Headers of a response; `get` answers null for what is absent. */
export interface HeadersLike {
  get(name: string): string | null;
}

export interface ResponseLike {
  readonly status: number;
  readonly headers: HeadersLike;
  text(): Promise<string>;
}

/** What is handed to `fetch`; body and signal are the platform's own objects. */
export interface RequestInitLike {
  method?: string | undefined;
  headers?: unknown;
  body?: unknown;
  signal?: unknown;
}

/** Written as a method so that every platform's own `fetch` fits: only methods are compared bivariantly. */
export type FetchLike = { fetch(url: string, init?: RequestInitLike): Promise<ResponseLike> }['fetch'];

export interface BlobLike {
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number, contentType?: string): BlobLike;
}

/** How React Native's FormData names a file on the device. */
export interface FileReference {
  readonly uri: string;
  readonly name: string;
  readonly type: string;
}

/** Whatever may stand where the schema says `Upload`. */
export type FileInput = BlobLike | Uint8Array | FileReference;

export interface FormDataLike {
  append(name: string, value: unknown, fileName?: string): void;
}

export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface AbortControllerLike {
  readonly signal: AbortSignalLike;
  abort(): void;
}

/** A WebSocket, as browsers, React Native, Node from 22 on and the package `ws` have it. */
export interface WebSocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocol?: string) => WebSocketLike;

/** Everything outside that the core calls. A test or an unusual runtime replaces a part of it. */
export interface Platform {
  fetch: FetchLike;
  FormData: new () => FormDataLike;
  Blob: new (parts: Uint8Array[], options?: { type?: string }) => BlobLike;
  AbortController: new () => AbortControllerLike;
  /** Undefined where there is none: what is watched is then asked for again and again. */
  WebSocket: WebSocketConstructor | undefined;
  /** Milliseconds; the handle goes to `clearTimeout`. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(handle: unknown): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** At least 0, below 1. */
  random(): number;
  /** An id that no other request has: a UUID where the platform makes them. */
  uniqueId(): string;
}

type Globals = Omit<Platform, 'now' | 'random' | 'uniqueId'> & {
  readonly crypto?: { randomUUID?(): string };
};

const hex = (value: number) => Math.floor(value).toString(16);

/** The globals of this runtime. Called through their owner, since browsers refuse a detached `setTimeout`. */
export function globalPlatform(): Platform {
  const globals = globalThis as unknown as Globals;
  return {
    fetch: (url, init) => globals.fetch(url, init),
    FormData: globals.FormData,
    Blob: globals.Blob,
    AbortController: globals.AbortController,
    WebSocket: globals.WebSocket,
    setTimeout: (callback, milliseconds) => globals.setTimeout(callback, milliseconds),
    clearTimeout: (handle) => globals.clearTimeout(handle),
    now: () => Date.now(),
    random: () => Math.random(),
    // Browsers offer randomUUID in secure contexts only, React Native not at all.
    uniqueId: () =>
      globals.crypto?.randomUUID?.() ??
      `${hex(Date.now())}-${hex(Math.random() * 2 ** 52)}-${hex(Math.random() * 2 ** 52)}`,
  };
}
