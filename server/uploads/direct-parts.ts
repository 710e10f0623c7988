import { EarshotError, errors } from '../errors.js';
import { MAX_PARTS, partSize, type UploadedPart } from '../storage/direct-transfer.js';

/** A part as a client names it when it finalizes. */
export interface ClaimedPart {
  number: number;
  etag: string;
}

/** How a file is cut into parts. */
export function partsOf(byteSize: number): { count: number; byteSizeOf: (number: number) => number } {
  const size = partSize(byteSize);
  const count = Math.ceil(byteSize / size);
  return { count, byteSizeOf: (number) => (number < count ? size : byteSize - size * (count - 1)) };
}

/** Throws UPLOAD_INCOMPLETE, with where the first part that is missing or has another length begins. */
export function assertWhole(stored: readonly UploadedPart[], byteSize: number): void {
  const { count, byteSizeOf } = partsOf(byteSize);
  const sizes = new Map(stored.map((part) => [part.number, part.byteSize]));
  for (let number = 1; number <= count; number++) {
    const found = sizes.get(number);
    if (found === byteSizeOf(number)) continue;
    const what =
      found === undefined ? 'is not in the store' : `has ${found} bytes, not ${byteSizeOf(number)}`;
    throw partsRefused(
      `Part ${number} of ${count} ${what}. Send it, and finalize again.`,
      (number - 1) * partSize(byteSize),
    );
  }
}

/** Throws BAD_USER_INPUT unless what the client says it sent is what the store has. */
export function assertClaimed(
  claimed: readonly ClaimedPart[],
  stored: readonly UploadedPart[],
  byteSize: number,
): void {
  const { count } = partsOf(byteSize);
  if (claimed.length > MAX_PARTS) throw badParts(`An upload has at most ${MAX_PARTS} parts.`);
  const etags = new Map(stored.map((part) => [part.number, plain(part.etag)]));
  const named = new Set<number>();
  for (const { number, etag } of claimed) {
    if (named.has(number)) throw badParts(`Part ${number} is named twice.`);
    named.add(number);
    if (etags.get(number) !== plain(etag))
      throw badParts(
        `The store has no part ${number} with this ETag. Ask for uploadedParts, and send it again.`,
      );
  }
  if (named.size !== count) throw badParts(`This upload has ${count} parts: name all of them, or none.`);
}

/** Nothing is lost: the upload stays open for what is missing. */
export const partsRefused = (message: string, expectedOffset = 0): EarshotError =>
  new EarshotError('UPLOAD_INCOMPLETE', message, { expectedOffset });

const badParts = (message: string): EarshotError => errors.badInput('parts', message);

/** HTTP clients hand ETags over with their quotes or without. */
const plain = (etag: string): string => etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
