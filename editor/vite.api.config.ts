import { resolve } from 'node:path';
import { defineConfig } from 'vite';

// Integrators load api.js with a plain <script>: one classic script that defines the global `DocsAPI`.
export default defineConfig({
  build: {
    outDir: resolve(import.meta.dirname, 'dist'),
    emptyOutDir: false,
    target: 'es2020',
    lib: {
      entry: resolve(import.meta.dirname, 'src/api/index.ts'),
      formats: ['iife'],
      name: 'DocsAPI',
      fileName: () => 'api.js',
    },
  },
});
