import { corsOptions } from './cors.js';

it.each<[string, 'localhost' | readonly string[], unknown]>([
  ['none', [], []],
  ['one', ['https://app.example.com'], ['https://app.example.com']],
  ['any', ['*'], '*'],
  ['any, beside one', ['https://app.example.com', '*'], '*'],
])('%s', (_name, origins, expected) => {
  expect(corsOptions(origins)).toMatchObject({ origin: expected, credentials: false });
});
