/** A part of a CRD's structural schema. */
export interface Schema {
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  [keyword: string]: unknown;
}

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const int32: Schema = { type: 'integer', format: 'int32' };
export const int64: Schema = { type: 'integer', format: 'int64' };
export const texts = list(text);
export const byText = map(text);

/** A port by number or name, a size in bytes or per cent. */
export const numberOrText: Schema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
};
/** A resource quantity such as 500m or 2Gi; a fraction must be quoted. */
export const quantity: Schema = {
  ...numberOrText,
  pattern:
    '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
};

/** @param required names of the properties that must be there, separated by spaces */
export function object(properties: Record<string, Schema>, required = ''): Schema {
  return { type: 'object', properties, ...(required && { required: required.split(' ') }) };
}

/** An object that server-side apply replaces as a whole: references and selectors. */
export function atomic(properties: Record<string, Schema>, required = ''): Schema {
  return { ...object(properties, required), 'x-kubernetes-map-type': 'atomic' };
}

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** A list whose items server-side apply knows by these properties. */
export function listByKeys(items: Schema, ...keys: string[]): Schema {
  return { ...list(items), 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys };
}

export function map(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

/** The same property names, all of one kind: `all(text, 'name path')`. */
export function all(schema: Schema, names: string): Record<string, Schema> {
  return Object.fromEntries(names.split(' ').map((name) => [name, schema]));
}
