import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';

const FIXTURE = new URL('../../fixtures/call.mp3', import.meta.url);

/** An ID3v1 tag: players pass over it, and it makes each call's bytes unlike any other's. */
const TAG_BYTES = 128;

/** One shared recording with a tag of the call at its end: thousands of different files from one buffer. */
export class FakeAudio {
  constructor(private readonly base: Buffer = readFileSync(FIXTURE)) {}

  get byteSize(): number {
    return this.base.length + TAG_BYTES;
  }

  bytesOf(callId: string): Buffer {
    return Buffer.concat([this.base, tagOf(callId)]);
  }

  /** Writes bytes first…last (inclusive) without joining them; false: stop until the response drains. */
  write(response: ServerResponse, callId: string, first: number, last: number): boolean {
    const inBase = this.base.subarray(first, last + 1);
    const tagFirst = Math.max(0, first - this.base.length);
    const inTag = tagOf(callId).subarray(tagFirst, Math.max(0, last + 1 - this.base.length));
    if (inBase.length > 0) response.write(inBase);
    return inTag.length > 0 ? response.write(inTag) : true;
  }
}

function tagOf(callId: string): Buffer {
  const tag = Buffer.alloc(TAG_BYTES);
  tag.write(`TAG${callId.slice(-30)}`, 0, 'latin1');
  tag.write(callId.slice(0, 60), 33, 'latin1');
  return tag;
}
