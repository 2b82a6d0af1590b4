import type { KernelMessage } from '@jupyterlab/services';
import { createMessage } from '@jupyterlab/services/lib/kernel/messages';
import type { KernelChannel } from './kernelChannel.ts';
import type { KernelExecution } from './kernelExecution.ts';
import type { KernelRuns } from './kernelRuns.ts';

export interface KernelInputOptions {
  channel: KernelChannel;
  runs: KernelRuns;
  clientId: string;
  interrupt: () => Promise<void>;
}

/**
 * Answers what running code wants to know, as input() and getpass() ask it; a question that is dismissed interrupts the code.
 * Nobody is answered whose code has ended meanwhile. Never rejects.
 */
export async function answerInput(
  execution: KernelExecution,
  request: KernelMessage.IInputRequestMsg,
  { channel, runs, clientId, interrupt }: KernelInputOptions,
): Promise<void> {
  const { prompt, password } = request.content;
  const value = await execution.handlers.input?.(prompt, password).catch(() => undefined);
  if (!runs.isRunning(execution)) return;
  if (value === undefined) return interrupt().catch(() => execution.abandon());
  const content = { status: 'ok', value };
  const reply = createMessage({ msgType: 'input_reply', channel: 'stdin', session: clientId, content } as never);
  reply.parent_header = request.header;
  channel.send(reply);
}
