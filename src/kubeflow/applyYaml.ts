/** Apply YAML in three steps: read (planDocuments), check (checkDocuments), send (applyDocuments). */
export { allowedKinds, planDocuments } from './apply/applyParse.ts';
export type { DocumentProblem, ParsedDocument } from './apply/applyParse.ts';
export { checkDocuments, clusterFindings } from './apply/applyCheck.ts';
export type { ApplyFinding, ApplyOptions, CheckResult } from './apply/applyCheck.ts';
export { applyDocuments } from './apply/applySend.ts';
export type { ApplyResult } from './apply/applySend.ts';
export type { SchemaFinding } from './apply/schemaCheck.ts';
