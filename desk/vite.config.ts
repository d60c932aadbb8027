import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const OUT = '../api/desk_built';

/** A packed copy beside each script and style: the service sends it to whoever unpacks. */
function packed(): Plugin {
  return {
    name: 'packed',
    closeBundle() {
      const folder = join(import.meta.dirname, OUT, 'assets');
      for (const name of readdirSync(folder)) {
        if (/\.(js|css)$/.test(name)) {
          writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(folder, name))));
        }
      }
    },
  };
}

/**
 * The desk is built into the package that serves it. `html.cspNonce` is a placeholder: the service
 * puts a fresh nonce in its place at each answer.
 */
export default defineConfig({
  plugins: [react(), packed()],
  html: { cspNonce: '__NONCE__' },
  build: { outDir: OUT, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 1200 },
  server: { proxy: { '/api': 'http://127.0.0.1:8600' } },
});
