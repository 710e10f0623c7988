/** A name from user data may be long; a header may not. */
const MAX_FILENAME_CHARACTERS = 200;

/**
 * A Content-Disposition value (RFC 6266): a plain name that every client reads, and `filename*` (RFC 8187) where the
 * plain one had to lose something. Path separators and marks that turn text around become `_`.
 * @throws for a name that is empty, too long, or has a control character such as CR or LF: a defect of the caller
 */
export function contentDisposition(kind: 'inline' | 'attachment', filename: string): string {
  if (filename === '' || filename.length > MAX_FILENAME_CHARACTERS) {
    throw new Error(`a filename has 1 to ${MAX_FILENAME_CHARACTERS} characters`);
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(filename)) throw new Error('a filename has no control character');
  const name = filename.toWellFormed().replace(/[/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '_');
  // Quotes and percent signs are legal in a quoted-string, but clients differ in how they undo them.
  const plain = name.replace(/[^\x20-\x7e]|["%]/gu, '_');
  const value = `${kind}; filename="${plain}"`;
  return plain === name ? value : `${value}; filename*=UTF-8''${encodeExtValue(name)}`;
}

/** encodeURIComponent leaves four characters that are no attr-char (RFC 8187 section 3.2.1). */
function encodeExtValue(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
