import type WebSocket from 'ws';
import type { Cluster } from './cluster.ts';
import { KubeError } from './errors.ts';
import { pods, resourcePath } from './objects.ts';
import { errorFromSocket, errorFromStatus } from './problems.ts';

export interface ExecResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

const defaultTimeoutMs = 30_000;
/** How long a server may take to close after its last word. */
const closeMs = 1_000;
/** Of each stream; what a command prints beyond it is dropped. */
const maxOutput = 8 * 1024 * 1024;
const [stdoutChannel, stderrChannel, statusChannel] = [1, 2, 3];

interface ExecStatus {
  status?: string;
  reason?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

/**
 * Runs a command in a container without a terminal or input, to its end. A command that ends with another exit code
 * than 0 is a result, not an error.
 * @throws KubeError: Timeout, NotFound (pod or container), ServerError (e.g. there is no such program in the image)
 */
export async function exec(
  cluster: Cluster,
  options: {
    namespace: string;
    pod: string;
    container: string;
    command: string[];
    signal?: AbortSignal;
    timeoutMs?: number;
  },
): Promise<ExecResult> {
  const { namespace, pod, container, command, timeoutMs = defaultTimeoutMs } = options;
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' });
  for (const word of command) query.append('command', word);
  const control = new AbortController();
  const abort = (): void => control.abort(options.signal?.reason);
  const timeout = new KubeError({ code: 'Timeout', seconds: timeoutMs / 1000 });
  const timer = setTimeout(() => control.abort(timeout), timeoutMs);
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  try {
    const socket = await cluster.websocket({
      path: resourcePath(pods, { namespace, name: pod, subresource: 'exec' }),
      query,
      protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
      signal: control.signal,
    });
    return await result(socket, control.signal, `${namespace}/${pod}`);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  }
}

function result(socket: WebSocket, signal: AbortSignal, name: string): Promise<ExecResult> {
  const stdout = new Output();
  const stderr = new Output();
  let status: ExecStatus | undefined;
  let cut: NodeJS.Timeout | undefined;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
      socket.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    socket.on('message', (data: Buffer) => {
      const body = data.subarray(1);
      if (data[0] === stdoutChannel) stdout.add(body);
      else if (data[0] === stderrChannel) stderr.add(body);
      else if (data[0] === statusChannel && body.length > 0) {
        try {
          status = JSON.parse(body.toString('utf8')) as ExecStatus;
        } catch {
          status = { status: 'Failure', message: body.toString('utf8').slice(0, 300) };
        }
        // The status is the last word; some servers leave it to us to close, and some do not answer that.
        socket.close(1000);
        cut ??= setTimeout(() => socket.terminate(), closeMs);
      }
    });
    socket.on('error', (error) => reject(errorFromSocket(error, name)));
    socket.on('close', (code) => {
      clearTimeout(cut);
      signal.removeEventListener('abort', abort);
      const exitCode = status && exitCodeOf(status);
      if (exitCode !== undefined) resolve({ stdout: stdout.text(), stderr: stderr.text(), exitCode });
      else if (status) reject(errorFromStatus({ code: 500, ...status }));
      else reject(lost(name, code));
    });
  });
}

/** undefined: the command did not run. */
function exitCodeOf(status: ExecStatus): number | undefined {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  return cause?.message === undefined ? undefined : Number(cause.message);
}

function lost(name: string, code: number): KubeError {
  const detail = `the connection closed with code ${code} before the command ended`;
  return new KubeError({ code: 'Unreachable', host: name, reason: 'reset', detail });
}

class Output {
  readonly #parts: Buffer[] = [];
  #size = 0;

  add(part: Buffer): void {
    if (this.#size >= maxOutput) return;
    this.#size += part.length;
    this.#parts.push(part);
  }

  text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}
