import type { JupyterProblem, KernelEndReason, NotRunningReason } from '../../jupyter/errors.ts';
import { clocks, fileSize, list } from './amounts.ts';
import { sentence } from './kube.ts';
import type { Said, Translate } from './translate.ts';

/** What went wrong between the editor and a Jupyter server, in words. */
export function jupyterWords(t: Translate, problem: JupyterProblem, now = new Date()): Said {
  const log = { title: t('Show Log'), command: 'kubeflow.showLog' } as const;
  switch (problem.code) {
    case 'NotRunning':
      return notRunning(t, problem.server, problem.why);
    case 'Unreachable':
      return {
        text: t('{0} cannot be reached at the moment. It is tried again by itself.', problem.server),
        action: { title: t('Reconnect Now'), command: 'kubeflow.reconnect' },
      };
    case 'NoRoute':
      return { text: noRoute(t, problem), action: { title: t('Diagnose'), command: 'kubeflow.diagnoseConnection' } };
    case 'NotAnswering':
      return { text: t('Jupyter in {0} did not answer within {1} s.', problem.server, problem.seconds), action: log };
    case 'KernelSpecMissing':
      return {
        text:
          problem.available.length > 0
            ? t('The server has no kernel named {0}. It has {1}.', problem.name, list(problem.available))
            : t('The server has no kernel named {0}.', problem.name),
      };
    case 'NoKernels':
      return { text: t('{0} does not run Jupyter, so it has no kernels.', problem.server) };
    case 'KernelStartFailed':
      return { text: t('{0} could not start the kernel: {1}', problem.server, sentence(problem.detail)), action: log };
    case 'KernelEnded':
      return kernelEnded(t, problem.server, problem.reason);
    case 'ConnectionLost':
      return { text: t('Connection to {0} lost. The cell goes on running there.', problem.server) };
    case 'OutputLost': {
      const [from, to] = clocks(problem.from, problem.to, now);
      return { text: t('Output from {0} to {1} was not kept by the server.', from, to) };
    }
    case 'OutputLimited':
      return { text: outputLimited(t, problem) };
    case 'NotFound':
      return { text: t('{0} is not on the server any more.', problem.path) };
    case 'Exists':
      return { text: t('{0} is on the server already.', problem.path) };
    case 'NotEmpty':
      return { text: t('The folder {0} is not empty.', problem.path) };
    case 'NotPermitted':
      return { text: t('The server does not let you change {0}.', problem.path) };
    case 'HiddenName':
      return { text: t('{0} has a name with a dot in front. The server takes no hidden files.', problem.path) };
    case 'NameTooLong':
      return { text: t('The name {0} is too long for the server.', problem.path.split('/').pop() ?? problem.path) };
    case 'NoSpace':
      return { text: t('The volume of the server is full: there is no room for {0}.', problem.path) };
    case 'TooLarge':
      return {
        text: t(
          '{0} is too large to open here: {1}, and the limit is {2}.',
          problem.path,
          fileSize(problem.bytes),
          fileSize(problem.limitBytes),
        ),
      };
    case 'Conflict':
      return { text: t('{0} changed on the server since you opened it.', problem.path) };
    case 'OtherCluster':
      return {
        text: t('The context {0} now leads to another cluster than the one that this file came from.', problem.context),
        action: { title: t('Choose Context'), command: 'kubeflow.switchContext' },
      };
    case 'Changing':
      return {
        text: problem.here
          ? t('{0} changed while it was uploaded.', problem.path)
          : t('{0} goes on changing on the server.', problem.path),
      };
    case 'Incomplete':
      return {
        text: t('Of {0} only {1} of {2} arrived.', problem.path, fileSize(problem.bytes), fileSize(problem.expected)),
      };
    case 'SaveLater':
      return {
        text:
          problem.why === 'stopped'
            ? t('{0} is stopped. Your changes are kept here and will be saved when it runs.', problem.server)
            : t('{0} does not answer. Your changes are kept here and will be saved when it does.', problem.server),
      };
    case 'Refused':
      return { text: t('Jupyter refuses this: {0}', sentence(problem.message)), action: log };
  }
}

/** Both ways by name, each with what closes it: the rights are what an admin wants to read. */
function noRoute(
  t: Translate,
  { server, namespace, portForward, podProxy }: Extract<JupyterProblem, { code: 'NoRoute' }>,
): string {
  const first =
    portForward.missing.length > 0
      ? t(
          'You cannot connect to {0}: a port-forward needs the right {1} in {2}.',
          server,
          list(portForward.missing),
          namespace,
        )
      : portForward.blocked
        ? t('You cannot connect to {0}: something between here and the cluster lets no WebSocket through.', server)
        : t('You cannot connect to {0}: a port-forward does not come through.', server);
  const second =
    podProxy.missing.length > 0
      ? t("The way by the API server's proxy needs the right {0}.", list(podProxy.missing))
      : t("The way by the API server's proxy was tried and does not work.");
  return `${first} ${second}`;
}

/** The remedy survives a restart of the server, as its home folder does. */
function outputLimited(
  t: Translate,
  { what, perSecond, option }: Extract<JupyterProblem, { code: 'OutputLimited' }>,
): string {
  const why =
    what === 'bytes'
      ? t('The server left output out here: the cell printed more than {0} a second.', fileSize(perSecond))
      : t('The server left output out here: the cell sent more than {0} outputs a second.', perSecond);
  const remedy = t(
    'Print less or write to a file. To raise the limit, add {0} to ~/.jupyter/jupyter_server_config.py on the server and restart it.',
    `c.${option} = ${perSecond * 100}`,
  );
  return `${why} ${remedy}`;
}

function notRunning(t: Translate, server: string, why: NotRunningReason): Said {
  switch (why) {
    case 'stopped':
      return {
        text: t('{0} is stopped.', server),
        action: { title: t('Start'), command: 'kubeflow.startServer' },
      };
    case 'starting':
      return { text: t('{0} is starting. It can be used in a moment.', server) };
    case 'failing':
      return {
        text: t('{0} does not come up.', server),
        action: { title: t('Describe'), command: 'kubeflow.describe' },
      };
    case 'deleted':
      return { text: t('{0} has been deleted.', server) };
    case 'unknown':
      return { text: t('The state of {0} is not known at the moment.', server) };
  }
}

function kernelEnded(t: Translate, server: string, reason: KernelEndReason): Said {
  const action = { title: t('Restart Kernel'), command: 'kubeflow.restartKernel' } as const;
  switch (reason) {
    case 'outOfMemory':
      return { text: t('The kernel ended (out of memory). Its variables are gone; your notebook is not.'), action };
    case 'died':
      return {
        text: t(
          'The kernel ended, and it is not known why. Often it needed more memory than the server has. Its variables are gone; your notebook is not.',
        ),
        action,
      };
    case 'serverRestarted':
      return {
        text: t('{0} was restarted, and the kernel with it. Its variables are gone; your notebook is not.', server),
        action,
      };
    case 'serverStopped':
      return {
        text: t('{0} was stopped, and the kernel with it. Its variables are gone; your notebook is not.', server),
        action: { title: t('Start'), command: 'kubeflow.startServer' },
      };
    case 'noWebSockets':
      return {
        text: t(
          'Something between here and the cluster lets no WebSocket through, so no cell can run on {0}. Its files can be used.',
          server,
        ),
        action: { title: t('Diagnose'), command: 'kubeflow.diagnoseConnection' },
      };
    case 'shutDown':
      return { text: t('The kernel was shut down. Its variables are gone; your notebook is not.'), action };
  }
}
