// The thread of relay.ts. Plain JavaScript, as a worker thread starts without the loader that runs TypeScript.
import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { port, from, to } = workerData;
const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const upstream = net.connect({ port, host: to, allowHalfOpen: true, noDelay: true });
  // Either side's end, clean or not, is passed on to the other as it is.
  client.on('error', () => upstream.resetAndDestroy());
  upstream.on('error', () => client.resetAndDestroy());
  client.pipe(upstream).pipe(client);
});
server.on('error', (error) => {
  throw error;
});
server.listen(port, from, () => parentPort.postMessage('listening'));
