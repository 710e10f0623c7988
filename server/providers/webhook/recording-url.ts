import { toText, type Json } from './fields.js';

const MAX_URL_CHARACTERS = 2048;

/** An absolute http or https URL as it was sent; undefined for anything else. Whether it may be fetched is judged then. */
export function absoluteUrl(value: Json): string | undefined {
  const text = toText(value, MAX_URL_CHARACTERS);
  return text !== undefined && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}

/** A path that a provider names relative to its own host: plain segments only, none of them dots. */
export function plainPath(value: Json): string | undefined {
  const text = toText(value, 500);
  if (text === undefined || !/^\/?[\w.%+@-]+(?:\/[\w.%+@-]+)*$/.test(text)) return undefined;
  const dots = text.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  return dots || /%(?:2f|5c|00)/i.test(text) ? undefined : text.replace(/^\/?/, '/');
}
