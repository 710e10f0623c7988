import { operationOf } from './document.js';

describe('operationOf', () => {
  it.each([
    ['query Leads($first:Int){leads{id}}', { kind: 'query', name: 'Leads' }],
    ['mutation SignIn { signIn { id } }', { kind: 'mutation', name: 'SignIn' }],
    ['\n  subscription Progress {a}', { kind: 'subscription', name: 'Progress' }],
    ['fragment A on B{query}query Behind_1{a{...A}}', { kind: 'query', name: 'Behind_1' }],
  ])('reads %j', (document, expected) => {
    expect(operationOf(document)).toEqual(expected);
  });

  it.each(['{ me { id } }', 'query { me { id } }', '', 'myquery Leads { a }'])(
    'refuses %j, which has no name',
    (document) => {
      expect(() => operationOf(document)).toThrow(TypeError);
    },
  );
});
