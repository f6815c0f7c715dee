import { defineConfig } from 'vite';

export default defineConfig({
  // The application may live below any path.
  base: './',
  oxc: { jsx: { runtime: 'automatic' } },
  // The back end of ../node signs the config.
  server: { proxy: { '/config': 'http://127.0.0.1:8082' } },
});
