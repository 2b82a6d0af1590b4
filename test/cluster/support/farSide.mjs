// A program behind a port of a pod, in a process of its own, so that its memory is not ours. The first line of a connection
// says what it does: `send BYTES` (zeros), `pattern SEED BYTES`, `sink BYTES_PER_SECOND` (0: reads nothing). Plain JavaScript,
// as it is started without the loader that runs TypeScript. Tells its parent the port, and on any message how much has passed.
import net from 'node:net';

const passed = { sent: 0, received: 0 };
const block = 64 * 1024;

function send(socket, bytes, seed) {
  let left = bytes;
  const zeros = Buffer.alloc(block, seed ?? 0);
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      const part = zeros.subarray(0, Math.min(left, block));
      left -= part.length;
      const room = socket.write(part, () => (passed.sent += part.length));
      if (!room) return void socket.once('drain', more);
    }
  };
  more();
}

function sink(socket, rate) {
  socket.pause();
  if (rate === 0) return;
  const timer = setInterval(() => {
    for (let budget = rate / 20; budget > 0;) {
      const part = socket.read(Math.min(socket.readableLength, budget));
      if (!part || part.length === 0) return void socket.read(0);
      budget -= part.length;
      passed.received += part.length;
    }
  }, 50);
  socket.on('close', () => clearInterval(timer));
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (first) => {
    const end = first.indexOf('\n');
    const [what, one, two] = first.subarray(0, end).toString().split(' ');
    if (what === 'send') send(socket, Number(one));
    else if (what === 'pattern') send(socket, Number(two), Number(one));
    else sink(socket, Number(one));
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ ...passed }));
process.on('disconnect', () => process.exit());
