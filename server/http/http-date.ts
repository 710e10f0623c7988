const IMF_FIXDATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC850 = /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} (\d{2}| \d) \d{2}:\d{2}:\d{2} \d{4}$/;

/** An HTTP-date in any of its three forms (RFC 9110 section 5.6.7) as epoch seconds; undefined for anything else. */
export function parseHttpDate(value: string): number | undefined {
  let text: string | undefined;
  if (IMF_FIXDATE.test(value) || RFC850.test(value)) text = value;
  else if (ASCTIME.test(value)) text = `${value} GMT`;
  if (text === undefined) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** Epoch seconds, as coarse as an HTTP-date is. */
export function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
