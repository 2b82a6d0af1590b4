import { createHash } from 'node:crypto';

/**
 * The session path of a notebook or program that is not on the server: in the server's root, so that its kernel starts there, and
 * the same for the same file on the same machine, so that a reload finds its kernel again and nobody else's.
 */
export function localSessionPath(machine: string, uri: string, path = uri): string {
  const last = /[^/\\]*$/.exec(path)?.[0] ?? '';
  const [, name = '', ending = '.ipynb'] = /^(.*?)(\.ipynb|\.py)?$/is.exec(last) ?? [];
  const hash = createHash('sha256').update(`${machine}\n${uri}`).digest('hex').slice(0, 8);
  return `${name.replace(/[^\p{L}\p{N}._ -]/gu, '_') || 'notebook'}-${hash}${ending.toLowerCase()}`;
}

/**
 * What tells this machine's files from others' of the same URI. VS Code's machineId is that of the computer with the screen:
 * by SSH or in containers, the same URI names a file on each of them, so there the host's own name counts as well (only
 * there: a laptop's name changes with the network).
 */
export function machineOf(env: { machineId: string; remoteName: string | undefined }, host: string): string {
  return env.remoteName ? `${env.machineId} ${env.remoteName} ${host}` : env.machineId;
}

/** A controller's id for a server: stable, as VS Code remembers a notebook's kernel by it. */
export function controllerId(server: string): string {
  return `kubeflow-${createHash('sha256').update(server).digest('hex').slice(0, 12)}`;
}
