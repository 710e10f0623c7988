/** A JSON or form value before anybody has judged it. */
export type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

const MAX_KEYS = 500;
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/g;

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A report's fields, found under any of their names. Names are compared without case, spaces and punctuation, so that
 * `Dial Whom Number`, `dial_whom_number` and `DialWhomNumber` are one.
 */
export class Fields {
  readonly #values = new Map<string, Json>();

  constructor(readonly source: JsonObject) {
    for (const [key, value] of Object.entries(source).slice(0, MAX_KEYS)) {
      const name = canonicalName(key);
      if (!this.#values.has(name)) this.#values.set(name, value);
    }
  }

  /** The first alias that has a value; null and empty text count as none. */
  value(aliases: readonly string[]): Json {
    for (const alias of aliases) {
      const value = this.#values.get(canonicalName(alias));
      if (value !== undefined && value !== null && value !== '') return value;
    }
    return undefined;
  }

  /** Text or a number as text, trimmed, without control characters; what is longer than the bound counts as none. */
  text(aliases: readonly string[], maxCharacters: number): string | undefined {
    return toText(this.value(aliases), maxCharacters);
  }

  /** A list, also one that is JSON inside a string. Anything else is an empty list. */
  list(aliases: readonly string[], maxItems: number): readonly Json[] {
    const value = unwrapJson(this.value(aliases));
    return Array.isArray(value) ? (value as Json[]).slice(0, maxItems) : [];
  }

  /** An object, also one that is JSON inside a string. */
  object(aliases: readonly string[]): Fields {
    const value = unwrapJson(this.value(aliases));
    return new Fields(isObject(value) ? value : {});
  }
}

export function toText(value: Json, maxCharacters: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).replace(CONTROL_CHARACTERS, '').trim();
  return text === '' || text.length > maxCharacters ? undefined : text;
}

/** Digits, maybe after a +; the spaces, brackets and dashes that people write are dropped. */
export function toPhoneNumber(value: Json): string | undefined {
  const digits = toText(value, 60)?.replace(/[\s().-]/g, '');
  return digits !== undefined && /^\+?\d{3,19}$/.test(digits) ? digits : undefined;
}

/** What a string holds if it is JSON of an object or a list; else the value itself. */
export function unwrapJson(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function canonicalName(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
