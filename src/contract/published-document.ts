import { isJsonObject } from '../core/json.ts';
import { asOpenApi, member, type OpenApiDocument, parseDocument, unusableDocument } from './document.ts';

/**
 * The document as the service publishes it: OpenAPI, or Swagger 2.0, which becomes OpenAPI 3.0 first.
 * @throws ProtocolError with a sentence that says what is wrong with it
 */
export async function readPublished(text: string): Promise<OpenApiDocument> {
  const given = parseDocument(text);
  const version = member(given, 'swagger');
  if (!isJsonObject(given) || typeof version !== 'string' || !version.startsWith('2.')) return asOpenApi(given);
  if (!isJsonObject(member(given, 'paths'))) throw unusableDocument('has no `paths` object');
  const { upgradeFromTwoToThree } = await import('@scalar/openapi-upgrader/2.0-to-3.0');
  let upgraded: unknown;
  try {
    upgraded = upgradeFromTwoToThree({ ...given });
  } catch (cause) {
    throw unusableDocument('is Swagger 2.0 and could not be converted to OpenAPI 3', cause);
  }
  return asOpenApi(upgraded);
}
