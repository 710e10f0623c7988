/**
 * Run in the browser: starts GraphiQL with a fetcher of our own, because its own sends no headers over the socket.
 * Headers go with a request, and as the connection_init of a subscription. Where they name no Authorization, the
 * token of the latest signIn is used. Tabs are kept in the browser, without their headers: tokens are never stored.
 */
export const GRAPHIQL_SCRIPT = String.raw`'use strict';
(async () => {
  const KEPT = 'earshot.explorer.tabs';
  const { settings, socket, ask, signIn } = globalThis.explorer;
  let authorization = await signIn();

  const workers = { editorWorkerService: 'editor', json: 'json', graphql: 'graphql' };
  globalThis.MonacoEnvironment = {
    globalAPI: false,
    getWorkerUrl: (_id, label) => '/explorer/' + workers[label] + '.worker.js',
  };

  const signed = (headers = {}) =>
    authorization && !Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
      ? { ...headers, Authorization: authorization }
      : headers;

  // What is at the top of a document: without texts and comments, all brackets are emptied from within.
  function operationsOf(query) {
    let text = query.replace(/\"{3}[^]*?\"{3}|"(?:\\.|[^"\\])*"|#.*/g, ' ');
    for (let before = ''; before !== text; ) {
      before = text;
      text = text.replace(/\{[^{}]*\}|\([^()]*\)/g, ' ');
    }
    return [...text.matchAll(/\b(query|mutation|subscription)\b\s*(\w+)?/g)].map(([, kind, name]) => ({ kind, name }));
  }

  // GraphiQL looks at a document a moment after a change of tabs: until then it names the other tab's operation.
  function fetcher({ query, variables, operationName }, { headers: given } = {}) {
    const operations = operationsOf(query);
    const { kind, name } = operations.find(({ name }) => name === operationName) ?? operations[0] ?? {};
    const request = { query, variables, operationName: name };
    return kind === 'subscription' ? watch(request, signed(given)) : send(request, signed(given));
  }

  function fault(reason) {
    if (reason instanceof Error) return reason;
    if (Array.isArray(reason)) return new Error(reason.map(({ message }) => message).join(' '));
    return new Error('The connection was closed: ' + reason.code + ' ' + reason.reason);
  }

  function watch(request, connectionParams) {
    const client = globalThis.graphqlWs.createClient({ url: socket, connectionParams, retryAttempts: 0 });
    const events = client.iterate(request);
    return {
      next: () => events.next().catch((reason) => { throw fault(reason); }),
      return: () => events.return(),
      [Symbol.asyncIterator]() { return this; },
    };
  }

  // GraphiQL's own storage would keep headers, and bring tabs back without them.
  function memory() {
    const items = new Map();
    return {
      get length() { return items.size; },
      clear: () => items.clear(),
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    };
  }

  function keepTabs({ tabs }) {
    localStorage.setItem(KEPT, JSON.stringify(tabs.map(({ query, variables }) => ({ query, variables }))));
  }

  function keptTabs() {
    try {
      const tabs = JSON.parse(localStorage.getItem(KEPT));
      return Array.isArray(tabs) && tabs.length > 0 ? tabs : undefined;
    } catch {
      return undefined;
    }
  }

  async function send(request, headers) {
    const answer = await ask(request, headers);
    const token = answer.data?.signIn?.accessToken;
    if (token) authorization = 'Bearer ' + token;
    return answer;
  }

  const headers = authorization && JSON.stringify({ Authorization: authorization }, null, 2);
  const tabs = (keptTabs() ?? settings.tabs).map((tab) => ({ ...tab, headers }));

  globalThis.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
    title: 'Earshot',
    logo: '',
    storage: memory(),
    shouldPersistHeaders: false,
    defaultHeaders: headers,
    defaultTabs: tabs,
    // Of the first tab, as GraphiQL takes them from nowhere else.
    variables: tabs[0].variables,
    // Instead of writing the document into the page's address.
    onEditQuery: () => undefined,
    onTabChange: keepTabs,
    fetcher,
  });
})();
`;

/**
 * GraphiQL moves a tab that has the focus, by an offset that is wrong until it is dragged: under the pointer that
 * presses it, so that the first click on it is lost.
 */
export const GRAPHIQL_STYLE = `
.graphiql-tab { transform: none !important; }
`;
