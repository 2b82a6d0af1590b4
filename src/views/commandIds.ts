/** Every command of the product; a unit test keeps this list equal to package.json. */
export const commandIds = [
  'kubeflow.newNotebookServer',
  'kubeflow.switchContext',
  'kubeflow.refresh',
  'kubeflow.addNamespace',
  'kubeflow.removeNamespace',
  'kubeflow.applyYaml',
  'kubeflow.showLog',
  'kubeflow.connect',
  'kubeflow.startServer',
  'kubeflow.stopServer',
  'kubeflow.describeServer',
  'kubeflow.deleteServer',
  'kubeflow.checkGpus',
  'kubeflow.describeProfile',
  'kubeflow.deleteProfile',
  'kubeflow.reconnect',
  'kubeflow.openFile',
  'kubeflow.refreshFiles',
  'kubeflow.interruptKernel',
  'kubeflow.restartKernel',
  'kubeflow.shutDownKernel',
  'kubeflow.openWholeOutput',
  'kubeflow.copyName',
] as const;

export type CommandId = (typeof commandIds)[number];
