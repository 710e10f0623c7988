import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { errors, type EarshotError } from '../errors.js';
import { resolveRange } from '../http/byte-range.js';
import { OF_STRANGERS } from '../http/send-bytes.js';
import { sniff, SNIFF_BYTES } from '../media/sniff.js';
import { answeredPart, isWhole } from '../providers/answered-part.js';
import { readPrefix } from '../providers/fetch/prefix.js';
import type { Caller } from '../providers/hosts/caller.js';
import type { FoundRecording, RecordingVerdict } from '../providers/provider.js';
import type { ProviderRegistry } from '../providers/registry.js';
import { LengthMismatch, type ByteRange } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import { readCopySource } from './copy-source.js';

/** A listener may pause; nobody listens longer to one answer. */
const TOTAL_MS = 30 * 60_000;
const LISTENER: Caller = { owner: 'listeners', patience: 10, urgent: true, brief: true };
/** With fewer bytes nothing can be said of what they are. */
const TELLING_BYTES = 512;

/**
 * Plays a recording that is not stored here from its provider, through this server and with its credentials: the
 * listener never learns an address or a token of the provider. Ranges are passed on, or cut out here.
 */
export class SourcePlayback {
  constructor(
    /** As the system: who may listen has been decided. */
    private readonly transaction: Transaction,
    private readonly providers: ProviderRegistry,
  ) {}

  /** Whether there is a provider to ask at all. */
  knows(provider: string | null): boolean {
    return provider !== null && this.providers.get(provider) !== undefined;
  }

  /** Answers GET or HEAD. Rejects while nothing is sent yet, or with the connection cut. */
  async send(recordingId: string, disposition: string, req: Request, res: Response): Promise<void> {
    const hangUp = new AbortController();
    const onClose = (): void => hangUp.abort();
    res.once('close', onClose);
    try {
      const found = await this.fetch(recordingId, rangeOf(req), hangUp.signal);
      if (found.kind === 'found') await answer(found, disposition, req, res);
      else sendUnsatisfiable(res, found.byteSize);
    } catch (error) {
      if (!hangUp.signal.aborted) throw error;
    } finally {
      res.off('close', onClose);
    }
  }

  private async fetch(
    recordingId: string,
    range: string | undefined,
    signal: AbortSignal,
  ): Promise<FoundRecording | Unsatisfiable> {
    const known = await this.transaction((em) => readCopySource(em, recordingId));
    const provider = known && this.providers.get(known.provider);
    if (!provider) throw errors.notFound('recording');
    const source = { ...known.source, range, totalMs: TOTAL_MS, caller: LISTENER };
    const verdict = await provider.fetchRecording(source, signal);
    if (verdict.kind === 'found' || verdict.kind === 'unsatisfiable') return verdict;
    throw refusal(verdict);
  }
}

/** A range that begins past the end. */
type Unsatisfiable = RecordingVerdict & { kind: 'unsatisfiable' };

function refusal({ kind }: RecordingVerdict): EarshotError {
  return kind === 'gone'
    ? errors.notFound('recording')
    : errors.unavailable('The recording cannot be had from the provider at the moment. Try again later.');
}

/** Only one plain range is passed on: all else asks for the whole. */
function rangeOf({ method, headers }: Request): string | undefined {
  const { range } = headers;
  return method === 'GET' && /^bytes=(\d{1,15}-\d{0,15}|-\d{1,15})$/.test(range ?? '') ? range : undefined;
}

/** A recording under way to a listener; its body is another one once the first bytes were looked at. */
type Playing = { -readonly [Key in keyof FoundRecording]: FoundRecording[Key] };

async function answer(
  given: FoundRecording,
  disposition: string,
  req: Request,
  res: Response,
): Promise<void> {
  const found: Playing = { ...given };
  const { byteSize } = found;
  try {
    const part = partFor(found, rangeOf(req));
    if (part === 'unsatisfiable') return sendUnsatisfiable(res, byteSize);
    const contentType = await typeOf(found, found.status === 206 ? (part?.first ?? 0) : 0);
    res.status(part ? 206 : 200);
    const length = part ? part.last - part.first + 1 : byteSize;
    if (length !== undefined) res.setHeader('Content-Length', length);
    if (part) res.setHeader('Content-Range', `bytes ${part.first}-${part.last}/${byteSize ?? '*'}`);
    if (byteSize !== undefined) res.setHeader('Accept-Ranges', 'bytes');
    setHeaders(res, contentType, disposition);
    if (req.method === 'HEAD') res.end();
    else if (length === undefined) await pipeline(found.body, res);
    else await pipeline(found.body, cutOf(found, part, length), res);
  } finally {
    given.body.destroy();
  }
}

/**
 * The part that the listener is answered with; undefined: the whole. What the provider gave is believed as far as it
 * agrees with itself and with what was asked for.
 */
function partFor(found: FoundRecording, asked: string | undefined): ByteRange | 'unsatisfiable' | undefined {
  const { status, byteSize } = found;
  const resolved = asked === undefined || byteSize === undefined ? undefined : resolveRange(asked, byteSize);
  const wanted = resolved?.kind === 'part' ? resolved.range : undefined;
  if (status === 200) return resolved?.kind === 'unsatisfiable' ? 'unsatisfiable' : wanted;
  const given = answeredPart(found);
  if (!given || (asked === undefined && !isWhole(found)) || (wanted && !isWithin(given, wanted)))
    throw refusal({ kind: 'notReady', reason: '' });
  return asked === undefined ? undefined : given;
}

/** A provider may give less than it was asked for, from its beginning. */
function isWithin(given: ByteRange, wanted: ByteRange): boolean {
  return given.first === wanted.first && given.last <= wanted.last;
}

/** The provider gave the whole where a part of it is wanted; otherwise it gives what it has announced, and no more. */
function cutOf({ status }: FoundRecording, part: ByteRange | undefined, length: number): Transform {
  return status === 200 && part ? new Cut(part.first, length, 'drop') : new Cut(0, length, 'refuse');
}

/** As the bytes say, where they begin at the beginning; a page in place of audio is never played. */
async function typeOf(found: Playing, first: number): Promise<string> {
  const { body, contentType } = found;
  const declared = /^audio\/[\w.+-]+/i.exec(contentType ?? '')?.[0] ?? 'audio/mpeg';
  if (first > 0) return declared;
  const { bytes: head, whole } = await readPrefix(body, SNIFF_BYTES);
  found.body = whole ? Readable.from(head.length > 0 ? [head] : []) : body;
  if (!whole) body.unshift(head);
  const sniffed = sniff(head);
  if (sniffed) return sniffed.contentType;
  if (found.status === 200 || head.length >= TELLING_BYTES) throw refusal({ kind: 'notReady', reason: '' });
  return declared;
}

function setHeaders(res: Response, contentType: string, disposition: string): void {
  res.set({
    'Content-Type': contentType,
    'Content-Disposition': disposition,
    // What is stored later has headers of its own.
    'Cache-Control': 'private, no-store, no-transform',
    ...OF_STRANGERS,
  });
}

function sendUnsatisfiable(res: Response, byteSize: number | undefined): void {
  res.writeHead(416, {
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-store',
    'Content-Length': 0,
    ...(byteSize === undefined ? {} : { 'Content-Range': `bytes */${byteSize}` }),
  });
  res.end();
}

/** Lets through so many bytes behind the first ones, and fails when fewer come; `rest`: what becomes of more. */
class Cut extends Transform {
  private at = 0;

  constructor(
    private readonly first: number,
    private readonly length: number,
    private readonly rest: 'drop' | 'refuse',
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const end = this.first + this.length;
    const from = Math.max(0, this.first - this.at);
    const to = Math.min(chunk.length, end - this.at);
    this.at += chunk.length;
    if (this.at > end && this.rest === 'refuse') return done(new LengthMismatch(this.length, this.at));
    done(null, from < to ? chunk.subarray(from, to) : undefined);
  }

  override _flush(done: TransformCallback): void {
    const isShort = this.at < this.first + this.length;
    done(isShort ? new LengthMismatch(this.length, Math.max(0, this.at - this.first)) : null);
  }
}
