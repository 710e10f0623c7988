import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { User } from '../auth/user.entity.js';
import type { Viewer } from '../auth/viewer.js';
import { CallLog } from '../calls/call-log.entity.js';
import { CatiCall } from '../cati/cati-call.entity.js';
import { newId } from '../entity.js';
import { errors } from '../errors.js';
import { boundedText, sha256Hex } from '../graphql/inputs.js';
import { Recording } from '../recordings/recording.entity.js';
import { MAX_PUT_BYTES } from '../storage/direct-transfer.js';
import type { Transaction } from '../unit-of-work.js';
import { MAX_AUTO_PUT_BYTES } from './limits.js';
import { UploadChunk } from './upload-chunk.entity.js';
import { UploadSession, type UploadStrategy } from './upload-session.entity.js';
import { directKey } from './upload-keys.js';
import type { UploadTarget } from './upload-target.js';
import type { RequestedStrategy, RequestUploadInput } from './upload.inputs.js';
import { UploadReader, type Chunk } from './upload.reader.js';

export interface RequestOptions {
  /** Bytes of the largest file. */
  maxBytes: number;
  /** Bytes a user and day. */
  quotaBytes: number;
  /** Seconds that an upload without a new byte stays open. */
  expiry: number;
  /** Whether clients can send bytes to the store itself. */
  direct: boolean;
}

export interface UploadFacts {
  byteSize: number;
  strategy: UploadStrategy;
  contentType: string | null;
  filename: string | null;
  sha256: string | null;
  idempotencyKey: string | null;
}

interface Arrived {
  id: string;
  objectKey: string | null;
  receivedBytes: number;
  chunkCount: number;
}

/** Opens uploads: at most one for each call and viewer, within the viewer's quota. */
export class RequestUpload {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly transaction: Transaction,
    private readonly options: RequestOptions,
  ) {}

  /** Answers the upload's id: the open one again for the same key or the same bytes, else a new one in its place. */
  async request(input: RequestUploadInput, target: UploadTarget): Promise<string> {
    const facts = this.validated(input);
    return this.transaction(async (em) => {
      await this.lock(em);
      const known =
        facts.idempotencyKey === null ? null : await this.ofKey(em, facts.idempotencyKey, facts, target);
      if (known) return known.id;
      const open = await this.openOne(em, target);
      if (open && isSameFile(open, facts, input.strategy)) return open.id;
      if (open) await this.replace(em, open);
      return (await this.create(em, { ...facts, ...this.placeOf(facts) }, target)).id;
    });
  }

  /** For a whole file that is here already, in the caller's transaction. */
  async openFor(
    em: EntityManager,
    chunk: Chunk,
    facts: UploadFacts,
    target: UploadTarget,
    id: string,
  ): Promise<UploadSession> {
    await this.lock(em);
    const open = await this.openOne(em, target);
    if (open) await this.replace(em, open);
    const session = await this.create(
      em,
      { ...facts, id, receivedBytes: chunk.byteSize, chunkCount: 1 },
      target,
    );
    em.create(UploadChunk, { ...chunk, upload: session });
    return session;
  }

  /** One of a user's requests at a time, so that quota and the one open upload hold. */
  private async lock(em: EntityManager): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`earshot.uploads:${this.viewer().id}`}, 0))`.execute(
      em.getKysely(),
    );
  }

  private async ofKey(
    em: EntityManager,
    key: string,
    facts: UploadFacts,
    target: UploadTarget,
  ): Promise<UploadSession | null> {
    const status = { $in: ['OPEN', 'FINALIZING', 'COMPLETED'] as const };
    const known = await em.findOne(UploadSession, { user: this.viewer().id, idempotencyKey: key, status });
    if (!known) return null;
    const ofCall =
      (known.callLog?.id ?? null) === target.callLogId && (known.catiCall?.id ?? null) === target.catiCallId;
    if (!ofCall || !mayBeSameFile(known, facts))
      throw errors.badInput('idempotencyKey', 'This key was used for another upload.');
    if (known.status !== 'COMPLETED' || (await this.isStored(em, known))) return known;
    known.idempotencyKey = null;
    await em.flush();
    return null;
  }

  /** What it stored may have been removed since, or found damaged: then another upload is what is wanted. */
  private async isStored(em: EntityManager, { recording }: UploadSession): Promise<boolean> {
    const found = recording && (await em.findOne(Recording, { id: recording.id }));
    return found?.status === 'UPLOADED';
  }

  /** Locked, so that it is not finalized while it is replaced: one that was meanwhile is open no more. */
  private openOne(em: EntityManager, target: UploadTarget): Promise<UploadSession | null> {
    return em.findOne(
      UploadSession,
      {
        user: this.viewer().id,
        status: 'OPEN',
        callLog: target.callLogId,
        catiCall: target.catiCallId,
      },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
  }

  /** Flushed at once: the index of open uploads has room for one. */
  private async replace(em: EntityManager, open: UploadSession): Promise<void> {
    open.status = 'CANCELLED';
    await em.flush();
  }

  private async create(
    em: EntityManager,
    facts: UploadFacts & Partial<Arrived>,
    target: UploadTarget,
  ): Promise<UploadSession> {
    const used = await new UploadReader(em).quotaUsed(this.viewer().id);
    if (used + facts.byteSize > this.options.quotaBytes) throw errors.quotaExceeded(this.options.quotaBytes);
    const session = em.create(UploadSession, {
      ...facts,
      status: 'OPEN',
      user: em.getReference(User, this.viewer().id),
      callLog: target.callLogId === null ? null : em.getReference(CallLog, target.callLogId),
      catiCall: target.catiCallId === null ? null : em.getReference(CatiCall, target.catiCallId),
      expiresAt: new Date(Date.now() + this.options.expiry * 1000),
    });
    await em.flush();
    return session;
  }

  /** A PUT to the store itself goes to a key that is known beforehand; parts get theirs when they are asked for. */
  private placeOf({ strategy }: UploadFacts): Partial<Arrived> {
    if (strategy !== 'PUT' || !this.options.direct) return {};
    const id = newId();
    return { id, objectKey: directKey(id, newId()) };
  }

  private validated(input: RequestUploadInput): UploadFacts {
    const { byteSize } = input;
    if (byteSize < 1)
      throw errors.badInput('byteSize', 'byteSize must be at least 1: an empty file is no recording.');
    if (byteSize > this.options.maxBytes) throw errors.tooLarge('byteSize', this.options.maxBytes);
    return {
      byteSize,
      strategy: chooseStrategy(input.strategy, byteSize, this.options.direct),
      contentType: audioType(input.contentType) ?? null,
      filename: boundedText('filename', input.filename, 255) ?? null,
      sha256: sha256Hex('sha256', input.sha256) ?? null,
      idempotencyKey: boundedText('idempotencyKey', input.idempotencyKey, 200) ?? null,
    };
  }
}

function chooseStrategy(requested: RequestedStrategy, byteSize: number, direct: boolean): UploadStrategy {
  if (requested === 'MULTIPART' && !direct) {
    throw errors.badInput(
      'strategy',
      'MULTIPART needs S3 storage, and this server stores locally. Use CHUNKED.',
    );
  }
  if (requested === 'PUT' && direct && byteSize > MAX_PUT_BYTES) {
    throw errors.badInput('strategy', `PUT takes at most ${MAX_PUT_BYTES} bytes here. Use MULTIPART.`, {
      limit: MAX_PUT_BYTES,
    });
  }
  if (requested !== 'AUTO') return requested;
  if (byteSize <= MAX_AUTO_PUT_BYTES) return 'PUT';
  return direct ? 'MULTIPART' : 'CHUNKED';
}

/** Phones call audio many names; what is plainly something else is refused before a byte travels. */
function audioType(text: string | null | undefined): string | undefined {
  const type = boundedText('contentType', text, 100)?.toLowerCase();
  if (type === undefined) return undefined;
  // It goes into headers as it is: only printable ASCII may.
  if (!/^[\w.+-]+\/[\w.+-]+( *;[\x20-\x7e]*)?$/.test(type))
    throw errors.badInput('contentType', 'contentType must be a media type, as audio/mp4.');
  if (/^(audio|video)\//.test(type) || /^application\/(octet-stream|ogg|mp4)\b/.test(type)) return type;
  throw errors.unsupportedMediaType('Only audio is stored: give an audio/… contentType, or none.');
}

/** A key names the file: only a hash that both have can tell that it is another of the same size. */
function mayBeSameFile(known: UploadSession, { byteSize, sha256 }: UploadFacts): boolean {
  const differs = known.sha256 !== null && sha256 !== null && known.sha256 !== sha256;
  return known.byteSize === byteSize && !differs;
}

/** Without a hash nobody can tell whether it is the same file. */
function isSameFile(open: UploadSession, facts: UploadFacts, requested: RequestedStrategy): boolean {
  return (
    facts.sha256 !== null &&
    open.sha256 === facts.sha256 &&
    open.byteSize === facts.byteSize &&
    (requested === 'AUTO' || open.strategy === requested)
  );
}
