// The peer of our view: rows that stand in the code, one below the other, as profiles and notebook servers do.
const vscode = require('vscode');

exports.activate = ({ subscriptions }) => {
  const rows = { '': ['profile'], profile: ['plain'] };
  const provider = {
    getChildren: (above = '') => rows[above] ?? [],
    getTreeItem: (name) => {
      const { Expanded, None } = vscode.TreeItemCollapsibleState;
      return new vscode.TreeItem(name, rows[name] ? Expanded : None);
    },
  };
  subscriptions.push(vscode.window.createTreeView('plain.rows', { treeDataProvider: provider }));
};
