/** What a change does to a file, as `diff -u` shows it, without the secrets of the neighbours. */
import { redact } from '../core/log.ts';

const SECRET_MEMBER =
  /((?:token|key|secret|passw(?:or)?d|auth|credential|bearer|dsn|cookie)[\w-]*["']?\s*[:=]\s*)(["'])(?:\\.|(?!\2).)*\2/gi;
/** Not what people write by hand, nor an id of a workspace. */
const LONG_WORD = /(["'])(?![\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\1)[\w+=-]{24,}\1/gi;

export async function unifiedDiff(file: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  const [old, current] = [before === '' ? '/dev/null' : file, file];
  const patch = createTwoFilesPatch(old, current, lf(before), lf(after), undefined, undefined, {
    context: 2,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return redact(patch.replace(/\n$/, '').split('\n').map(masked).join('\n'));
}

function lf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

// Also what is added: a neighbour's line that merely gets a comma is removed and added.
function masked(line: string): string {
  return line.replace(SECRET_MEMBER, '$1$2…$2').replace(LONG_WORD, '$1…$1');
}
