#!/usr/bin/env node
// This file must parse on every Node that a desktop client may pick, so it is ES5 and CommonJS (see bin/package.json):
// an old Node would fail on an import statement with a stack trace that tells users nothing.
'use strict';

var NEEDED = 20;
var version = process.versions.node;
var major = Number(version.split('.')[0]);
var problem = ['error: lucanto-mcp needs Node', NEEDED, 'or later, and this is Node', version, 'at'].join(' ');
var hint = 'hint: Install a current Node from https://nodejs.org, or start lucanto-mcp with the path of a newer one.\n';

if (major < NEEDED) {
  process.stderr.write([problem, ' ', process.execPath, '.\n', hint].join(''));
  process.exitCode = 1;
} else {
  require('../dist/front.cjs');
}
