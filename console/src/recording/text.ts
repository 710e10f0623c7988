/** What people read about a recording that is not there, or not yet. */
export const TEXT = {
  attempts: 'Tries so far',
  next: 'Next try',
  until: 'The provider keeps it until about',
  overdue: 'The provider has probably deleted it; it is tried all the same.',
  final: 'It will not be tried again by itself.',
  retry: 'Try again now',
  retried: 'It is tried again now.',
} as const;
