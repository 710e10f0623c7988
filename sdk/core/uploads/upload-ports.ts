import type { AbortSignalLike } from '../platform.js';
import type { FileSource } from './file-source.js';

/** A file on this device, as it can be found again after a restart. */
export interface LocalFile {
  /** A path in Node, `file://…` or a path below the documents on phones, a key of the browser's store. */
  readonly uri: string;
  readonly name?: string | undefined;
  /** A media type, such as `audio/mp4`. */
  readonly contentType?: string | undefined;
}

/** A local file that is open for reading. */
export interface UploadSource extends FileSource {
  /** Exactly `length` bytes from `offset`, in memory. */
  bytes(offset: number, length: number): Promise<Uint8Array>;
  /** The same as a request's body, without reading it where the platform can. `bytes` when absent. */
  body?(offset: number, length: number): Promise<unknown>;
  /** SHA-256 of the whole in hex, where the platform has a faster way than reading it through. */
  sha256?(): Promise<string>;
  close?(): Promise<void>;
}

/** The files of this device. */
export interface LocalFiles {
  /** Undefined when it is not there (any more). */
  open(file: LocalFile): Promise<UploadSource | undefined>;
  /** Of a file that is not there, too. */
  remove(file: LocalFile): Promise<void>;
  /** A URL that an audio player takes; `release` when it has played. Undefined when the file is not there. */
  playable(file: LocalFile): Promise<{ readonly url: string; release(): void } | undefined>;
}

/** Bytes on their way to a signed target. */
export interface SendRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Of the body. Stores sign it: a sender whose body has no length of its own has to declare it. */
  readonly byteSize: number;
  readonly signal: AbortSignalLike;
  /** With the bytes that left so far, where the platform tells. */
  readonly onProgress: (sentBytes: number) => void;
}

export interface SendResponse {
  readonly status: number;
  /** Null for what is absent, or hidden from pages of another origin. */
  header(name: string): string | null;
  readonly text: string;
}

/** One request with a file in it. Rejects when no complete answer came, whatever the reason. */
export type Sender = (request: SendRequest) => Promise<SendResponse>;
