/** What people read on the list of leads. */
export const TEXT = {
  title: 'Leads',
  search: 'Search a name, phone or e-mail',
  status: 'Status',
  owner: 'Owner',
  ownerAny: 'Any owner',
  recorded: 'With a recording',
  empty: 'No lead fits. Take a filter away to see more.',
  name: 'Name',
  phone: 'Phone',
  city: 'City',
  calls: 'Calls',
  lastContact: 'Last contact',
} as const;
