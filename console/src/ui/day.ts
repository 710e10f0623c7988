/** The beginning of a day, `YYYY-MM-DD`, in the reader's own zone, as the API takes it; nothing where none is chosen. */
export function momentOf(day: string | undefined): string | undefined {
  return day ? new Date(`${day}T00:00`).toISOString() : undefined;
}
