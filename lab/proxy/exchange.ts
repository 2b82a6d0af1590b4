import type { Readable, Transform, Writable } from 'node:stream';

/** The answer's way through the proxy, from the API server to the client, which can be held and let go. */
export class Flow {
  private held = false;
  private readonly first: Writable;

  constructor(
    readonly method: string,
    readonly url: string,
    private readonly from: Readable,
    to: Writable,
    /** What is done to the bytes on their way. */
    through?: Transform,
  ) {
    if (through) through.pipe(to);
    this.first = through ?? to;
    from.pipe(this.first);
  }

  /** No further byte reaches the client; its connection stays as it is. */
  hold(): void {
    if (this.held) return;
    this.held = true;
    this.from.unpipe(this.first);
    this.from.pause();
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    this.from.pipe(this.first);
  }
}

const reasons: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  502: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};
const messages: Record<number, string> = {
  401: 'Unauthorized',
  403: 'forbidden: the fault proxy was told to refuse this',
  404: 'the server could not find the requested resource',
  410: 'The resourceVersion for the provided watch is too old.',
  429: 'Too many requests, please try again later.',
  500: 'Internal Server Error: the fault proxy was told to break this',
  502: 'bad gateway',
  503: 'apiserver not ready',
  504: 'the server was unable to return a response in the time allotted',
};

/** The API server's own kind of refusal: a Status object, as JSON. */
export function refusal(status: number, retryAfter: number | undefined): unknown {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: messages[status],
    reason: reasons[status],
    ...(retryAfter !== undefined && { details: { retryAfterSeconds: retryAfter } }),
    code: status,
  };
}
