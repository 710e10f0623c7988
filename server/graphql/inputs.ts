import { validate as isUuid } from 'uuid';
import { errors } from '../errors.js';

/** An id that is no UUID belongs to nothing: it reads as missing, and never reaches the database. */
export function requireId(what: string, id: string): string {
  if (!isUuid(id)) throw errors.notFound(what);
  return id.toLowerCase();
}

/** A text's length in characters, trimmed; undefined for null and for nothing but space. */
export function boundedText(field: string, text: string | null | undefined, max: number): string | undefined {
  const trimmed = text?.trim();
  return trimmed ? wholeText(field, trimmed, max) : undefined;
}

/** A text that is compared as a whole, as it stands; undefined for null. */
export function wholeText(field: string, text: string | null | undefined, max: number): string | undefined {
  if (text == null) return undefined;
  if (text.length > max)
    throw errors.badInput(field, `${field} may have at most ${max} characters.`, { limit: max });
  if (text.includes('\0')) throw errors.badInput(field, `${field} may not contain a NUL character.`);
  return text;
}

export function sha256Hex(field: string, text: string | null | undefined): string | undefined {
  if (text == null) return undefined;
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw errors.badInput(field, `${field} must be a SHA-256 as 64 hexadecimal digits.`);
  return text.toLowerCase();
}
