import { parseArgs } from 'node:util';
import { newPassword, type UserAdmin, type UserFacts } from '../auth/user-admin.js';
import { ROLES, type Role } from '../auth/user.entity.js';
import { StartupError } from '../startup-error.js';

export const USERS_USAGE = `npm run users -- list
npm run users -- add EMAIL --name NAME --role ROLE [--no-password]
    Prints the password that was made, once. --no-password: signs in with the identity provider only.
npm run users -- set EMAIL [--name NAME] [--role ROLE] [--inactive | --active] [--new-password]
    An inactive user is refused; nothing of theirs is deleted.
ROLE: ${ROLES.join(', ')}`;

/** The command line itself is wrong. */
export class UsageError extends Error {}

/** Lists, adds or changes users; answers what to print. @throws UsageError, StartupError */
export async function usersCommand(args: readonly string[], users: UserAdmin): Promise<string> {
  const { values, positionals } = parsed(args);
  const [command, email, ...rest] = positionals;
  if (command === 'list' && email === undefined) return table(await users.list());
  if ((command !== 'add' && command !== 'set') || email === undefined || rest.length > 0)
    throw new UsageError('Say what to do: list, add or set.');
  const role = roleOf(values.role);
  return command === 'add'
    ? add(users, addressOf(email), values, role)
    : set(users, addressOf(email), values, role);
}

type Values = ReturnType<typeof parsed>['values'];

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        role: { type: 'string' },
        'no-password': { type: 'boolean' },
        'new-password': { type: 'boolean' },
        active: { type: 'boolean' },
        inactive: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'These options are not known.');
  }
}

async function add(users: UserAdmin, email: string, values: Values, role: Role | undefined): Promise<string> {
  const name = nameOf(values.name);
  if (name === undefined || role === undefined) throw new UsageError('A new user needs --name and --role.');
  const password = values['no-password'] ? undefined : newPassword();
  if (!(await users.add({ name, email, role }, password)))
    throw new StartupError(`${email} is there already.`);
  return password === undefined ? `Added ${email}.` : `Added ${email}. Password: ${password}`;
}

async function set(users: UserAdmin, email: string, values: Values, role: Role | undefined): Promise<string> {
  const { active: isActive, inactive, name } = values;
  if (isActive && inactive) throw new UsageError('--active and --inactive exclude each other.');
  const active = isActive ? true : inactive ? false : undefined;
  const password = values['new-password'] ? newPassword() : undefined;
  if (!(await users.change(email, { name: nameOf(name), role, active, password })))
    throw new StartupError(`There is no user ${email}.`);
  return password === undefined ? `Changed ${email}.` : `Changed ${email}. Password: ${password}`;
}

function addressOf(email: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 320)
    throw new UsageError(`${email} is no e-mail address.`);
  return email.toLowerCase();
}

function nameOf(name: string | undefined): string | undefined {
  if (name !== undefined && (name.trim() === '' || name.length > 200))
    throw new UsageError('--name takes 1 to 200 characters.');
  return name?.trim();
}

function roleOf(role: string | undefined): Role | undefined {
  if (role === undefined) return undefined;
  const found = ROLES.find((one) => one === role.toUpperCase());
  if (!found) throw new UsageError(`--role is one of ${ROLES.join(', ')}.`);
  return found;
}

function table(users: readonly UserFacts[]): string {
  if (users.length === 0) return 'There are no users.';
  return users
    .map(({ email, name, role, active, hasPassword }) =>
      [
        email,
        name,
        role,
        active ? 'active' : 'inactive',
        hasPassword ? 'password' : 'identity provider',
      ].join('\t'),
    )
    .join('\n');
}
