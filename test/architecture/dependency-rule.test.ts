import { importsOf, kindOf, partOf, told, type Import } from './imports.js';

/**
 * The dependency rule of server/README.md, whole: which part of the server may know which. What a part is not allowed
 * here it does not import, and what it is allowed it does.
 */
const BASICS = ['errors', 'error-code', 'logger', 'startup-error', 'in-time'];
const INFRASTRUCTURE: Record<string, string[]> = {
  explorer: [],
  graphql: ['rows'],
  http: ['database-fault', 'graphql', 'storage'],
  jobs: [],
  media: [],
  postgres: [],
  providers: [],
  pubsub: [],
  // Its part of the configuration, as types.
  storage: ['config', 'media'],
};
/** What entities, readers and transactions of every feature share. */
const SHARED = [
  'entity',
  'rows',
  'unit-of-work',
  'group-commit',
  'database-session',
  'database-fault',
  'graphql',
];
const FEATURES: Record<string, string[]> = {
  auth: ['http'],
  leads: ['auth'],
  recordings: ['auth', 'http', 'jobs', 'media', 'pubsub', 'storage'],
  calls: ['auth', 'leads', 'recordings'],
  cati: ['auth', 'recordings', 'http', 'jobs', 'media', 'providers', 'storage'],
  uploads: ['auth', 'calls', 'cati', 'recordings', 'http', 'jobs', 'media', 'storage'],
  'migration-runs': ['auth', 'cati', 'recordings', 'http', 'pubsub', 'storage'],
  reviews: ['auth', 'cati', 'recordings'],
  audit: ['auth', 'recordings'],
  sweep: ['auth', 'cati', 'recordings', 'jobs', 'storage'],
  demo: ['auth', 'leads', 'calls', 'cati', 'recordings', 'storage'],
};
const VENDORS = /^server\/providers\/(deepcall|cloudtelephony|twilio)\b/;
/** The only part that knows a package. */
const OWNERS: readonly (readonly [package_: RegExp, owner: RegExp])[] = [
  [/^pg-boss$/, /^server\/jobs\/queue\.ts$/],
  [/^@(aws-sdk|smithy)\//, /^server\/storage\/s3-/],
  [/^undici$/, /^server\/(providers\/|storage\/s3-check\.ts)/],
  [/^(ws|graphql-ws)(\/|$)/, /^(server\/http|sdk\/core\/subscriptions)\//],
  [/^(@apollo\/server|@as-integrations)/, /^server\/(http\/|routes\.ts)/],
  [/^mediabunny$/, /^server\/media\//],
  [/^jose$/, /^server\/auth\//],
];
/** What a file of a feature does not know, by its kind: the arrows go from resolvers and routes down to entities. */
const ABOVE: Record<string, string[]> = {
  entity: ['type', 'inputs', 'filter', 'reader', 'service', 'resolver', 'route'],
  type: ['reader', 'service', 'resolver', 'route'],
  inputs: ['reader', 'service', 'resolver', 'route'],
  filter: ['reader', 'service', 'resolver', 'route'],
  reader: ['service', 'resolver', 'route'],
  service: ['resolver', 'route'],
  job: ['resolver', 'route'],
};
const DOORS = /^server\/[^/]+\/[^/]+\.(resolver|route)\.ts$/;

const server = importsOf('server');
const between = server.filter(({ from, to }) => to.startsWith('server/') && partOf(from) !== partOf(to));

const breaches = (imports: Import[], isBreach: (one: Import) => boolean): string[] =>
  imports.filter(isBreach).map(told);

describe.each(Object.entries(INFRASTRUCTURE))('%s', (part, others) => {
  it('names no feature, and of the rest what it may', () => {
    const allowed = new Set([...BASICS, ...others]);
    expect(breaches(between, ({ from, to }) => partOf(from) === part && !allowed.has(partOf(to)))).toEqual(
      [],
    );
  });
});

describe.each(Object.entries(FEATURES))('%s', (part, others) => {
  const own = between.filter(({ from }) => partOf(from) === part);

  it('knows the features and the infrastructure that it may', () => {
    const allowed = new Set([...BASICS, ...SHARED, ...others]);
    const isBreach = ({ from, to }: Import) =>
      !allowed.has(partOf(to)) && !(DOORS.test(from) && partOf(to) === 'scope');
    expect(breaches(own, isBreach)).toEqual([]);
  });

  it('needs all that it may', () => {
    expect(others.filter((other) => !own.some(({ to }) => partOf(to) === other))).toEqual([]);
  });

  it('names no vendor', () => {
    expect(breaches(own, ({ to }) => VENDORS.test(to))).toEqual([]);
  });
});

it('every folder of the server is infrastructure or a feature, or stands above both', () => {
  const folders = new Set(
    server
      .map(({ from }) => from)
      .filter((path) => path.split('/').length > 2)
      .map(partOf),
  );
  const known = [...Object.keys(INFRASTRUCTURE), ...Object.keys(FEATURES), 'commands', 'console-app'];
  expect([...folders].filter((folder) => !known.includes(folder))).toEqual([]);
});

it('no arrow turns back within features', () => {
  const isBreach = ({ from, to }: Import) => {
    const [below, above] = [kindOf(from), kindOf(to)];
    return below !== undefined && above !== undefined && (ABOVE[below] ?? []).includes(above);
  };
  expect(
    breaches(
      server.filter(({ to }) => to.startsWith('server/')),
      isBreach,
    ),
  ).toEqual([]);
});

it('each outside thing has one owner', () => {
  const all = importsOf('server', 'sdk', 'console/src');
  const isBreach = ({ from, to }: Import) =>
    OWNERS.some(([package_, owner]) => package_.test(to) && !owner.test(from));
  expect(
    breaches(
      all.filter(({ from }) => !from.startsWith('sdk/example/')),
      isBreach,
    ),
  ).toEqual([]);
});

it('nobody imports test, and only schema.graphql crosses from the server', () => {
  const all = importsOf('server', 'sdk', 'console/src', 'migrations');
  expect(breaches(all, ({ to }) => to.startsWith('test/'))).toEqual([]);
  const clients = all.filter(({ from }) => /^(sdk|console)\//.test(from));
  expect(breaches(clients, ({ to }) => to.startsWith('server/'))).toEqual([]);
});

it("the SDK's core knows no platform, and the console the SDK's entries", () => {
  const core = importsOf('sdk/core');
  const platform = /^(node:|react|sdk\/(?!core\/))/;
  expect(breaches(core, ({ to }) => platform.test(to))).toEqual([]);
  expect(breaches(importsOf('console/src'), ({ to }) => to.startsWith('sdk/'))).toEqual([]);
});
