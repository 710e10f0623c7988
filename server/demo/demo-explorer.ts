import { demoId } from './demo-id.js';
import { DEMO_PASSWORD, DEMO_USERS } from './demo-people.js';

/** What the explorer's examples are filled in with: the admin, and a call that was answered and not recorded. */
export const DEMO_EXAMPLES = {
  email: DEMO_USERS[0]?.email ?? '',
  password: DEMO_PASSWORD,
  callLogId: demoId('call log', 9),
};
