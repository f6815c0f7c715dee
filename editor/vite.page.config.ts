import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** The build of one page, from src/NAME to dist/NAME. */
export function page(name: string) {
  return defineConfig({
    root: resolve(import.meta.dirname, 'src', name),
    // The page may live behind any path prefix, so every address in it is relative.
    base: './',
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
    build: {
      outDir: resolve(import.meta.dirname, 'dist', name),
      emptyOutDir: true,
      target: 'es2022',
      // Inlined assets would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
}
