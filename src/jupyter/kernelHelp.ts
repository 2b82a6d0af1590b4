import { foldersExpression, foldersOf } from './folders.ts';
import type { KernelQuestions } from './kernelQuestions.ts';
import { codePointsOf, completionsOf, inspectionOf, type Completions, type Inspection } from './kernelReplies.ts';

/** What a kernel that runs tells somebody who types or reads. Nothing when it runs a cell for longer than anybody waits. */
export class KernelHelp {
  constructor(private readonly questions: KernelQuestions) {}

  /** What it proposes at an offset of `code`. */
  async complete(code: string, offset: number, signal?: AbortSignal): Promise<Completions | undefined> {
    const content = { code, cursor_pos: codePointsOf(code, offset) };
    const reply = await this.questions.ask('complete_request', content, signal);
    return reply && completionsOf(code, reply);
  }

  /** What it knows about a name. */
  async inspect(name: string, signal?: AbortSignal): Promise<Inspection | undefined> {
    const content = { code: name, cursor_pos: codePointsOf(name, name.length), detail_level: 0 };
    const reply = await this.questions.ask('inspect_request', content, signal);
    return reply && inspectionOf(reply);
  }

  /** Its home, and a folder's path without symbolic links; of Python only. Runs nothing that the notebook could notice. */
  async folders(root: string, signal?: AbortSignal): Promise<{ home: string; realRoot: string } | undefined> {
    const quiet = { code: '', silent: true, store_history: false, allow_stdin: false, stop_on_error: false };
    const content = { ...quiet, user_expressions: { folders: foldersExpression(root) } };
    const reply = await this.questions.ask('execute_request', content, signal);
    return reply && foldersOf(reply);
  }
}
