import { buildSchema, parse, subscribe } from 'graphql';
import type { Role } from './user.entity.js';
import { guardRootFields } from './root-guard.js';
import type { Viewer } from './viewer.js';

interface Asking {
  viewerOrNobody: Viewer | undefined;
}

it.each([
  ['type Query { me: ID unheardOf: ID }', 'Query.unheardOf'],
  ['type Query { me: ID } type Mutation { dropAll: ID }', 'Mutation.dropAll'],
  ['type Query { me: ID } type Subscription { everything: ID }', 'Subscription.everything'],
])('refuses a schema with a root field that has no rule: %s', (sdl, name) => {
  expect(() => guardRootFields(buildSchema(sdl))).toThrow(`${name} has no rule in the policy`);
});

it('looks at the roots, not at what lies below them', () => {
  const schema = buildSchema('type Query { me: User } type User { anything: ID }');
  expect(() => guardRootFields(schema)).not.toThrow();
});

it('refuses a subscription before it begins', async () => {
  const schema = buildSchema(`
    schema { query: Query subscription: Mutation }
    type Query { me: ID }
    "Under the name of a type that has rules."
    type Mutation { logCall: ID }
  `);
  const begun: string[] = [];
  const field = schema.getSubscriptionType()?.getFields()['logCall'];
  if (!field) throw new Error('no field');
  field.subscribe = async function* (_root, _args, { viewerOrNobody }: Asking) {
    begun.push(viewerOrNobody?.role ?? 'nobody');
    yield await Promise.resolve({ logCall: '1' });
  };
  guardRootFields(schema);
  const ask = async (role?: Role) => {
    const contextValue: Asking = { viewerOrNobody: role && { id: '1', role, expiresAt: new Date() } };
    const result = await subscribe({ schema, document: parse('subscription { logCall }'), contextValue });
    if ('next' in result) await result.next();
    return result;
  };
  expect(await ask()).toMatchObject({ errors: [{ originalError: { code: 'UNAUTHENTICATED' } }] });
  expect(await ask('MANAGER')).toMatchObject({ errors: [{ originalError: { code: 'FORBIDDEN' } }] });
  expect(await ask('ADMIN')).toHaveProperty('next');
  expect(begun).toEqual(['ADMIN']);
});
