import type { Memory } from '../usedServers.ts';

/** What is known of a notebook whose cells the Jupyter extension runs. */
export interface RememberedKernel {
  /** The server's id in our collection, where the kernel was chosen through us. */
  server?: string;
  /** The controller's id in the Jupyter extension. */
  controller?: string;
}

const key = 'kubeflow.jupyterNotebooks';
const most = 200;

/**
 * Which notebooks of this workspace have a kernel of the Jupyter extension. VS Code remembers that as well, but tells an
 * extension of its own kernels only: so it is noted when we select one, and when we see one run.
 */
export class RememberedKernels {
  constructor(private readonly memory: Memory) {}

  get(notebook: string): RememberedKernel | undefined {
    return this.all()[notebook];
  }

  /** @param notebook its URI */
  async remember(notebook: string, kernel: RememberedKernel): Promise<void> {
    const others = Object.entries(this.all()).filter(([known]) => known !== notebook);
    await this.memory.update(key, Object.fromEntries([...others.slice(-(most - 1)), [notebook, kernel]]));
  }

  async forget(notebook: string): Promise<void> {
    if (!this.get(notebook)) return;
    const others = Object.entries(this.all()).filter(([known]) => known !== notebook);
    await this.memory.update(key, Object.fromEntries(others));
  }

  private all(): Record<string, RememberedKernel> {
    return this.memory.get<Record<string, RememberedKernel>>(key) ?? {};
  }
}
