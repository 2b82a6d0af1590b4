// A large notebook on the server: through our file system, and by calls straight to Jupyter.
const { randomBytes } = require('node:crypto');
const vscode = require('vscode');
const { connected, uriOf } = require('./notebooks.cjs');

exports.files = (jupyter) => {
  const xsrf = randomBytes(16).toString('hex');
  const headers = { 'content-type': 'application/json', cookie: `_xsrf=${xsrf}`, 'x-xsrftoken': xsrf };
  const contents = (path) => new URL(`api/contents/${path}`, jupyter);
  let content;
  /** Another content each time, or nothing would have to be written. */
  const changed = () => {
    content.metadata.bench = randomBytes(8).toString('hex');
    return Buffer.from(JSON.stringify(content));
  };
  const put = async (path, body) => {
    const answer = await fetch(contents(path), { method: 'PUT', headers, body });
    if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status}`);
    await answer.arrayBuffer();
  };
  const get = async (path, query) => {
    const answer = await fetch(`${contents(path).href}?${query}`, { headers });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status}`);
    return answer.json();
  };
  const place = async ({ ref, path }) => uriOf(ref, (await connected(ref)).connection, path);
  return {
    makeLarge: ({ megabytes }) => void (content = notebookOf(megabytes)),
    saveOurs: async (ask) => {
      const bytes = changed();
      const uri = await place(ask);
      return timed(() => vscode.workspace.fs.writeFile(uri, bytes));
    },
    /** The same bytes in one plain call. */
    savePlain: ({ path }) => {
      const bytes = changed();
      return timed(() =>
        put(path, JSON.stringify({ type: 'file', format: 'base64', content: bytes.toString('base64') })),
      );
    },
    /** As JupyterLab does: the notebook as JSON, which the server checks. */
    saveAsJupyterLab: ({ path }) => {
      changed();
      return timed(() => put(path, JSON.stringify({ type: 'notebook', format: 'json', content })));
    },
    openOurs: async (ask) => {
      const uri = await place(ask);
      return timed(() => vscode.workspace.fs.readFile(uri));
    },
    openPlain: ({ path }) =>
      timed(async () => {
        const model = await get(path, 'type=file&format=base64&content=1');
        Buffer.from(model.content, 'base64');
      }),
    openAsJupyterLab: ({ path }) => timed(() => get(path, 'type=notebook&content=1')),
  };
};

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** A hundred cells with a picture each. */
function notebookOf(megabytes) {
  const cells = Array.from({ length: 100 }, (_, n) => ({
    cell_type: 'code',
    id: `cell-${n}`,
    execution_count: n + 1,
    metadata: {},
    source: `plot(${n})`,
    outputs: [
      {
        output_type: 'display_data',
        metadata: {},
        data: {
          'image/png': randomBytes(megabytes * 7500).toString('base64'),
          'text/plain': '<Figure size 640x480 with 1 Axes>',
        },
      },
    ],
  }));
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}
