// The peer of our kernels: the shortest way from a cell to a kernel, a WebSocket straight to Jupyter, one kernel a notebook.
const { randomBytes, randomUUID } = require('node:crypto');
const vscode = require('vscode');

exports.DirectKernels = class DirectKernels {
  constructor(jupyter) {
    this.jupyter = jupyter;
    this.kernels = new Map();
    this.controller = vscode.notebooks.createNotebookController('bench-direct', 'jupyter-notebook', 'Direct');
    this.controller.supportedLanguages = ['python'];
    this.controller.executeHandler = async (cells, notebook) => {
      const key = notebook.uri.toString();
      if (!this.kernels.has(key)) this.kernels.set(key, this.start());
      const kernel = await this.kernels.get(key);
      for (const cell of cells) await kernel.run(this.controller.createNotebookCellExecution(cell));
    };
  }

  /** Shuts down the kernels that were started. */
  async end() {
    const all = [...this.kernels.values()];
    this.kernels.clear();
    for (const started of all) await (await started).end();
  }

  dispose() {
    void this.end();
    this.controller.dispose();
  }

  async start() {
    const xsrf = randomBytes(16).toString('hex');
    const headers = { 'content-type': 'application/json', cookie: `_xsrf=${xsrf}`, 'x-xsrftoken': xsrf };
    const kernels = new URL('api/kernels', this.jupyter);
    const answer = await fetch(kernels, { method: 'POST', headers, body: '{}' });
    if (!answer.ok) throw new Error(`Jupyter started no kernel: ${answer.status}`);
    const { id } = await answer.json();
    const socket = new WebSocket(`${kernels.href.replace(/^http/, 'ws')}/${id}/channels`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const remove = () => fetch(`${kernels.href}/${id}`, { method: 'DELETE', headers });
    return new DirectKernel(socket, remove);
  }
};

class DirectKernel {
  constructor(socket, remove) {
    this.socket = socket;
    this.remove = remove;
    this.session = randomUUID();
  }

  async end() {
    this.socket.close();
    await this.remove();
  }

  async run(execution) {
    execution.start(Date.now());
    await execution.clearOutput();
    const message = executeRequest(this.session, execution.cell.document.getText());
    const ended = new Promise((resolve) => {
      this.socket.onmessage = ({ data }) => {
        const told = JSON.parse(data);
        if (told.parent_header?.msg_id !== message.header.msg_id) return;
        const output = outputOf(told);
        if (output) void execution.appendOutput(output);
        if (told.msg_type === 'status' && told.content.execution_state === 'idle') resolve();
      };
    });
    this.socket.send(JSON.stringify(message));
    await ended;
    execution.end(true, Date.now());
  }
}

function outputOf({ msg_type: type, content }) {
  if (type === 'stream')
    return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem[content.name](content.text)]);
  const png = content.data?.['image/png'];
  if (type !== 'display_data' || !png) return undefined;
  return new vscode.NotebookCellOutput([
    new vscode.NotebookCellOutputItem(Buffer.from(png, 'base64'), 'image/png'),
    vscode.NotebookCellOutputItem.text(content.data['text/plain']),
  ]);
}

function executeRequest(session, code) {
  const header = { msg_type: 'execute_request', session, username: '', version: '5.3' };
  return {
    header: { ...header, msg_id: randomUUID(), date: new Date().toISOString() },
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
  };
}
