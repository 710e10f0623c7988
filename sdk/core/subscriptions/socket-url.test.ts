import { socketUrl } from './socket-url.js';

describe('socketUrl', () => {
  it.each([
    ['http://localhost:4000/graphql', undefined, 'ws://localhost:4000/graphql'],
    ['https://calls.example.com/graphql', undefined, 'wss://calls.example.com/graphql'],
    ['HTTPS://calls.example.com/graphql', undefined, 'wsS://calls.example.com/graphql'],
    ['/graphql', 'https://calls.example.com/console/?q=1#top', 'wss://calls.example.com/graphql'],
    ['/graphql', 'http://localhost:5173', 'ws://localhost:5173/graphql'],
    ['/graphql', undefined, undefined],
    ['/graphql', 'file:///index.html', undefined],
    ['//calls.example.com/graphql', 'https://a.example.com', undefined],
    ['', undefined, undefined],
  ])('%s on %s is at %s', (url, page, expected) => {
    expect(socketUrl(url, page)).toBe(expected);
  });
});
