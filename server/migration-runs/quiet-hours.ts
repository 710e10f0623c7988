import type { RunRow } from './run-row.js';

/** Local times `HH:MM` in an IANA zone; from `from` (included) to `to` (not included), over midnight where `to` is earlier. */
export interface QuietHours {
  from: string;
  to: string;
  timeZone: string;
}

const DAY_SECONDS = 86_400;
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

/** Those of a run, where it has any. */
export function quietHoursOf(
  run: Pick<RunRow, 'quiet_from' | 'quiet_to' | 'quiet_zone'>,
): QuietHours | undefined {
  const { quiet_from: from, quiet_to: to, quiet_zone: timeZone } = run;
  return from === null || to === null || timeZone === null ? undefined : { from, to, timeZone };
}

/** Seconds until so many seconds of work are done that rests in quiet hours. Every day is taken to have 24 hours. */
export function secondsUntilDone(work: number, now: Date, hours: QuietHours | undefined): number {
  if (!hours || work === 0) return work;
  const [from, to] = [secondsOf(hours.from), secondsOf(hours.to)];
  const quiet = (to - from + DAY_SECONDS) % DAY_SECONDS;
  const awake = DAY_SECONDS - quiet;
  // Days that begin when the quiet hours end.
  const time = (secondsOf(timeOfDay(now, hours.timeZone)) - to + DAY_SECONDS) % DAY_SECONDS;
  const wait = time < awake ? 0 : DAY_SECONDS - time;
  const done = time < awake ? time : 0;
  // As if all that is done by now belonged to it: so many nights lie before the end.
  const nights = Math.ceil((done + work) / awake) - 1;
  return wait + work + nights * quiet;
}

function secondsOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 3600 + minutes * 60;
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
