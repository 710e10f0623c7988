import { clockTime, daysUntil } from '@earshot/sdk/react';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export const NONE = '–';

/** ISO 8601 in the reader's own zone. */
export function formatTime(at: string | null | undefined): string {
  return at == null ? NONE : dateTime.format(new Date(at));
}

export const formatNumber = (value: number): string => whole.format(value);

export const formatRate = (value: number): string => oneDigit.format(value);

/** Decimal units, as storage is priced. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes == null) return NONE;
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${oneDigit.format(bytes / 1000 ** power)} ${UNITS[power]}`;
}

export function formatMoney(money: { readonly amount: number; readonly currency: string } | null): string {
  return money === null ? NONE : `${money.amount.toFixed(2)} ${money.currency}`;
}

export function formatDuration(seconds: number | null | undefined): string {
  return seconds == null ? NONE : clockTime(seconds);
}

/** `2 hours 3 minutes`, `1 minute 5 seconds`: as a screen reader says it. */
export function spokenTime(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(total / 3600), 'hour'],
    [Math.floor(total / 60) % 60, 'minute'],
    [total % 60, 'second'],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => plural(count, unit));
  return said.length > 0 ? said.join(' ') : '0 seconds';
}

export function plural(count: number, noun: string): string {
  return `${whole.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function formatDaysLeft(at: string | null | undefined): string {
  if (at == null) return NONE;
  const days = daysUntil(at, Date.now());
  return days < 0 ? 'past' : plural(days, 'day');
}
