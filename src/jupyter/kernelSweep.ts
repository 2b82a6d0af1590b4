import { randomUUID } from 'node:crypto';
import { JupyterError } from './errors.ts';
import type { KernelSession } from './kernelSession.ts';
import type { OpenKernelOptions } from './serverModels.ts';

/** What removing needs of a server. */
export interface SweepServer {
  openKernel(o: OpenKernelOptions): Promise<KernelSession>;
  shutdownKernel(id: string): Promise<void>;
}

/**
 * Python that removes a path below the kernel's folder and prints one word; neither os.remove nor rmtree follows a link.
 * The path comes as base64, which needs no quoting.
 */
function code(path: string): string {
  return `
def _sweep():
    import base64, os, shutil
    path = os.path.join(os.getcwd(), base64.b64decode("${Buffer.from(path, 'utf8').toString('base64')}").decode("utf-8"))
    if not os.path.lexists(path):
        return "absent"
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.remove(path)
    return "removed"
print(_sweep(), flush=True)`;
}

/**
 * Removes a file or folder with a kernel of its own, which ends afterwards: where the Contents API cannot. Its folder is
 * the server's root, as a notebook's in the root is. Rejects with NotEmpty where the server has no Python kernel.
 */
export async function sweepWithKernel(server: SweepServer, path: string): Promise<'removed' | 'absent'> {
  const session = await server.openKernel({ path: `delete-${randomUUID().slice(0, 8)}.ipynb`, kernelName: 'python3' });
  try {
    if (!/python/i.test(session.kernelName)) throw new JupyterError({ code: 'NotEmpty', path });
    let said = '';
    const { done } = session.execute(code(path), {
      output: (event) => {
        if (event.kind === 'stream') said += event.text;
      },
    });
    const { ok, problem } = await done;
    const word = said.trim();
    if (word === 'removed' || word === 'absent') return word;
    if (problem) throw new JupyterError(problem);
    throw new JupyterError({ code: ok ? 'NotEmpty' : 'NotPermitted', path });
  } finally {
    await server.shutdownKernel(session.kernelId);
  }
}
