import { targetWith, withoutSecrets } from './credentials.js';

const credentials = { query: { token: 's ecret', user_id: '7' } };

it.each([
  ['https://h.example/a', '/a?token=s+ecret&user_id=7'],
  ['https://h.example/a?b=%2Fx y', '/a?b=%2Fx%20y&token=s+ecret&user_id=7'],
  ['https://h.example/a?token=own', '/a?token=own&user_id=7'],
])('adds the query’s credentials to %s and leaves the rest as it is', (url, target) => {
  expect(targetWith(new URL(url), credentials)).toBe(target);
});

it('adds nothing without credentials', () => {
  expect(targetWith(new URL('https://h.example/a?b=%2F'), undefined)).toBe('/a?b=%2F');
});

it('takes our own secrets, under any name, out of a redirect’s target', () => {
  const url = new URL('https://evil.example/?t=s%20ecret&keep=1&user=7');
  expect(withoutSecrets(url, credentials).search).toBe('?keep=1');
});

it('does not write a target anew that carries none of them', () => {
  const url = new URL('https://cdn.example/?sig=%2f%20a');
  expect(withoutSecrets(url, credentials).href).toBe('https://cdn.example/?sig=%2f%20a');
});
