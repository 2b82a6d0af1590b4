// The peer of the form: the plainest panel that one can type into. It says as plainly what is wrong with a name.
const { randomBytes } = require('node:crypto');
const vscode = require('vscode');

exports.panels = () => {
  let plain;
  return {
    /** Runs the extension's command, as its button does. @returns the moment, in ms since the epoch */
    openForm: () => {
      const at = Date.now();
      void vscode.commands.executeCommand('kubeflow.newNotebookServer');
      return at;
    },
    openPlainPanel: () => {
      const at = Date.now();
      const options = { enableScripts: true };
      plain = vscode.window.createWebviewPanel('bench.plain', 'Plain', vscode.ViewColumn.Active, options);
      plain.webview.html = page();
      return at;
    },
    closePanels: () => vscode.commands.executeCommand('workbench.action.closeAllEditors'),
  };
};

function page() {
  const nonce = randomBytes(16).toString('hex');
  return `<!DOCTYPE html><html><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'"></head>
<body><input aria-label="Name"><p class="remarks"></p><script nonce="${nonce}">
const [field, says] = document.querySelectorAll('input, p');
field.addEventListener('input', () => {
  says.textContent = /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(field.value) ? '' : 'Use lowercase letters';
});
field.focus();
</script></body></html>`;
}
