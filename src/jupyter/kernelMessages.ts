import type { KernelMessage } from '@jupyterlab/services';
import type { JupyterProblem } from './errors.ts';

export type OutputLimited = Extract<JupyterProblem, { code: 'OutputLimited' }>;
export type OutputLost = Extract<JupyterProblem, { code: 'OutputLost' }>;

/** What a running cell tells, in the order in which the kernel said it. */
export type OutputEvent =
  | { kind: 'started'; executionCount: number }
  | { kind: 'stream'; name: 'stdout' | 'stderr'; text: string }
  | { kind: 'display'; data: MimeBundle; metadata: Record<string, unknown>; displayId?: string }
  | { kind: 'update'; data: MimeBundle; metadata: Record<string, unknown>; displayId: string }
  | {
      kind: 'result';
      data: MimeBundle;
      metadata: Record<string, unknown>;
      executionCount: number | null;
      displayId?: string;
    }
  | { kind: 'error'; name: string; value: string; traceback: string[] }
  | { kind: 'clear'; wait: boolean }
  /** Jupyter itself says that it throws outputs away. */
  | { kind: 'limited'; problem: OutputLimited }
  /** What was said while the wire was cut is missing here. */
  | { kind: 'lost'; problem: OutputLost };

/** By mime type: text, an array of lines, base64 or JSON, as nbformat has it. */
export type MimeBundle = Record<string, unknown>;

/** The output that an iopub message stands for; undefined for those that print nothing (status, comms). */
export function outputOf(message: KernelMessage.IMessage): OutputEvent | undefined {
  const content = message.content as Record<string, unknown>;
  const bundle = () => ({
    data: (content.data ?? {}) as MimeBundle,
    metadata: (content.metadata ?? {}) as Record<string, unknown>,
  });
  const displayId = (content.transient as { display_id?: string } | undefined)?.display_id;
  switch (message.header.msg_type) {
    case 'execute_input':
      return { kind: 'started', executionCount: Number(content.execution_count) };
    case 'stream':
      return (
        limitOf(content) ?? {
          kind: 'stream',
          name: content.name === 'stderr' ? 'stderr' : 'stdout',
          text: String(content.text),
        }
      );
    case 'display_data':
      return { kind: 'display', ...bundle(), ...(displayId ? { displayId } : {}) };
    case 'update_display_data':
      return displayId ? { kind: 'update', ...bundle(), displayId } : undefined;
    case 'execute_result':
      return {
        kind: 'result',
        ...bundle(),
        executionCount: (content.execution_count as number | null | undefined) ?? null,
        ...(displayId ? { displayId } : {}),
      };
    case 'error':
      return {
        kind: 'error',
        name: String(content.ename),
        value: String(content.evalue),
        traceback: Array.isArray(content.traceback) ? content.traceback.map(String) : [],
      };
    case 'clear_output':
      return { kind: 'clear', wait: content.wait === true };
    default:
      return undefined;
  }
}

/** Jupyter Server's warning in place of the outputs that it drops, which it sends as if the cell had printed it. */
function limitOf({ name, text }: Record<string, unknown>): OutputEvent | undefined {
  if (name !== 'stderr' || typeof text !== 'string') return undefined;
  const said = /^\s*IOPub (data|message) rate exceeded\.\n[^]*?`--([\w.]+)`[^]*?\2=([\d.e+]+) \(/.exec(text);
  if (!said) return undefined;
  const what = said[1] === 'data' ? 'bytes' : 'messages';
  return { kind: 'limited', problem: { code: 'OutputLimited', what, perSecond: Number(said[3]), option: said[2]! } };
}
