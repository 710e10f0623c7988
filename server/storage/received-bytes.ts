/**
 * Bytes that a request brought and that belong to nobody once they are stored. Each 64 KiB of them is memory outside of
 * V8's heap; left to its garbage collector, every 30 MiB or so cost a full collection of the whole heap.
 */
const received = new WeakSet<ArrayBufferLike>();

/** Says that whoever stores these bytes, or the last of them, may give their memory back. Only for what nobody else reads. */
export function markReceived<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  received.add(bytes.buffer);
  return bytes;
}

/** Gives back the memory of what was received, part after part, as it has been dealt with. */
export class ReceivedBytes {
  private last: Uint8Array | undefined;

  /** Parts of one buffer follow each other: with the first part of another one, all of the former is done. */
  done(part: Uint8Array): void {
    if (this.last && this.last.buffer !== part.buffer) giveBack(this.last);
    this.last = part;
  }

  /** There is no further part. */
  end(): void {
    if (this.last) giveBack(this.last);
  }
}

function giveBack({ buffer }: Uint8Array): void {
  if (received.has(buffer) && 'transfer' in buffer) buffer.transfer(0);
}
