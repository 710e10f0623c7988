import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { errors } from '../../errors.js';
import { TusRefusal } from './tus-protocol.js';

/** Bytes of each digest. */
const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

type Algorithm = keyof typeof DIGEST_BYTES;

export const CHECKSUM_ALGORITHMS = Object.keys(DIGEST_BYTES);

export interface Checksum {
  algorithm: Algorithm;
  digest: Buffer;
}

/** `Upload-Checksum`: an algorithm and the digest of this request's body in Base64; undefined where there is none. */
export function parseChecksum(header: string | undefined): Checksum | undefined {
  if (header === undefined) return undefined;
  const [algorithm = '', value = '', ...more] = header.trim().split(' ');
  if (!isAlgorithm(algorithm))
    throw errors.badInput('Upload-Checksum', `Upload-Checksum goes by ${CHECKSUM_ALGORITHMS.join(', ')}.`);
  const digest = Buffer.from(value, 'base64');
  if (more.length > 0 || digest.length !== DIGEST_BYTES[algorithm])
    throw errors.badInput(
      'Upload-Checksum',
      `Upload-Checksum must be ${algorithm} and its digest in Base64.`,
    );
  return { algorithm, digest };
}

function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(DIGEST_BYTES, name);
}

/** Passes bytes on, and fails at their end when they do not have the digest. */
export class ChecksummedBytes extends Transform {
  private readonly hash;

  constructor(private readonly checksum: Checksum) {
    super();
    this.hash = createHash(checksum.algorithm);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.hash.digest().equals(this.checksum.digest) ? null : mismatch());
  }
}

/** 460 Checksum Mismatch: the protocol's own status. */
function mismatch(): TusRefusal {
  const message = 'The bytes received do not have the checksum given. Send them again.';
  return new TusRefusal(460, 'CHECKSUM_MISMATCH', message);
}
