/** Files that are plainly no audio, told by beginnings that no audio format shares. */
const MAGIC: readonly Buffer[] = [
  '%PDF',
  '\x89PNG',
  '\xff\xd8\xff\xe0',
  '\xff\xd8\xff\xe1',
  'GIF8',
  'PK\x03\x04',
  'PK\x05\x06',
  '\x1f\x8b\x08',
  '\x7fELF',
].map((text) => Buffer.from(text, 'latin1'));

/** A page, XML or JSON, behind space and a byte order mark: what a portal or an error answers in the place of a file. */
const MARKUP = /^(?:\xef\xbb\xbf)?\s*(?:<[!?a-z]|[[{]\s*["{[\]}])/i;

/** Whether so few bytes tell already that a file is no audio; false where they tell nothing. */
export function isForeign(head: Buffer): boolean {
  return (
    MAGIC.some((magic) => head.subarray(0, magic.length).equals(magic)) ||
    MARKUP.test(head.subarray(0, 64).toString('latin1'))
  );
}
