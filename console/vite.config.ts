import { defineConfig } from 'vite';
import { precompressed } from './build/precompressed.js';

/** Assets carry the hash of their bytes in their names; `npm run dev` passes the API on to a server on port 4000. */
export default defineConfig({
  base: '/console/',
  plugins: [precompressed()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      onwarn: (warning, warn) => {
        // Libraries mark what is for browsers; all of this is.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: 'http://localhost:4000', ws: true },
      '/recordings': 'http://localhost:4000',
      '/uploads': 'http://localhost:4000',
      '/reports': 'http://localhost:4000',
    },
  },
});
