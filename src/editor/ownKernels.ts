import type { Memory } from './usedServers.ts';

const key = 'kubeflow.ownKernels';
const most = 300;

/** The kernels that were started from this computer, in whichever window. Jupyter itself knows no persons. */
export class OwnKernels {
  constructor(private readonly memory: Memory) {}

  has(kernelId: string): boolean {
    return this.all().includes(kernelId);
  }

  async add(kernelId: string): Promise<void> {
    if (!this.has(kernelId)) await this.memory.update(key, [kernelId, ...this.all()].slice(0, most));
  }

  private all(): string[] {
    const stored = this.memory.get<unknown>(key);
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : [];
  }
}
