import type { KernelQuestions } from './kernelQuestions.ts';
import { codePointsOf, completionsOf, inspectionOf, type Completions, type Inspection } from './kernelReplies.ts';

/** What a kernel that runs tells somebody who types. Nothing when it runs a cell for longer than anybody waits. */
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
}
