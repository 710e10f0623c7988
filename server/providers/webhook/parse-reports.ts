import type { CallEvent, IgnoredReason, ParsedWebhook } from '../provider.js';
import type { Reports } from './body.js';
import type { JsonObject } from './fields.js';

/** @param read undefined for a report that names no call. */
export function parseReports(
  { reports, ignored }: Reports,
  read: (report: JsonObject) => CallEvent | undefined,
): ParsedWebhook {
  const events = reports.flatMap((report) => read(report) ?? []);
  const nameless = Array.from({ length: reports.length - events.length }, (): IgnoredReason => 'NO_CALL_ID');
  return { events, ignored: [...ignored, ...nameless] };
}
