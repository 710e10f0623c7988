import { toText, type Json } from './fields.js';

/** India has one zone and no summer time. */
const IST_OFFSET_MINUTES = 330;
const MAX_CALL_SECONDS = 86_400;
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,6})?$/;
const ZONED = /(?:Z|GMT|UTC|[+-]\d{2}:?\d{2})$/i;

/**
 * A provider's time. `YYYY-MM-DD HH:MM:SS` names no zone and means Indian Standard Time; a time with a zone (ISO 8601,
 * RFC 2822) and the epoch in seconds or milliseconds are taken at their word. "0", the zero date, null and dates that no
 * calendar has mean none.
 */
export function toTime(value: Json): Date | undefined {
  const text = toText(value, 60);
  if (text === undefined) return undefined;
  const milliseconds = /^\d{10}$|^\d{13}$/.test(text)
    ? Number(text.padEnd(13, '0'))
    : (localTime(text) ?? (ZONED.test(text) ? Date.parse(text) : Number.NaN));
  return milliseconds >= EARLIEST && milliseconds < LATEST ? new Date(milliseconds) : undefined;
}

function localTime(text: string): number | undefined {
  const parts = LOCAL.exec(text)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC rolls the 30th of February over to March, and hour 24 to the next day.
  const real = utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day && minute < 60 && second < 60;
  return real ? utc.getTime() - IST_OFFSET_MINUTES * 60_000 : Number.NaN;
}

/** Whole seconds from a number, a numeric text or `HH:MM:SS`; undefined for anything else and for negative ones. */
export function toSeconds(value: Json): number | undefined {
  const text = toText(value, 20);
  if (text === undefined) return undefined;
  const clock = /^(\d{1,3}):(\d{2}):(\d{2})$/.exec(text);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
  return /^\d{1,9}(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : undefined;
}

export interface CallTimes {
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly talkSeconds: number | undefined;
}

/** Makes contradictory facts agree: an end before the start is dropped, the talk is no longer than the call or a day. */
export function agree(times: CallTimes): CallTimes {
  const { startedAt } = times;
  const endedAt = startedAt && times.endedAt && times.endedAt < startedAt ? undefined : times.endedAt;
  const elapsed = startedAt && endedAt ? (endedAt.getTime() - startedAt.getTime()) / 1000 : MAX_CALL_SECONDS;
  const talkSeconds =
    times.talkSeconds === undefined
      ? undefined
      : Math.min(times.talkSeconds, Math.floor(elapsed), MAX_CALL_SECONDS);
  return { startedAt, endedAt, talkSeconds };
}
