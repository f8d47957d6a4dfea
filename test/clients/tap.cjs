// Copies what goes over this process's stdin and stdout into a file of its own, message by message.
// It stands before the launcher in a copy of the bridge, because hosts pass on no variable that could switch it on.
'use strict';

const { appendFileSync, mkdirSync } = require('node:fs');
const { join } = require('node:path');

const folder = join(__dirname, '..', 'wire');
const file = join(folder, `${Date.now()}-${process.pid}.jsonl`);
mkdirSync(folder, { recursive: true });

function recorder(from) {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) appendFileSync(file, `${JSON.stringify({ from, at: Date.now(), line })}\n`);
  };
}

const heard = recorder('host');
// Not an event listener: it would start the stream before the bridge listens.
const push = process.stdin.push.bind(process.stdin);
process.stdin.push = (chunk, ...more) => {
  if (chunk !== null) heard(chunk);
  return push(chunk, ...more);
};

const said = recorder('bridge');
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (chunk, ...more) => {
  said(chunk);
  return write(chunk, ...more);
};
