/** JSON Schema as OpenAPI 3.1 and MCP use it: open, since documents may hold any keyword. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}
