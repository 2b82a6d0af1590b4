/** Apply YAML in three steps: read (planDocuments), check (checkDocuments), send (applyDocuments). */
export { allowedKinds, planDocuments } from './applyParse.ts';
export type { DocumentProblem, ParsedDocument } from './applyParse.ts';
export { checkDocuments, clusterFindings } from './applyCheck.ts';
export type { ApplyFinding, ApplyOptions, CheckResult } from './applyCheck.ts';
export { applyDocuments } from './applySend.ts';
export type { ApplyResult } from './applySend.ts';
export type { SchemaFinding } from './schemaCheck.ts';
