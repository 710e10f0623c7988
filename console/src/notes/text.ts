/** What people read about notes. */
export const TEXT = {
  title: 'Notes',
  none: 'No note yet.',
  at: 'Note at',
  save: 'Save the note',
  cancel: 'Cancel',
  remove: 'Delete the note at',
} as const;
