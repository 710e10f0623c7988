/** Local times `HH:MM` in an IANA zone; from `from` (included) to `to` (not included), over midnight where `to` is earlier. */
export interface QuietHours {
  from: string;
  to: string;
  timeZone: string;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

export function isTimeOfDay(text: string): boolean {
  return TIME.test(text);
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Whether nothing may be copied at this time. Follows the zone's own clock, summer time included. */
export function isQuiet(now: Date, { from, to, timeZone }: QuietHours): boolean {
  const time = timeOfDay(now, timeZone);
  return from < to ? from <= time && time < to : from <= time || time < to;
}

/** `HH:MM`, which compares as text. */
function timeOfDay(now: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(now);
}
