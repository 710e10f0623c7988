/**
 * Run in the browser: loads Apollo's script and starts it, or says where to go when it cannot be had. With
 * `allowDynamicStyles` off the script writes no inline style. A subscription's headers become its connection_init.
 */
export const SANDBOX_SCRIPT = `'use strict';
(async () => {
  const { settings, endpoint, socket, signIn } = globalThis.explorer;
  const fallback = document.getElementById('fallback');
  const late = setTimeout(() => { fallback.hidden = false; }, 10000);

  const script = document.createElement('script');
  script.src = settings.script;
  const loaded = new Promise((resolve, reject) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', reject);
  });
  document.head.append(script);
  try {
    const [authorization] = await Promise.all([signIn(), loaded]);
    new globalThis.EmbeddedSandbox({
      target: '#sandbox',
      initialEndpoint: endpoint,
      initialSubscriptionEndpoint: socket,
      endpointIsEditable: false,
      hideCookieToggle: true,
      runTelemetry: false,
      allowDynamicStyles: false,
      initialState: {
        document: settings.document,
        variables: settings.variables,
        includeCookies: false,
        pollForSchemaUpdates: false,
        ...(authorization && { headers: { Authorization: authorization } }),
      },
    });
    fallback.hidden = true;
  } catch {
    fallback.hidden = false;
  } finally {
    clearTimeout(late);
  }
})();
`;

export const SANDBOX_STYLE = `html, body, #sandbox { height: 100%; margin: 0; }
#sandbox iframe { width: 100%; height: 100%; border: 0; }
#fallback { margin: 0; padding: 3rem 1rem; font: 1.125rem/1.5 system-ui, sans-serif; text-align: center; }
`;
