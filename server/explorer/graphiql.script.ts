/**
 * Run in the browser: starts GraphiQL with a fetcher of our own, because its own sends no headers over the socket.
 * Headers go with a request, and as the connection_init of a subscription. Where they name no Authorization, the
 * token of the latest signIn is used. The token is shown in the headers, and never stored.
 */
export const GRAPHIQL_SCRIPT = `'use strict';
(async () => {
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

  function isSubscription(document, name) {
    const operations = (document?.definitions ?? []).filter(({ kind }) => kind === 'OperationDefinition');
    const chosen = operations.find((operation) => operation.name?.value === name) ?? operations[0];
    return chosen?.operation === 'subscription';
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

  async function send(request, headers) {
    const answer = await ask(request, headers);
    const token = answer.data?.signIn?.accessToken;
    if (token) authorization = 'Bearer ' + token;
    return answer;
  }

  const shown = (headers) =>
    headers || (authorization ? JSON.stringify({ Authorization: authorization }, null, 2) : headers);

  // Tabs are kept without their headers: they come back with this visit's token.
  const storage = {
    get length() { return localStorage.length; },
    clear: () => localStorage.clear(),
    removeItem: (key) => localStorage.removeItem(key),
    setItem: (key, value) => localStorage.setItem(key, value),
    getItem(key) {
      const text = localStorage.getItem(key);
      if (!text || !key.endsWith(':tabState')) return text;
      const { tabs, ...state } = JSON.parse(text);
      return JSON.stringify({ ...state, tabs: tabs.map((tab) => ({ ...tab, headers: shown(tab.headers) ?? null })) });
    },
  };

  globalThis.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
    title: 'Earshot',
    logo: '',
    storage,
    shouldPersistHeaders: false,
    defaultHeaders: shown(undefined),
    defaultTabs: settings.tabs.map((tab) => ({ ...tab, headers: shown(undefined) })),
    // Instead of the document in the page's address.
    onEditQuery: () => undefined,
    fetcher: (request, { headers, documentAST } = {}) =>
      isSubscription(documentAST, request.operationName)
        ? watch(request, signed(headers))
        : send(request, signed(headers)),
  });
})();
`;
