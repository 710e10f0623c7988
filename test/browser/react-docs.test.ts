import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typeCheck } from '../support/type-check.js';
import { button, PATIENCE, Stage } from './react.steps.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const docs = join(root, 'sdk/docs');

/** Shows what the page of the web's documentation has made. */
const RUN = `
import { createRoot } from 'react-dom/client';
const { nodes } = await client.leads({ first: 1, orderBy: { field: 'LAST_CONTACTED_AT', direction: 'DESC' } });
createRoot(document.querySelector('#root') ?? document.body).render(
  <>
    <Recordings leadId={nodes[0]?.id ?? ''} />
    <EarshotProvider services={services}>
      <Leads />
    </EarshotProvider>
  </>,
);
export { Standing };
`;

let folder: string;

/** Indented as it is in the app, or as a document's formatter has it. */
const flat = (code: string): string => code.replace(/^ +/gm, '').trim();

/** The blocks with this fence, as one program. */
async function blocks(file: string): Promise<string> {
  const text = await readFile(join(docs, file), 'utf8');
  return [...text.matchAll(/^```tsx\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
}

beforeAll(async () => {
  // Inside the project, so that @earshot/sdk resolves as it does for whoever installed it.
  folder = await mkdtemp(join(root, 'test/browser/.run-'));
  const address = "`${new URLSearchParams(location.search).get('url')}/graphql`";
  const react = (await blocks('react.md')).replace("'http://localhost:4000/graphql'", address);
  await writeFile(join(folder, 'react.tsx'), react + RUN);
  await writeFile(join(folder, 'react-native.tsx'), await blocks('react-native.md'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it(
  'the blocks for React and React Native compile',
  async () => {
    const tsconfig = {
      extends: '../../../sdk/tsconfig.test.json',
      compilerOptions: { types: ['node'] },
      include: ['*.tsx', '../../../sdk/react-native/native/*.d.ts'],
      exclude: [],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    expect(await typeCheck(folder)).toBe('');
  },
  PATIENCE,
);

it(
  'the blocks for React run in a browser',
  async () => {
    await using stage = await Stage.open(`../${basename(folder)}/react.tsx`, { EARSHOT_DEMO: '1' });
    const page = await stage.show({ token: '' });
    await page.getByText('0 uploads').waitFor();
    await button(page, 'More').click();
    await page.getByRole('region', { name: 'रिकॉर्डिंग' }).getByRole('listitem').first().waitFor();
    await stage.leave();
  },
  PATIENCE,
);

it.each(['react-native.md', 'recording-on-phones.md'])(
  'what %s quotes stands in the example app',
  async (file) => {
    const text = await readFile(join(docs, file), 'utf8');
    const quotes = [...text.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)];
    expect(quotes.length).toBeGreaterThan(0);
    for (const [, path, quote] of quotes) {
      const source = await readFile(join(root, 'sdk/example', path ?? ''), 'utf8');
      expect(flat(source)).toContain(flat(quote ?? ''));
    }
  },
);
