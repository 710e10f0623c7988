/**
 * What both pages share, run in the browser: where the API is, and signing in by itself where the page was given
 * somebody to sign in as. Sets `explorer`.
 */
export const SESSION_SCRIPT = `'use strict';
globalThis.explorer = (() => {
  const settings = JSON.parse(document.getElementById('settings').textContent);
  const endpoint = new URL('/graphql', location.href).href;
  const socket = endpoint.replace(/^http/, 'ws');

  async function ask(request, headers) {
    const response = await fetch(endpoint, {
      method: 'POST',
      credentials: 'omit',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(request),
    });
    return response.json();
  }

  async function signIn() {
    if (!settings.signIn) return undefined;
    const answer = await ask(settings.signIn).catch(() => undefined);
    const token = answer?.data?.signIn?.accessToken;
    return token && 'Bearer ' + token;
  }

  return { settings, endpoint, socket, ask, signIn };
})();
`;
