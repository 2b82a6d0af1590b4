import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gpuUuid, nvidiaSmiScript } from './gpus.ts';
import { podVariable } from './podProcess.ts';

/** The names that `kubectl exec` may be given and that a pod has other programs for than this machine. */
const dispatched = ['nvidia-smi', 'python', 'python3', 'pip', 'jupyter', 'jupyter-lab', 'ipython', 'simulate-oom'];

/**
 * Fills a folder that is to be first on kwok's PATH. kwok looks a command up on its own PATH and only then sets the pod's
 * variables, so each name here looks itself up again on the PATH it was given.
 */
export async function makeExecFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const dispatcher = path.join(folder, 'dispatch');
  const script = [
    '#!/bin/sh',
    'name=${0##*/}',
    `if [ -n "$${podVariable}" ] && program=$(command -v "$name"); then exec "$program" "$@"; fi`,
    `printf 'exec: "%s": executable file not found in $PATH\\n' "$name" >&2`,
    'exit 127',
    '',
  ];
  await writeFile(dispatcher, script.join('\n'), { mode: 0o755 });
  for (const name of dispatched) await symlink('dispatch', path.join(folder, name));
}

/** The folder of one pod on this machine: its programs, its logs and what is to end with it. */
export class PodFolder {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  readonly bin = () => path.join(this.#root, 'bin');
  readonly volumes = () => path.join(this.#root, 'volumes');
  /** The home of a pod that mounts none: it ends with the pod. */
  readonly home = () => path.join(this.#root, 'home');
  readonly runtime = () => path.join(this.#root, 'runtime');
  readonly log = (restart: number) => path.join(this.#root, 'logs', `${restart}.log`);
  /** Written by `simulate-oom` before it kills the container. */
  readonly oomMark = () => path.join(this.#root, 'oom');
  readonly pidFile = () => path.join(this.#root, 'pid');

  /** @param gpus the node's cards that the pod was given; undefined on a node that has none, and so no nvidia-smi either */
  async make(node: string, gpus: readonly number[] | undefined): Promise<void> {
    for (const folder of [this.bin(), this.volumes(), this.home(), this.runtime(), path.dirname(this.log(0))]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    if (gpus) await this.#program('nvidia-smi', nvidiaSmiScript(node, gpus));
    await this.#program(
      'simulate-oom',
      `#!/bin/sh\n# Ends the container as the kernel does when memory runs out.\n: > '${this.oomMark()}'\nkill -KILL "$(cat '${this.pidFile()}')"\n`,
    );
  }

  /** What every process of the pod has besides what the pod's author gave it. */
  baseEnv(o: {
    home: string;
    hostname: string;
    venvBin: string;
    node: string;
    gpus: readonly number[] | undefined;
  }): Record<string, string> {
    return {
      PATH: [this.bin(), o.venvBin, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      HOME: o.home,
      HOSTNAME: o.hostname,
      NB_USER: 'jovyan',
      LANG: 'C.UTF-8',
      SHELL: '/bin/bash',
      TMPDIR: this.runtime(),
      JUPYTER_RUNTIME_DIR: path.join(this.runtime(), 'jupyter'),
      XDG_RUNTIME_DIR: this.runtime(),
      ...(o.gpus ? { NVIDIA_VISIBLE_DEVICES: o.gpus.map((card) => gpuUuid(o.node, card)).join(',') || 'void' } : {}),
    };
  }

  async clearOomMark(): Promise<void> {
    await rm(this.oomMark(), { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true });
  }

  async #program(name: string, text: string): Promise<void> {
    const file = path.join(this.bin(), name);
    await writeFile(file, text);
    await chmod(file, 0o755);
  }
}

/** Removes what pods of an earlier run left in the run folder. */
export async function clearPodFolders(root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => []))
    await rm(path.join(root, name), { recursive: true, force: true });
}
