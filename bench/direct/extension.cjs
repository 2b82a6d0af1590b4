// The bench's hand in VS Code's extension host: does and measures there what it is asked to, over a socket that the bench
// listens on (BENCH_SOCKET). BENCH_JUPYTER is the address of Jupyter itself: http://127.0.0.1:PORT/notebook/NS/NAME/
const { connect } = require('node:net');
const { createInterface } = require('node:readline');
const { DirectKernels } = require('./kernels.cjs');
const { files } = require('./files.cjs');
const { meter } = require('./meter.cjs');
const { notebooks } = require('./notebooks.cjs');
const { panels } = require('./panels.cjs');

exports.activate = ({ subscriptions, extension }) => {
  const jupyter = process.env.BENCH_JUPYTER;
  const direct = new DirectKernels(jupyter);
  const asks = { ready: () => true, ...meter(), ...notebooks(direct, extension.id), ...files(jupyter), ...panels() };
  const socket = connect(process.env.BENCH_SOCKET);
  subscriptions.push(direct, { dispose: () => socket.destroy() });
  createInterface({ input: socket }).on('line', async (line) => {
    const { id, what, ask } = JSON.parse(line);
    let reply;
    try {
      reply = { id, answer: await asks[what](ask) };
    } catch (error) {
      reply = { id, problem: String(error?.stack ?? error) };
    }
    socket.write(`${JSON.stringify(reply)}\n`);
  });
};
