#!/usr/bin/env node
// This file must parse on every Node that a desktop client may pick, so it is ES5 and CommonJS (see bin/package.json):
// an old Node would fail on an import statement with a stack trace that tells users nothing.
'use strict';

// biome-ignore lint/style/useNodejsImportProtocol: Node before 14.18 cannot require('node:module')
var nodeModule = require('module');

var NEEDED = 20;
var version = process.versions.node;
var problem = ['error: lucanto-mcp needs Node', NEEDED, 'or later, and this is Node', version, 'at'].join(' ');
var hint = 'hint: Install a current Node from https://nodejs.org, or start lucanto-mcp with the path of a newer one.\n';

if (Number(version.split('.')[0]) < NEEDED) {
  process.stderr.write([problem, ' ', process.execPath, '.\n', hint].join(''));
  process.exitCode = 1;
} else {
  // Node 22.1 and later keep compiled code between starts.
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  require('../dist/front.cjs');
}
