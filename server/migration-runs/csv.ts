/** What a spreadsheet would take for a formula, or trim to one (OWASP, CSV Injection). */
const FORMULA = /^[\s]*[=+\-@]|^[\t\r\n]/;

/** One record of RFC 4180: quoted where it must be, ended by CRLF. Text that begins a formula gets a `'` in front. */
export function csvRecord(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
