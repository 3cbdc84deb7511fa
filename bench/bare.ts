import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

// The yardstick: node:http with nothing but the answer, which is in a file; on demand in several processes that share the port.
const processes = Number(process.env['BARE_PROCESSES'] ?? 1);
const port = Number(process.env['BARE_PORT']);
if (cluster.isPrimary && processes > 1) {
  for (let count = 0; count < processes; count++) cluster.fork();
  let listening = 0;
  cluster.on('listening', () => {
    if (++listening === processes) console.log(`it listens on ${port}`);
  });
} else {
  const body = readFileSync(process.env['BARE_BODY_FILE'] ?? '');
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
    });
    response.end(body);
  });
  // As long as Fastify has them wait, so that the same connections last from one turn to the next.
  server.keepAliveTimeout = 72_000;
  server.listen(port, '127.0.0.1', () => {
    if (processes === 1) console.log(`it listens on ${port}`);
  });
}
process.once('SIGTERM', () => process.exit());
