import react from '@vitejs/plugin-react';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

// The server fills it in anew for each answer: see server/modules/page/page.ts.
const NONCE = 'a-nonce-for-each-answer';
const API = ['/api', '/bootdata', '/login', '/logout'];

export default defineConfig({
  // The server says where the page lies, in <base>; everything else is found from there.
  base: './',
  html: { cspNonce: NONCE },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsDir: 'public/build',
    // Inlined, a font or picture would be another origin to the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // What most pages use goes into one file: many small ones compress worse, each by itself.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 16 }] } } },
  },
  plugins: [react(), compressed()],
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      API.map((path) => [path, { target: 'http://127.0.0.1:3000', bypass: pageItself }]),
    ),
  },
});

/** While the page is worked on, `/login` is the page when a browser asks for it, and the API's when a form is sent. */
function pageItself({
  method,
  headers,
}: {
  method?: string;
  headers: { accept?: string };
}): string | undefined {
  return method === 'GET' && headers.accept?.includes('text/html') ? '/index.html' : undefined;
}

/** Puts what the page loads beside itself in a compressed form, so that the server compresses nothing while it serves. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // Of the files as they lie there in the end: plugins change them up to then.
    writeBundle({ dir = '' }, bundle) {
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
      for (const name of Object.keys(bundle).filter((file) => /\.(js|css)$/.test(file))) {
        const file = join(dir, name);
        const content = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(content, quality));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}
