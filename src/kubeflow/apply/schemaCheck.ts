/**
 * Checks an object against the OpenAPI v3 schema that the API server publishes, for objects whose namespace does not
 * exist yet and which therefore can't be dry-run. Covers what Kubernetes' structural schemas use.
 */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { KubeObject, ResourceType } from '../../k8s/objects.ts';

export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  nullable?: boolean;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  minItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

export interface SchemaFinding {
  /** e.g. spec.template.spec.containers[0].image */
  field: string;
  problem: 'required' | 'unknown' | 'type' | 'value';
  /** What is expected, e.g. a type's name. */
  expected?: string;
}

type Schemas = Record<string, Schema>;

/** The published schemas of a type's group and version, or undefined where they can't be had. */
export async function fetchSchemas(
  cluster: Cluster,
  type: ResourceType,
  signal?: AbortSignal,
): Promise<Schemas | undefined> {
  const path = type.group === '' ? `/openapi/v3/api/${type.version}` : `/openapi/v3/apis/${type.group}/${type.version}`;
  try {
    const document = await cluster.request<{ components?: { schemas?: Schemas } }>({
      path,
      ...(signal ? { signal } : {}),
    });
    return document.components?.schemas;
  } catch (error) {
    if (isKubeError(error, 'Forbidden') || isKubeError(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** What the schema of its kind says against an object; undefined where there is no such schema. */
export function checkSchema(schemas: Schemas, type: ResourceType, object: KubeObject): SchemaFinding[] | undefined {
  const schema = Object.values(schemas).find((s) =>
    s['x-kubernetes-group-version-kind']?.some(
      (k) => k.group === type.group && k.version === type.version && k.kind === type.kind,
    ),
  );
  if (!schema) return undefined;
  const found: SchemaFinding[] = [];
  check(schemas, schema, object, '', found);
  return found;
}

function resolve(schemas: Schemas, schema: Schema): Schema {
  let resolved = schema;
  for (let depth = 0; resolved.$ref && depth < 20; depth++) {
    const name = resolved.$ref.slice(resolved.$ref.lastIndexOf('/') + 1);
    resolved = schemas[name] ?? {};
  }
  return resolved;
}

function check(schemas: Schemas, given: Schema, value: unknown, field: string, found: SchemaFinding[]): void {
  const schema = resolve(schemas, given);
  for (const part of schema.allOf ?? []) check(schemas, part, value, field, found);
  // null means "not set" to Kubernetes
  if (value === null || value === undefined) return;
  if (schema['x-kubernetes-int-or-string']) {
    if (typeof value !== 'string' && !Number.isInteger(value))
      found.push({ field, problem: 'type', expected: 'integer or string' });
    return;
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    const fits = choices.some((choice) => {
      const against: SchemaFinding[] = [];
      check(schemas, choice, value, field, against);
      return against.length === 0;
    });
    if (!fits) found.push({ field, problem: 'value' });
  }
  if (schema.type !== undefined && !isType(schema.type, value)) {
    found.push({ field, problem: 'type', expected: schema.type });
    return;
  }
  if (schema.enum && !schema.enum.includes(value))
    found.push({ field, problem: 'value', expected: schema.enum.join(', ') });
  if (typeof value === 'string') checkString(schema, value, field, found);
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum)
      found.push({ field, problem: 'value', expected: `at least ${schema.minimum}` });
    if (schema.maximum !== undefined && value > schema.maximum)
      found.push({ field, problem: 'value', expected: `at most ${schema.maximum}` });
  }
  if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems) found.push({ field, problem: 'required' });
    const items = schema.items;
    if (items) value.forEach((item, i) => check(schemas, items, item, `${field}[${i}]`, found));
  } else if (typeof value === 'object') checkObject(schemas, schema, value as Record<string, unknown>, field, found);
}

function checkString(schema: Schema, value: string, field: string, found: SchemaFinding[]): void {
  const tooShort = schema.minLength !== undefined && value.length < schema.minLength;
  const tooLong = schema.maxLength !== undefined && value.length > schema.maxLength;
  if (tooShort || tooLong) found.push({ field, problem: 'value' });
  else if (schema.pattern !== undefined && !matches(schema.pattern, value))
    found.push({ field, problem: 'value', expected: schema.pattern });
}

/** A pattern in Go's own syntax is left to the API server. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}

function checkObject(
  schemas: Schemas,
  schema: Schema,
  value: Record<string, unknown>,
  field: string,
  found: SchemaFinding[],
): void {
  const at = (key: string) => (field === '' ? key : /[./]/.test(key) ? `${field}[${key}]` : `${field}.${key}`);
  for (const key of schema.required ?? [])
    if (value[key] === undefined || value[key] === null) found.push({ field: at(key), problem: 'required' });
  const { properties, additionalProperties } = schema;
  for (const [key, item] of Object.entries(value)) {
    const known = properties?.[key];
    if (known) check(schemas, known, item, at(key), found);
    else if (typeof additionalProperties === 'object') check(schemas, additionalProperties, item, at(key), found);
    else if (properties && !additionalProperties && !schema['x-kubernetes-preserve-unknown-fields'])
      found.push({ field: at(key), problem: 'unknown' });
  }
}

function isType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    default:
      // string and boolean, the remaining types of OpenAPI, are JavaScript's
      return typeof value === type;
  }
}
