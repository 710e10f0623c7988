import { EarshotClient } from '@earshot/sdk';

/** The one client of the page; the session gives it its token. */
export const client = new EarshotClient({
  url: `${location.origin}/graphql`,
  clientName: 'earshot-console',
});
