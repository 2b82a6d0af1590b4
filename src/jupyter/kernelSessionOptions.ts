import type { KernelChannel } from './kernelChannel.ts';
import type { Target } from './target.ts';

export type KernelStatus = 'starting' | 'idle' | 'busy' | 'restarting' | 'dead';

export interface KernelSessionOptions {
  channel: KernelChannel;
  target: Target;
  /** Our name at the kernel: messages with it are ours, and Jupyter buffers for it while we are away. */
  clientId: string;
  kernelId: string;
  /** The kernelspec's name. */
  kernelName: string;
  /** The session's path at the server. */
  path: string;
  /** The kernel ran before this window asked for it. */
  found?: boolean;
  /** It runs something now, as Jupyter says. */
  busy?: boolean;
  /** This window is done with the kernel, which goes on. */
  onDispose?(): void;
  rest: { interrupt(): Promise<void>; restart(): Promise<void>; shutdown(): Promise<void> };
}
