import type { TestApp } from '../../support/test-app.js';
import type { Person } from './console-steps.js';

/** Somebody of the demo data. */
export async function demoPerson(app: TestApp, email: string): Promise<Person> {
  const [person] = await app.database.query<Person>(
    'select id, name, email, role from users where email = $1',
    [email],
  );
  if (!person) throw new Error(`There is no ${email}.`);
  return person;
}
