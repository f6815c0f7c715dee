import { resolve } from 'node:path';
import { defineConfig } from 'vite';

// The page lives at /web-apps/apps/editor/ behind any path prefix, so every address in it is relative.
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/app'),
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: resolve(import.meta.dirname, 'dist/app'),
    emptyOutDir: true,
    target: 'es2022',
    // Inlined assets would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
