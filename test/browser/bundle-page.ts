/** `tsx bundle-page.ts NAME`: prints a script of `pages/`, with all that it imports, as a browser takes it. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const folder = fileURLToPath(new URL('./pages/', import.meta.url));
const result = await build({
  root: folder,
  configFile: false,
  logLevel: 'error',
  // React Native's components are seen in a browser through react-native-web.
  resolve: {
    alias: [{ find: /^react-native$/, replacement: 'react-native-web' }],
    extensions: ['.web.tsx', '.web.ts', '.tsx', '.ts', '.mjs', '.js'],
  },
  build: { write: false, minify: false, rollupOptions: { input: `${folder}${process.argv[2]}` } },
});
const outputs = Array.isArray(result) ? result : [result];
for (const one of outputs)
  if ('output' in one)
    for (const file of one.output) if (file.type === 'chunk' && file.isEntry) process.stdout.write(file.code);
