import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DESCRIPTION = fileURLToPath(new URL('../../../client/openapi.json', import.meta.url));

const ABOUT_KEYS = fileURLToPath(new URL('../../../docs/api-keys.md', import.meta.url));

export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Latchkey: the HTTP API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="reader"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({
  url: '/api/openapi.json',
  domNode: document.getElementById('reader'),
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
  tagsSorter: 'alpha',
});
`;

const ASSETS: Record<string, { type: string; content(): Readable }> = {
  'start.js': { type: 'text/javascript; charset=utf-8', content: () => Readable.from([START]) },
  'swagger-ui-bundle.js': {
    type: 'text/javascript; charset=utf-8',
    content: () => ofReader('swagger-ui-bundle.js'),
  },
  'swagger-ui.css': { type: 'text/css; charset=utf-8', content: () => ofReader('swagger-ui.css') },
};

// All of them are streamed: whoever reads slowly, or never, costs a buffer and not the file.

/** The description of the API, as it was generated. */
export function readDescription(): Readable {
  return createReadStream(DESCRIPTION);
}

/** How legacy keys become service accounts: what the header `Deprecation` leads to. */
export function readAboutKeys(): Readable {
  return createReadStream(ABOUT_KEYS);
}

/** One of the files that the page is made of; undefined for any other name. */
export function readAsset(name: string): { type: string; content: Readable } | undefined {
  const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  return asset && { type: asset.type, content: asset.content() };
}

function ofReader(file: string): Readable {
  // A package has the two files alone: swagger-ui-dist brings a script that reports where it is installed.
  const folder = import.meta.filename.endsWith('.ts')
    ? dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
    : join(import.meta.dirname, 'swagger-ui');
  return createReadStream(join(folder, file));
}
