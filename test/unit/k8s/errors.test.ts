import assert from 'node:assert/strict';
import type { KubeProblem } from '../../../src/k8s/errors.ts';
import { errorFromResponse, errorFromSocket, errorFromStatus } from '../../../src/k8s/problems.ts';

const status = (message: string, more: object = {}): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, ...more });

describe('errors', () => {
  const rbac = (what: string): string => `notebooks.kubeflow.org is forbidden: User "dave" cannot ${what}`;
  const table: [string, number, string, Partial<KubeProblem> & Record<string, unknown>][] = [
    [
      'a missing right in a namespace',
      403,
      status(rbac('list resource "notebooks" in API group "kubeflow.org" in the namespace "alice"'), {
        reason: 'Forbidden',
      }),
      { code: 'Forbidden', verb: 'list', resource: 'notebooks', namespace: 'alice' },
    ],
    [
      'a missing right in the whole cluster',
      403,
      status(rbac('create resource "profiles" in API group "kubeflow.org" at the cluster scope')),
      { code: 'Forbidden', verb: 'create', resource: 'profiles', namespace: undefined },
    ],
    [
      'rights that may not be handed on',
      403,
      status(
        'rolebindings "a" is forbidden: user "x" (groups=[]) is attempting to grant RBAC permissions not currently held:',
      ),
      { code: 'Forbidden' },
    ],
    [
      'an exceeded quota',
      403,
      status(
        'pods "mnist-0" is forbidden: exceeded quota: kf-resource-quota, requested: requests.nvidia.com/gpu=2, used: 0, limited: 1',
      ),
      { code: 'Refused', by: 'quota' },
    ],
    [
      'PodSecurity',
      403,
      status('pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'),
      { code: 'Refused', by: 'policy' },
    ],
    [
      'a LimitRange',
      403,
      status('pods "a" is forbidden: maximum cpu usage per Container is 2, but limit is 4'),
      { code: 'Refused', by: 'policy' },
    ],
    [
      'a namespace that is going',
      403,
      status(
        'configmaps "a" is forbidden: unable to create new content in namespace b because it is being terminated',
        {
          reason: 'Forbidden',
          details: { causes: [{ reason: 'NamespaceTerminating' }] },
        },
      ),
      { code: 'Refused', by: 'policy' },
    ],
    [
      'a webhook by 403',
      403,
      status('admission webhook "v.kyverno.svc" denied the request: no latest tag'),
      { code: 'Refused', by: 'webhook' },
    ],
    [
      'a webhook by 400',
      400,
      status('admission webhook "v.gatekeeper.sh" denied the request: [a] no'),
      { code: 'Refused', by: 'webhook' },
    ],
    [
      'a ValidatingAdmissionPolicy',
      422,
      status(
        "notebooks.kubeflow.org \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
      ),
      { code: 'Refused', by: 'policy' },
    ],
    ['a refusal without a body, as an unknown subprotocol gets it', 403, '', { code: 'Refused', by: 'gateway' }],
    [
      "a gateway's refusal",
      403,
      '<html><body>Access denied by zone policy</body></html>',
      { code: 'Refused', by: 'gateway', message: 'Access denied by zone policy' },
    ],
    ['a refusal in JSON of another kind', 403, '{"error":"no"}', { code: 'Refused', by: 'gateway' }],
    [
      'an object that is not there',
      404,
      status('pods "a" not found', { reason: 'NotFound', details: { name: 'a' } }),
      { code: 'NotFound', missing: 'object' },
    ],
    ['an API that is not served', 404, '404 page not found\n', { code: 'NotFound', missing: 'resource' }],
    [
      'a type that is not served',
      404,
      status('the server could not find the requested resource', { reason: 'NotFound', details: {} }),
      { code: 'NotFound', missing: 'resource' },
    ],
    ['a name that is taken', 409, status('x already exists', { reason: 'AlreadyExists' }), { code: 'AlreadyExists' }],
    ['a change in between', 409, status('the object has been modified', { reason: 'Conflict' }), { code: 'Conflict' }],
    ['a version that is too old', 410, status('too old', { reason: 'Expired' }), { code: 'Gone' }],
    ['a bad object', 400, status('cannot be handled as a Notebook'), { code: 'Invalid' }],
    ['no sign-in', 401, status('Unauthorized'), { code: 'Unauthorized' }],
    [
      'too many requests',
      429,
      status('slow down', { details: { retryAfterSeconds: 2 } }),
      { code: 'TooManyRequests', retryAfterSeconds: 2 },
    ],
    [
      'a node that does not answer',
      500,
      'error dialing backend: EOF',
      { code: 'ServerError', status: 500, message: 'error dialing backend: EOF' },
    ],
    [
      "a gateway's page",
      502,
      '<html><head><style>a{}</style><title>Bad</title></head><body>Bad <b>gateway</b></body></html>',
      { code: 'ServerError', status: 502, message: 'Bad Bad gateway' },
    ],
    ['half a JSON', 500, '{"kind":"Status","mess', { code: 'ServerError', status: 500 }],
    ['JSON that is no Status', 500, '{"error":"x"}', { code: 'ServerError', status: 500 }],
  ];
  for (const [name, http, body, expected] of table) {
    it(`tells ${name}`, () => {
      const problem = errorFromResponse(http, body).problem as Record<string, unknown>;
      for (const [field, value] of Object.entries(expected)) assert.equal(problem[field], value, field);
    });
  }

  it('lists the fields of an invalid object', () => {
    const details = { causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.x' }] };
    const { problem } = errorFromResponse(422, status('invalid', { reason: 'Invalid', details }));
    assert.ok(problem.code === 'Invalid');
    assert.deepEqual(problem.fields, [{ field: 'spec.x', message: 'Required value' }]);
  });

  it('takes Retry-After from the header', () => {
    const problems = [errorFromResponse(429, '', '7').problem, errorFromResponse(503, '', '7').problem];
    for (const problem of problems) assert.equal((problem as { retryAfterSeconds?: number }).retryAfterSeconds, 7);
    const later = new Date(Date.now() + 20_000).toUTCString();
    const { problem } = errorFromResponse(429, '', later);
    assert.ok(
      problem.code === 'TooManyRequests' && problem.retryAfterSeconds! > 17 && problem.retryAfterSeconds! <= 20,
    );
    for (const odd of ['soon', '-1']) {
      assert.deepEqual(errorFromResponse(429, '', odd).problem, { code: 'TooManyRequests', message: 'HTTP 429' });
    }
  });

  it('reads the object of an ERROR event', () => {
    assert.equal(errorFromStatus({ kind: 'Status', code: 410, message: 'too old' }).code, 'Gone');
    assert.equal(errorFromStatus(null).code, 'ServerError');
  });

  it('tells failed connections apart', () => {
    const reasonOf = (code: string): unknown =>
      (errorFromSocket(Object.assign(new Error(code), { code }), 'h:1').problem as { reason?: string }).reason;
    assert.deepEqual(
      ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ETIMEDOUT', 'ECONNRESET', 'EPIPE', 'EHOSTUNREACH'].map(reasonOf),
      ['dns', 'dns', 'refused', 'timeout', 'reset', 'reset', 'other'],
    );
    const both = new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' })]);
    assert.equal((errorFromSocket(both, 'h:1').problem as { reason?: string }).reason, 'refused');
  });
});
