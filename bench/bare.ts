import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

// The yardstick: node:http with nothing but the answer, which is in a file.
const body = readFileSync(process.env['BARE_BODY_FILE'] ?? '');
const server = createServer((_request, response) => {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
});
server.listen(Number(process.env['BARE_PORT']), '127.0.0.1');
process.once('SIGTERM', () => process.exit());
