// Measures from within VS Code's extension host. Bench: Begin and Bench: Tell say what the host used in between.
// Also the peer of the cell measurement: the shortest way from a cell to a kernel, a WebSocket straight to Jupyter. BENCH_KERNEL
// names the kernel's channels, e.g. ws://127.0.0.1:8888/notebook/alice/bench/api/kernels/ID/channels, and BENCH_CONTROLLER
// the controller that it is compared with.
const { randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const vscode = require('vscode');

const session = randomUUID();
let socket;
let meter;

exports.activate = (context) => {
  const controller = vscode.notebooks.createNotebookController('bench-direct', 'jupyter-notebook', 'Direct');
  controller.supportedLanguages = ['python'];
  controller.executeHandler = async (cells) => {
    for (const cell of cells) await run(controller.createNotebookCellExecution(cell), cell.document.getText());
  };
  const use = (id, extension) => () => vscode.commands.executeCommand('notebook.selectKernel', { id, extension });
  context.subscriptions.push(
    controller,
    { dispose: () => socket?.close() },
    vscode.commands.registerCommand('bench.ready', () => {
      void vscode.window.showInformationMessage('The extension host is up');
    }),
    vscode.commands.registerCommand('bench.begin', begin),
    vscode.commands.registerCommand('bench.tell', () => {
      const { share, longest } = read();
      void vscode.window.showInformationMessage(
        `Host: ${share.toFixed(2)} % of a core, ${longest.toFixed(1)} ms at most`,
      );
    }),
    { dispose: () => clearInterval(meter?.timer) },
    vscode.commands.registerCommand('bench.useDirect', use('bench-direct', context.extension.id)),
    vscode.commands.registerCommand(
      'bench.useServer',
      use(process.env.BENCH_CONTROLLER, 'kubeflow-notebooks.kubeflow-notebooks'),
    ),
  );
};

async function connected() {
  if (socket?.readyState === WebSocket.OPEN) return socket;
  socket = new WebSocket(process.env.BENCH_KERNEL);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return socket;
}

async function run(execution, code) {
  const kernel = await connected();
  execution.start(Date.now());
  await execution.clearOutput();
  const id = randomUUID();
  const idle = new Promise((resolve) => {
    kernel.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.parent_header?.msg_id !== id) return;
      if (message.msg_type === 'stream') {
        const item = vscode.NotebookCellOutputItem.stdout(message.content.text);
        void execution.appendOutput(new vscode.NotebookCellOutput([item]));
      }
      if (message.msg_type === 'status' && message.content.execution_state === 'idle') resolve();
    };
  });
  kernel.send(
    JSON.stringify({
      header: {
        msg_id: id,
        msg_type: 'execute_request',
        session,
        username: '',
        version: '5.3',
        date: new Date().toISOString(),
      },
      parent_header: {},
      metadata: {},
      content: {
        code,
        silent: false,
        store_history: true,
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: true,
      },
      channel: 'shell',
    }),
  );
  await idle;
  execution.end(true, Date.now());
}

/** The processor time that the host's main thread has used, in ms: other programs of a busy computer do not add to it. */
function threadMs() {
  return Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function begin() {
  clearInterval(meter?.timer);
  const now = threadMs();
  meter = { cpu: process.cpuUsage(), at: performance.now(), last: now, longest: 0 };
  meter.timer = setInterval(look, 5);
}

function look() {
  const now = threadMs();
  meter.longest = Math.max(meter.longest, now - meter.last);
  meter.last = now;
}

function read() {
  clearInterval(meter.timer);
  const { user, system } = process.cpuUsage(meter.cpu);
  return { share: (user + system) / 10 / (performance.now() - meter.at), longest: meter.longest };
}
