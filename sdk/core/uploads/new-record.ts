import type { Clock } from '../ports.js';
import { hashOf } from './hash-source.js';
import { Sha256 } from './sha256.js';
import type { UploadTarget } from './upload-job.js';
import { uploadProblem } from './upload-problem.js';
import type { UploadProblemCode } from './upload-problem.js';
import type { LocalFile, LocalFiles, UploadSource } from './upload-ports.js';
import { NEW_RECORD } from './upload-record.js';
import type { UploadRecord } from './upload-record.js';

export interface NewRecordFacts {
  readonly target: UploadTarget;
  readonly file: LocalFile;
  readonly keepsFile: boolean;
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly clock: Clock;
}

type Found = Pick<UploadRecord, 'byteSize' | 'sha256'> & { readonly problem?: UploadProblemCode };

function flawOf({ byteSize }: UploadSource, maxBytes: number): UploadProblemCode | undefined {
  if (byteSize < 1) return 'FILE_EMPTY';
  return byteSize > maxBytes ? 'FILE_TOO_LARGE' : undefined;
}

async function look(source: UploadSource | undefined, { maxBytes, clock }: NewRecordFacts): Promise<Found> {
  if (!source) return { byteSize: 0, sha256: '', problem: 'FILE_MISSING' };
  const { byteSize } = source;
  const problem = flawOf(source, maxBytes);
  return problem ? { byteSize, sha256: '', problem } : { byteSize, sha256: await hashOf(source, clock) };
}

/** Names a job whose file could not be hashed: the same file again is the same job. */
const textHash = (text: string) =>
  new Sha256().update(Uint8Array.from(text, (letter) => letter.charCodeAt(0) % 256)).hex();

/**
 * Looks at a file and makes the record of its job, named by call and content: the same recording of the same call is
 * the same job, whoever enqueues it and however often.
 */
export async function newRecord(files: LocalFiles, facts: NewRecordFacts): Promise<UploadRecord> {
  const { target, file, keepsFile, now } = facts;
  const source = await files.open(file);
  try {
    const { byteSize, sha256, problem } = await look(source, facts);
    const call = target.callLogId ?? target.catiCallId;
    return {
      ...NEW_RECORD,
      id: `${call}:${sha256 || textHash(`file ${file.uri}`)}`,
      target,
      file,
      byteSize,
      sha256,
      enqueuedAt: now,
      order: now,
      keepsFile,
      ...(problem && { status: 'failed', problem: uploadProblem(problem), settledAt: now }),
    };
  } finally {
    await source?.close?.();
  }
}
