/** Why a server has no pod to talk to; what the user can do about it differs. */
export type NotRunningReason = 'stopped' | 'starting' | 'failing' | 'deleted' | 'unknown';

/**
 * How a kernel's life ended without the user asking this window for it.
 * `died`: the kernel's process ended while Jupyter went on (often: out of memory). `serverRestarted`: the pod or its
 * Jupyter is a new one. `serverStopped`: there is no pod any more. `shutDown`: somebody shut the kernel down. `noWebSockets`:
 * it lives, but something on the way lets no WebSocket through, which is all that a kernel speaks.
 */
export type KernelEndReason =
  'died' | 'outOfMemory' | 'serverRestarted' | 'serverStopped' | 'shutDown' | 'noWebSockets';

/** What closes a way to a pod: rights (`verb resource`) that are missing, something between, or whatever `detail` says. */
export interface ClosedWay {
  missing: string[];
  blocked: boolean;
  detail: string;
}

/** Everything that can go wrong between this extension and a Jupyter server, as data; the words are made elsewhere. */
export type JupyterProblem =
  | { code: 'NotRunning'; server: string; why: NotRunningReason }
  /** No connection to the pod can be made now; it is tried again. */
  | { code: 'Unreachable'; server: string; detail: string }
  /** Neither a port-forward nor the API server's proxy leads to the pod, and waiting changes nothing. */
  | { code: 'NoRoute'; server: string; namespace: string; portForward: ClosedWay; podProxy: ClosedWay }
  /** The pod is there, but Jupyter in it did not answer for so long. */
  | { code: 'NotAnswering'; server: string; seconds: number }
  | { code: 'KernelSpecMissing'; name: string; available: string[] }
  /** What answers there has no kernels: RStudio, code-server. */
  | { code: 'NoKernels'; server: string }
  | { code: 'KernelStartFailed'; server: string; detail: string }
  | { code: 'KernelEnded'; server: string; reason: KernelEndReason }
  /** A notice while a cell runs: the wire is cut, the cell goes on at the server. */
  | { code: 'ConnectionLost'; server: string; since: Date }
  /** The server did not keep what a cell printed while the wire was cut. */
  | { code: 'OutputLost'; server: string; from: Date; to: Date }
  /** The server threw away what a cell told faster than it lets through; `option` is Jupyter's name of the limit. */
  | { code: 'OutputLimited'; what: 'bytes' | 'messages'; perSecond: number; option: string }
  | { code: 'NotFound'; path: string }
  | { code: 'Exists'; path: string }
  | { code: 'NotEmpty'; path: string }
  | { code: 'NotPermitted'; path: string }
  /** The name begins with a dot, and the server takes no such names (`ContentsManager.allow_hidden`). */
  | { code: 'HiddenName'; path: string }
  | { code: 'NameTooLong'; path: string }
  /** The volume is full, or its quota. */
  | { code: 'NoSpace'; path: string }
  | { code: 'TooLarge'; path: string; bytes: number; limitBytes: number }
  /** The file changed on the server since it was read. */
  | { code: 'Conflict'; path: string }
  /** The name now means another cluster than the one this file or kernel came from. */
  | { code: 'OtherCluster'; context: string }
  /** The file became another one while it was transferred, each time. `here`: the local one. */
  | { code: 'Changing'; path: string; here: boolean }
  /** Less (or more) than was sent is there: the server takes no files in parts, or somebody else wrote. */
  | { code: 'Incomplete'; path: string; bytes: number; expected: number }
  /** The server does not answer: what could not be saved is kept in the editor and saved when it does. */
  | { code: 'SaveLater'; server: string; why: NotRunningReason | 'silent' }
  /** Any other answer of Jupyter's that is no success. */
  | { code: 'Refused'; status: number; message: string };

export type JupyterErrorCode = JupyterProblem['code'];

/** The one error class of this folder. Its message is for logs; what a user reads is made from `problem`. */
export class JupyterError extends Error {
  readonly problem: JupyterProblem;

  constructor(problem: JupyterProblem, options?: { cause?: unknown }) {
    super(describe(problem), options);
    this.name = 'JupyterError';
    this.problem = problem;
  }

  get code(): JupyterErrorCode {
    return this.problem.code;
  }
}

/** Whether `e` is a JupyterError (of that code, where one is given). */
export function isJupyterError<C extends JupyterErrorCode>(
  e: unknown,
  code: C,
): e is JupyterError & { problem: Extract<JupyterProblem, { code: C }> };
export function isJupyterError(e: unknown): e is JupyterError;
export function isJupyterError(e: unknown, code?: JupyterErrorCode): boolean {
  return e instanceof JupyterError && (code === undefined || e.code === code);
}

function describe(problem: JupyterProblem): string {
  switch (problem.code) {
    case 'NotRunning':
      return `NotRunning: ${problem.server} is ${problem.why}`;
    case 'Unreachable':
      return `Unreachable: ${problem.server}: ${problem.detail}`;
    case 'NoRoute':
      return `NoRoute: ${problem.server}: ${problem.portForward.detail}; ${problem.podProxy.detail || problem.podProxy.missing.join(', ')}`;
    case 'NotAnswering':
      return `NotAnswering: ${problem.server} for ${problem.seconds} s`;
    case 'KernelEnded':
      return `KernelEnded: ${problem.reason}`;
    case 'KernelStartFailed':
      return `KernelStartFailed: ${problem.detail}`;
    case 'Refused':
      return `Refused: ${problem.status} ${problem.message}`;
    default:
      return 'path' in problem ? `${problem.code}: ${problem.path}` : problem.code;
  }
}
