/** What people read on the list of CATI calls. */
export const TEXT = {
  title: 'CATI calls',
  search: 'Search a call id or number',
  storage: 'Storage',
  flags: 'Flags',
  status: 'Call status',
  reason: 'Reason',
  campaign: 'Campaign',
  interviewer: 'Interviewer',
  expires: 'Expires within',
  expiresAny: 'Any expiry',
  order: 'Order',
  newest: 'Newest first',
  expiring: 'Expiring first',
  empty: 'No call fits. Take a filter away to see more.',
  call: 'Call',
  number: 'Respondent',
  duration: 'Duration',
  daysLeft: 'Days to expiry',
  review: 'Review',
} as const;

/** Days until the provider deletes a recording. */
export const EXPIRY_CHOICES = [3, 7, 14, 30] as const;
