import type { Readable } from 'node:stream';

export interface Prefix {
  readonly bytes: Buffer;
  /** The body has ended; otherwise it is still readable, behind `bytes`. */
  readonly whole: boolean;
}

/** Reads a body until it ends or has passed `maxBytes`. */
export async function readPrefix(body: Readable, maxBytes: number): Promise<Prefix> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > maxBytes) return { bytes: Buffer.concat(chunks), whole: false };
  }
  return { bytes: Buffer.concat(chunks), whole: true };
}

/** Undefined for what is not JSON. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
