import process from 'node:process';

/**
 * Replaces the MCP SDK's `_shims` module in the bundle (see tsup.config.ts).
 * Its own version pulls a JSON Schema validator into every start; the SDK only uses that to check answers to
 * elicitation, which the bridge checks itself.
 */
export { process };

export class DefaultJsonSchemaValidator {
  getValidator(): (value: unknown) => { valid: true; data: unknown; errorMessage: undefined } {
    return (value) => ({ valid: true, data: value, errorMessage: undefined });
  }
}
