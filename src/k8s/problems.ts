import { KubeError, type KubeProblem } from './errors.ts';
import { tlsProblem } from './tlsProblems.ts';

/** A Kubernetes `Status`: the body of every refusal, and the object of a watch's ERROR event. */
interface Status {
  kind?: string;
  message?: string;
  reason?: string;
  code?: number;
  details?: {
    name?: string;
    retryAfterSeconds?: number;
    causes?: { reason?: string; message?: string; field?: string }[];
  };
}

/**
 * The error behind a refused HTTP answer.
 * @param body the answer's text: a Status as JSON, plain text (kubelet, proxies) or nothing
 * @param retryAfter the Retry-After header, in either of its forms
 */
export function errorFromResponse(status: number, body: string, retryAfter?: string): KubeError {
  return new KubeError(problemFrom(status, statusOf(body, status), retryAfter));
}

/** The error behind the object of a watch's ERROR event. */
export function errorFromStatus(object: unknown): KubeError {
  const status = isRecord(object) ? (object as Status) : {};
  return new KubeError(problemFrom(status.code ?? 500, status));
}

function problemFrom(http: number, status: Status, retryAfter?: string): KubeProblem {
  const message = status.message ?? `HTTP ${http}`;
  const seconds = retryAfterSeconds(retryAfter) ?? status.details?.retryAfterSeconds;
  const later = seconds === undefined ? {} : { retryAfterSeconds: seconds };
  const refused = refusal(http, status, message);
  if (refused) return refused;
  switch (http) {
    case 400:
    case 422:
      return { code: 'Invalid', message, fields: fieldsOf(status) };
    case 401:
      return { code: 'Unauthorized', message };
    case 403:
      return { code: 'Forbidden', ...missingRight(message), message };
    case 404:
      return { code: 'NotFound', message, missing: status.details?.name ? 'object' : missingThing(status, message) };
    case 409:
      return { code: status.reason === 'AlreadyExists' ? 'AlreadyExists' : 'Conflict', message };
    case 410:
      return { code: 'Gone', message };
    case 429:
      return { code: 'TooManyRequests', message, ...later };
    default:
      return { code: 'ServerError', status: http, message, ...later };
  }
}

/**
 * Refusals by admission: an exceeded quota and a denied policy come as 403, a webhook chooses its own status (400 and
 * 403 mostly), a ValidatingAdmissionPolicy says 422. A missing right always reads `... cannot VERB resource ...`.
 */
function refusal(http: number, status: Status, message: string): KubeProblem | undefined {
  if (http < 400 || http >= 500 || http === 401 || http === 404 || http === 429) return undefined;
  if (/admission webhook "[^"]*" denied the request/.test(message)) return { code: 'Refused', by: 'webhook', message };
  if (/ValidatingAdmissionPolicy '[^']*'.* denied request/.test(message)) {
    return { code: 'Refused', by: 'policy', message };
  }
  if (http !== 403 || missingRight(message).verb || /RBAC permissions not currently held/.test(message))
    return undefined;
  // The API server and the kubelet say with a Status what is forbidden, and by whom.
  if (status.kind !== 'Status') return { code: 'Refused', by: 'gateway', message };
  if (/exceeded quota|failed quota|insufficient quota/.test(message)) return { code: 'Refused', by: 'quota', message };
  const terminating = status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating');
  if (terminating || /is forbidden: /.test(message)) return { code: 'Refused', by: 'policy', message };
  return undefined;
}

/** From RBAC's sentence: `User "u" cannot list resource "pods" in API group "" in the namespace "n"`. */
function missingRight(message: string): { verb?: string; resource?: string; namespace?: string } {
  const match = /cannot (\S+) (?:resource|path) "([^"]+)"(?:.* in the namespace "([^"]+)")?/.exec(message);
  if (!match) return {};
  const [, verb, resource, namespace] = match;
  return { verb, resource, ...(namespace ? { namespace } : {}) };
}

/** An object that is not there is named; a type that is not served is "404 page not found" or "the requested resource". */
function missingThing(status: Status, message: string): 'object' | 'resource' {
  if (/could not find the requested resource|page not found/.test(message)) return 'resource';
  return status.reason === 'NotFound' || / not found/.test(message) ? 'object' : 'resource';
}

function fieldsOf(status: Status): { field: string; message: string }[] {
  return (status.details?.causes ?? []).map((cause) => ({ field: cause.field ?? '', message: cause.message ?? '' }));
}

function retryAfterSeconds(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds : undefined;
  const date = /GMT$/.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

/** The Status in a body; text that is none (a proxy's page, a kubelet's line) becomes a message of bounded length. */
function statusOf(body: string, http: number): Status {
  if (body.trimStart().startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(body);
      if (isRecord(parsed) && typeof parsed.message === 'string') return parsed;
    } catch {
      return { message: `HTTP ${http} with a body that is no JSON` };
    }
  }
  const text = body
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  return text === '' ? {} : { message: text };
}

const reasons: Record<string, 'dns' | 'refused' | 'timeout' | 'reset'> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
};

/** The error behind a failed socket, TLS handshake or broken answer. A KubeError passes through. */
export function errorFromSocket(error: unknown, host: string): KubeError {
  if (error instanceof KubeError) return error;
  // Node dials every address of a name and reports them together; the first speaks for all.
  const cause: unknown = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const code = socketCode(cause);
  const detail = cause instanceof Error ? cause.message || code : String(cause);
  const tls = tlsProblem(code, detail, host);
  if (tls) return new KubeError(tls, { cause });
  return new KubeError({ code: 'Unreachable', host, reason: reasons[code] ?? 'other', detail }, { cause });
}

/** The `code` of a Node error, '' without one. */
export function socketCode(error: unknown): string {
  return isRecord(error) && typeof error.code === 'string' ? error.code : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
