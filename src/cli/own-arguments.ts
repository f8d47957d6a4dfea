/** Which words of the command line are for us. */

const OWN_SCRIPT = /(^|[/\\])lucanto-mcp(\.js)?$/;

/** @param argv as `process.argv` has it @param inElectron whether an Electron app's own Node runs us */
export function ownArguments(argv: readonly string[], inElectron: boolean): readonly string[] {
  if (!inElectron) return argv.slice(2);
  // Claude Desktop loads a bundle's script inside a process of its own, whose argv may begin with the app's loader and
  // Chromium's switches. Taken for ours, they would be unknown words, and nothing would start.
  const script = argv.findIndex((word) => OWN_SCRIPT.test(word));
  return script < 0 ? [] : argv.slice(script + 1);
}
